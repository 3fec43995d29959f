using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;

namespace AccessFunctions.Functions.Audit;

/// <summary>Audit rows by stream, and how far each stream has been sent to each sink.</summary>
public interface IAuditStreams
{
    /// <summary>Rows of a stream after a sequence, in order, at most <paramref name="limit"/>.</summary>
    Task<IReadOnlyList<AuditRow>> Rows(string stream, long after, int limit, CancellationToken cancellation);

    /// <summary>How far a sink has acknowledged a stream.</summary>
    Task<StreamCursor> Cursor(string sink, string stream, CancellationToken cancellation);

    /// <summary>Moves the cursor on.</summary>
    /// <returns>The cursor as it is now; null where another run moved it meanwhile, who then goes on.</returns>
    Task<StreamCursor?> Advance(string sink, string stream, StreamCursor cursor, long sequence, CancellationToken cancellation);

    /// <summary>What a sink has not acknowledged of a stream.</summary>
    Task<AuditBacklog> Waiting(string sink, string stream, CancellationToken cancellation);

    /// <summary>Streams that may have rows that were not sent, in no order. A stream is named from before its rows are written.</summary>
    IAsyncEnumerable<string> Behind(CancellationToken cancellation);

    /// <summary>Forgets that a stream is behind, where the cursor has reached all that was announced of it.</summary>
    Task CaughtUp(string sink, string stream, CancellationToken cancellation);
}

/// <summary>Checkpoints to be sent.</summary>
public interface ICheckpoints
{
    /// <summary>Those with a number above <paramref name="number"/>, in order, read piece by piece.</summary>
    IAsyncEnumerable<Checkpoint> CheckpointsAfter(long number, CancellationToken cancellation);
}

/// <summary>The last acknowledged sequence of a stream (0: none), and the version it was read at.</summary>
public sealed record StreamCursor(long Sequence, string? Version);

/// <summary>Keeps what the sinks have not taken, for every instance to tell.</summary>
public interface ISinkReports
{
    /// <summary>Replaces what was last reported of a sink.</summary>
    /// <param name="of">What it is about: <see cref="Streams"/> or <see cref="Checkpoints"/>. Each is reported apart, and both are told together.</param>
    Task Keep(string sink, string of, SinkBacklog backlog, CancellationToken cancellation);

    /// <summary>The audit rows.</summary>
    const string Streams = "streams";

    /// <summary>The checkpoints.</summary>
    const string Checkpoints = "checkpoints";
}
