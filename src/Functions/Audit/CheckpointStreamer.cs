using AccessFunctions.Application.Ports;

namespace AccessFunctions.Functions.Audit;

/// <summary>Sends checkpoints to each sink in order, with a cursor like that of a stream: the next leaves only after the one before was acknowledged.</summary>
public sealed class CheckpointStreamer(ICheckpoints checkpoints, IAuditStreams streams, IEnumerable<IAuditSink> sinks)
{
    private readonly IReadOnlyList<IAuditSink> _sinks = [.. sinks];

    /// <summary>Sends what is new.</summary>
    /// <exception cref="Requests.TransientException">A sink did not take it, or the store did not answer.</exception>
    public async Task Deliver(CancellationToken cancellation)
    {
        foreach (var sink in _sinks)
        {
            var cursor = await streams.Cursor(sink.Name, EventHubsSink.CheckpointStream, cancellation);
            await foreach (var checkpoint in checkpoints.CheckpointsAfter(cursor.Sequence, cancellation))
            {
                await sink.Send(checkpoint, cancellation);
                if (await streams.Advance(sink.Name, EventHubsSink.CheckpointStream, cursor, checkpoint.Number, cancellation) is not { } next) break;
                cursor = next;
            }
        }
    }
}
