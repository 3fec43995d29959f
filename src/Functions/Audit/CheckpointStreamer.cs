using AccessFunctions.Application.Ports;

namespace AccessFunctions.Functions.Audit;

/// <summary>Sends checkpoints to each sink in order, with a cursor like that of a stream: the next leaves only after the one before was acknowledged.</summary>
public sealed class CheckpointStreamer(IAuditLog audit, IAuditStreams streams, IEnumerable<IAuditSink> sinks)
{
    private readonly IReadOnlyList<IAuditSink> _sinks = [.. sinks];

    /// <summary>Sends what is new.</summary>
    /// <exception cref="Requests.TransientException">A sink did not take it, or the store did not answer.</exception>
    public async Task Deliver(CancellationToken cancellation)
    {
        if (_sinks.Count == 0) return;
        var checkpoints = await audit.Checkpoints(cancellation);
        foreach (var sink in _sinks)
        {
            StreamCursor? cursor = await streams.Cursor(sink.Name, EventHubsSink.CheckpointStream, cancellation);
            foreach (var checkpoint in checkpoints)
            {
                if (cursor is null) break;
                if (checkpoint.Number <= cursor.Sequence) continue;
                await sink.Send(checkpoint, cancellation);
                cursor = await streams.Advance(sink.Name, EventHubsSink.CheckpointStream, cursor, checkpoint.Number, cancellation);
            }
        }
    }
}
