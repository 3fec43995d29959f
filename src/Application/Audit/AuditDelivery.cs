using System.Threading.Channels;
using AccessFunctions.Application.Ports;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AccessFunctions.Application.Audit;

/// <summary>
/// Sends committed rows and checkpoints to each sink, each at its own pace: a sink that is down stops nothing and misses nothing. What
/// follows is sent only after what came before was acknowledged; delivery is at least once. A checkpoint is sent after the rows it covers.
/// A stream of which a sink refuses a row waits apart (<see cref="HeldStreams"/>), and the others go on.
/// </summary>
public sealed partial class AuditDelivery(
    IAuditFeed feed, IAuditCursors cursors, IEnumerable<IAuditSink> sinks, TimeProvider time, ILogger<AuditDelivery> logger) : BackgroundService
{
    private const int BatchSize = 500;
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    /// <summary>How long to wait before the next try after so many failures in a row.</summary>
    public static TimeSpan Pause(int failures)
    {
        var pause = FirstPause * Math.Pow(2, Math.Clamp(failures, 1, 10) - 1);
        return pause < LongestPause ? pause : LongestPause;
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(sinks.Select(sink => Serve(sink, stoppingToken)));

    private async Task Serve(IAuditSink sink, CancellationToken stopping)
    {
        // Holds at most one word: one look finds everything that is new.
        var news = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        void Wake() => news.Writer.TryWrite(true);
        feed.Appended += Wake;
        Wake();
        try
        {
            var failures = 0;
            HeldStreams? held = null;
            while (!stopping.IsCancellationRequested)
            {
                await News(news.Reader, held, stopping);
                try
                {
                    held ??= await HeldStreams.Of(sink, feed, cursors, time, logger, stopping);
                    await Send(sink.Name, held, stopping);
                    failures = 0;
                }
                catch (Exception failure) when (!stopping.IsCancellationRequested)
                {
                    failures++;
                    SinkFailed(sink.Name, failures, failure);
                    await Task.Delay(Pause(failures), time, stopping);
                    Wake();
                }
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The host stops; the cursor says where to go on.
        }
        finally
        {
            feed.Appended -= Wake;
        }
    }

    /// <summary>Until there is something new, or what is held back is due.</summary>
    private async Task News(ChannelReader<bool> news, HeldStreams? held, CancellationToken stopping)
    {
        if (held?.DueIn is not { } due)
        {
            await news.ReadAsync(stopping);
            return;
        }

        using var patience = new CancellationTokenSource(due, time);
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, stopping);
        try
        {
            await news.ReadAsync(bound.Token);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            stopping.ThrowIfCancellationRequested();
        }
    }

    private async Task Send(string sink, HeldStreams held, CancellationToken stopping)
    {
        var cursor = await cursors.Get(sink, stopping);
        await held.TryAgain(cursor, stopping);
        while (true)
        {
            // Checkpoints are read first: what they cover is then among the rows read after.
            var checkpoints = await feed.Checkpoints(cursor.Checkpoint, BatchSize, stopping);
            int count;
            do
            {
                var rows = await feed.Rows(cursor.Position, BatchSize, stopping);
                count = rows.Count;
                if (count > 0)
                {
                    await held.SendOthers([.. rows.Select(row => row.Row)], stopping);
                    cursor = cursor with { Position = rows[^1].Position };
                    await cursors.Advance(sink, cursor, stopping);
                }
            }
            while (count == BatchSize);

            if (checkpoints.Count == 0)
            {
                return;
            }

            foreach (var checkpoint in checkpoints)
            {
                await held.Send(checkpoint, stopping);
                cursor = cursor with { Checkpoint = checkpoint.Number };
                await cursors.Advance(sink, cursor, stopping);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Audit sink {Sink} did not take events ({Failures} times in a row); they are kept and sent again.")]
    private partial void SinkFailed(string sink, int failures, Exception failure);
}
