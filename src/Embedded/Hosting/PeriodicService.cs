namespace AccessFunctions.Embedded.Hosting;

/// <summary>Does one thing every so often until the host stops. A run that fails is logged, and the next one tries again.</summary>
/// <param name="what">What is done, for log lines: <c>Reading the reply mailbox</c>.</param>
internal abstract partial class PeriodicService(string what, TimeProvider time, ILogger logger) : BackgroundService
{
    /// <summary>How often; null: never.</summary>
    protected abstract TimeSpan? Every { get; }

    /// <summary>True: the first run does not wait.</summary>
    protected virtual bool AtOnce => false;

    protected abstract Task RunOnce(CancellationToken stopping);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (Every is not { } every)
        {
            LogNever(what);
            return;
        }

        using var timer = new PeriodicTimer(every, time);
        try
        {
            if (AtOnce) await Run(stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken)) await Run(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            LogStopped(what);
        }
    }

    private async Task Run(CancellationToken stopping)
    {
        try
        {
            await RunOnce(stopping);
        }
        catch (Exception failure) when (!stopping.IsCancellationRequested)
        {
            LogFailed(what, failure);
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "{What} is turned off.")]
    private partial void LogNever(string what);

    [LoggerMessage(Level = LogLevel.Error, Message = "{What} failed; the next run tries again.")]
    private partial void LogFailed(string what, Exception failure);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{What} has stopped.")]
    private partial void LogStopped(string what);
}
