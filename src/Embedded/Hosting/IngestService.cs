using System.Threading.Channels;
using AccessFunctions.Application.Inventory;

namespace AccessFunctions.Embedded.Hosting;

/// <summary>Ingests platforms that are due: looks a little after the start, each minute, and when somebody asks.</summary>
internal sealed partial class IngestService(Ingester ingester, TimeProvider time, ILogger<IngestService> logger) : BackgroundService
{
    /// <summary>Left to what people wait for at a start.</summary>
    private static readonly TimeSpan First = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Room for one: what is asked for during a run is one more run.
        var wake = System.Threading.Channels.Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        void Wake() => wake.Writer.TryWrite(true);
        ingester.Asked += Wake;
        await using var clock = time.CreateTimer(_ => Wake(), null, First, Every);
        try
        {
            while (await wake.Reader.WaitToReadAsync(stoppingToken))
            {
                _ = wake.Reader.TryRead(out _);
                try
                {
                    await ingester.RunDue(Timeout.InfiniteTimeSpan, stoppingToken);
                }
                catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
                {
                    LogFailed(failure);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            LogStopped();
        }
        finally
        {
            ingester.Asked -= Wake;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Ingesting platforms failed; it is tried again in a minute.")]
    private partial void LogFailed(Exception failure);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Ingesting platforms has stopped.")]
    private partial void LogStopped();
}
