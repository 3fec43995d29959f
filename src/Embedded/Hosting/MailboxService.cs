using AccessFunctions.Integrations.Mail.Graph;

namespace AccessFunctions.Embedded.Hosting;

/// <summary>Reads the reply mailbox every <see cref="GraphOptions.EverySeconds"/>.</summary>
internal sealed partial class MailboxService(MailboxPoller poller, GraphOptions options, TimeProvider time, ILogger<MailboxService> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(options.EverySeconds), time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await Run(stoppingToken);
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
            await poller.RunOnce(stopping);
        }
        catch (Exception failure) when (!stopping.IsCancellationRequested)
        {
            LogFailed(failure);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The reply mailbox could not be read; the next run tries again.")]
    private partial void LogFailed(Exception failure);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Reading the reply mailbox has stopped.")]
    private partial void LogStopped();
}
