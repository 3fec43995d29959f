using AccessFunctions.Application;
using Microsoft.Extensions.Options;

namespace AccessFunctions.Embedded.Hosting;

/// <summary>Compares platforms with the ledger every <see cref="HostSettings.ReconcileEvery"/>.</summary>
internal sealed partial class ReconcileService(Reconciler reconciler, IOptions<HostSettings> settings, TimeProvider time, ILogger<ReconcileService> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (HostSettings.Period(settings.Value.ReconcileEvery) is not { } every || every == TimeSpan.Zero)
        {
            LogNever();
            return;
        }

        using var timer = new PeriodicTimer(every, time);
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
            await reconciler.RunOnce(stopping);
        }
        catch (Exception failure) when (!stopping.IsCancellationRequested)
        {
            LogFailed(failure);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Platforms are not compared with the ledger (Host:ReconcileEvery is 0).")]
    private partial void LogNever();

    [LoggerMessage(Level = LogLevel.Error, Message = "Platforms could not be compared with the ledger; the next run tries again.")]
    private partial void LogFailed(Exception failure);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Comparing has stopped.")]
    private partial void LogStopped();
}
