using AccessFunctions.Application.Ports;
using AccessFunctions.Functions.Requests;

namespace AccessFunctions.Functions.Audit;

/// <summary>
/// Sends the audit rows of one stream to each sink, in order: the next batch leaves only after the one before was acknowledged and the
/// cursor moved. Used after every decision and by the timer that sends again; both may run at once, and delivery is at least once.
/// </summary>
public sealed class AuditStreamer(IAuditStreams streams, IEnumerable<IAuditSink> sinks)
{
    private const int BatchSize = 200;
    private readonly IReadOnlyList<IAuditSink> _sinks = [.. sinks];

    /// <summary>True where there is no sink: nothing is sent, and what grows is marked for the day there is one.</summary>
    public bool IsIdle => _sinks.Count == 0;

    /// <summary>Sends what is new.</summary>
    /// <exception cref="TransientException">A sink did not take it, or the store did not answer.</exception>
    public async Task Deliver(string stream, CancellationToken cancellation)
    {
        foreach (var sink in _sinks) await Deliver(sink, stream, cancellation);
    }

    private async Task Deliver(IAuditSink sink, string stream, CancellationToken cancellation)
    {
        StreamCursor? cursor = await streams.Cursor(sink.Name, stream, cancellation);
        while (cursor is not null)
        {
            var rows = await streams.Rows(stream, cursor.Sequence, BatchSize, cancellation);
            if (rows.Count == 0)
            {
                await streams.CaughtUp(sink.Name, stream, cancellation);
                return;
            }

            await sink.Send(rows, cancellation);
            cursor = await streams.Advance(sink.Name, stream, cursor, rows[^1].Sequence, cancellation);
        }
    }
}
