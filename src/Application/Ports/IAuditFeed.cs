using AccessFunctions.Domain.Audit;

namespace AccessFunctions.Application.Ports;

/// <summary>
/// The audit rows of all streams in the order they were committed. Positions only grow, and a row never appears behind one that was
/// already read: so one position per sink keeps the order of every stream.
/// </summary>
public interface IAuditFeed
{
    /// <summary>Raised after rows or checkpoints were committed; may be raised too often, never too seldom.</summary>
    event Action? Appended;

    /// <summary>Rows after <paramref name="position"/> (0: from the first), in order of position, at most <paramref name="limit"/>.</summary>
    Task<IReadOnlyList<FeedRow>> Rows(long position, int limit, CancellationToken cancellation);

    /// <summary>Rows of one stream from a sequence on, as far as a position, in order, at most <paramref name="limit"/>.</summary>
    Task<IReadOnlyList<AuditRow>> Stream(string stream, long from, long position, int limit, CancellationToken cancellation);

    /// <summary>What lies after a position.</summary>
    Task<AuditBacklog> Backlog(long position, CancellationToken cancellation);

    /// <summary>Checkpoints after <paramref name="number"/> (0: from the first), in order, at most <paramref name="limit"/>.</summary>
    Task<IReadOnlyList<Checkpoint>> Checkpoints(long number, int limit, CancellationToken cancellation);
}

/// <summary>A committed row and where it stands in the feed.</summary>
public sealed record FeedRow(long Position, AuditRow Row);

/// <summary>How many rows wait to be sent, and since when the first of them does; null where none does.</summary>
public sealed record AuditBacklog(long Rows, DateTimeOffset? Oldest);

/// <summary>How far each sink has got. Kept beside the audit rows.</summary>
public interface IAuditCursors
{
    /// <summary>What the sink acknowledged last; <see cref="AuditCursor.Start"/> for a new one.</summary>
    Task<AuditCursor> Get(string sink, CancellationToken cancellation);

    /// <summary>Remembers it; durable when it returns.</summary>
    Task Advance(string sink, AuditCursor cursor, CancellationToken cancellation);

    /// <summary>Streams of which the sink refuses a row, in order of their names.</summary>
    Task<IReadOnlyList<HeldStream>> Held(string sink, CancellationToken cancellation);

    /// <summary>Holds a stream back, or says anew from where on; durable when it returns.</summary>
    Task Hold(string sink, HeldStream held, CancellationToken cancellation);

    /// <summary>The sink has taken everything of the stream; durable when it returns.</summary>
    Task Release(string sink, string stream, CancellationToken cancellation);
}

/// <summary>A stream that waits apart, so that a row that a sink refuses holds up nothing but what must come after it.</summary>
/// <param name="Sequence">The first row that the sink has not taken.</param>
/// <param name="Why">What the sink said.</param>
public sealed record HeldStream(string Stream, long Sequence, DateTimeOffset Since, string Why);

/// <summary>What the sinks have not taken, as each host can say it without much work.</summary>
public interface ISinkBacklogs
{
    /// <summary>What a sink has not taken; null where nothing is known of it yet.</summary>
    Task<SinkBacklog?> Of(string sink, CancellationToken cancellation);
}

/// <summary>What one sink has not taken.</summary>
/// <param name="Events">Events and checkpoints that it has not acknowledged; at least so many, where counting them all would be too much.</param>
/// <param name="Oldest">Since when the first of them waits; null where none does.</param>
/// <param name="Held">Streams of which it refuses an event.</param>
/// <param name="At">When that was so; null: now.</param>
public sealed record SinkBacklog(long Events, DateTimeOffset? Oldest, int Held, DateTimeOffset? At = null);

/// <summary>The last acknowledged row's position and the last acknowledged checkpoint's number.</summary>
public sealed record AuditCursor(long Position, long Checkpoint)
{
    /// <summary>Nothing sent yet.</summary>
    public static AuditCursor Start { get; } = new(0, 0);
}
