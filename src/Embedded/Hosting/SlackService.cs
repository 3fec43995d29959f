using AccessFunctions.Integrations.Slack;

namespace AccessFunctions.Embedded.Hosting;

/// <summary>Does every 15 s what was left for later with Slack: reactions to decide, messages to bring in line.</summary>
internal sealed partial class SlackService(SlackSweep sweep, TimeProvider time, ILogger<SlackService> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(15);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!sweep.IsNeeded) return;
        using var timer = new PeriodicTimer(Every, time);
        try
        {
            do await Run(stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            LogStopped();
        }
    }

    private async Task Run(CancellationToken stopping)
    {
        try
        {
            await sweep.Run(stopping);
        }
        catch (Exception failure) when (!stopping.IsCancellationRequested)
        {
            LogFailed(failure);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "What was left for later with Slack could not be done; the next run tries again.")]
    private partial void LogFailed(Exception failure);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The sweep of Slack has stopped.")]
    private partial void LogStopped();
}
