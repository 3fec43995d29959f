using AccessFunctions.Application.Ports;
using AccessFunctions.Embedded.Sqlite;

namespace AccessFunctions.Embedded.Hosting;

/// <summary>Each hour folds the audit chains into a checkpoint, and forgets answers and channel rows that are older than they are kept.</summary>
internal sealed partial class Upkeep(Database database, IAuditLog audit, IChannelStore channels, TimeProvider time, ILogger<Upkeep> logger) : BackgroundService
{
    /// <summary>How long an answer can be asked for again (design, section 4, rule 9).</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(30);
    private static readonly TimeSpan Period = TimeSpan.FromHours(1);

    /// <summary>Rows forgotten in one piece of work, so that signals never wait long behind it.</summary>
    private const int Portion = 2000;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await Checkpoint(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await Checkpoint(stoppingToken);
                await Forget(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            LogStopped();
        }
    }

    private async Task Checkpoint(CancellationToken cancellation)
    {
        try
        {
            await audit.MakeCheckpoint(cancellation);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            LogNoCheckpoint(failure);
        }
    }

    private async Task Forget(CancellationToken cancellation)
    {
        var before = (time.GetUtcNow() - Kept).UtcTicks;
        try
        {
            while (await database.Writer.Write(batch =>
                batch.Session.Run("DELETE FROM answers WHERE (request, actor, signal) IN (SELECT request, actor, signal FROM answers WHERE at < ?1 LIMIT ?2)", before, Portion)) > 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }

            _ = await channels.Purge(time.GetUtcNow(), cancellation);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            LogNotForgotten(failure);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "No checkpoint could be made; the next hour tries again.")]
    private partial void LogNoCheckpoint(Exception failure);

    [LoggerMessage(Level = LogLevel.Error, Message = "Old answers and channel rows could not be removed; the next hour tries again.")]
    private partial void LogNotForgotten(Exception failure);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Upkeep has stopped.")]
    private partial void LogStopped();
}
