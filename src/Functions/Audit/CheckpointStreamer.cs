using AccessFunctions.Application.Ports;
using Microsoft.Extensions.Logging;

namespace AccessFunctions.Functions.Audit;

/// <summary>
/// Sends checkpoints to each sink in order, with a cursor like that of a stream: the next leaves only after the one before was acknowledged.
/// One that a sink refuses waits with all that follow it for the next run.
/// </summary>
public sealed partial class CheckpointStreamer(ICheckpoints checkpoints, IAuditStreams streams, ISinkReports reports, IEnumerable<IAuditSink> sinks, ILogger<CheckpointStreamer> logger)
{
    /// <summary>So many that wait are counted.</summary>
    private const int Most = 100;
    private readonly IReadOnlyList<IAuditSink> _sinks = [.. sinks];

    /// <summary>Sends what is new.</summary>
    /// <exception cref="Requests.TransientException">A sink did not take it, or the store did not answer.</exception>
    public async Task Deliver(CancellationToken cancellation)
    {
        foreach (var sink in _sinks)
        {
            var (sent, held) = (false, 0);
            try
            {
                await Deliver(sink, cancellation);
                sent = true;
            }
            catch (AuditRefusedException refused)
            {
                LogRefused(sink.Name, refused.Sequence, refused.Why);
                held = 1;
            }
            finally
            {
                await reports.Keep(sink.Name, ISinkReports.Checkpoints, sent ? new SinkBacklog(0, null, 0) : await Waiting(sink, held, cancellation), cancellation);
            }
        }
    }

    private async Task Deliver(IAuditSink sink, CancellationToken cancellation)
    {
        var cursor = await streams.Cursor(sink.Name, EventHubsSink.CheckpointStream, cancellation);
        await foreach (var checkpoint in checkpoints.CheckpointsAfter(cursor.Sequence, cancellation))
        {
            await sink.Send(checkpoint, cancellation);
            if (await streams.Advance(sink.Name, EventHubsSink.CheckpointStream, cursor, checkpoint.Number, cancellation) is not { } next) return;
            cursor = next;
        }
    }

    private async Task<SinkBacklog> Waiting(IAuditSink sink, int held, CancellationToken cancellation)
    {
        var cursor = await streams.Cursor(sink.Name, EventHubsSink.CheckpointStream, cancellation);
        var waiting = await checkpoints.CheckpointsAfter(cursor.Sequence, cancellation).Take(Most).Select(static checkpoint => checkpoint.At).ToListAsync(cancellation);
        return new SinkBacklog(waiting.Count, waiting.Count == 0 ? null : waiting[0], held);
    }

    [LoggerMessage(EventId = 4008, EventName = "CheckpointRefused", Level = LogLevel.Error,
        Message = "Audit sink {Sink} refuses checkpoint {Number}: {Why}. It and those that follow wait, and are tried again every hour; events go on.")]
    private partial void LogRefused(string sink, long number, string why);
}
