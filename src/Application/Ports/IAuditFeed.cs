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

    /// <summary>Checkpoints after <paramref name="number"/> (0: from the first), in order, at most <paramref name="limit"/>.</summary>
    Task<IReadOnlyList<Checkpoint>> Checkpoints(long number, int limit, CancellationToken cancellation);
}

/// <summary>A committed row and where it stands in the feed.</summary>
public sealed record FeedRow(long Position, AuditRow Row);

/// <summary>How far each sink has got. Kept beside the audit rows.</summary>
public interface IAuditCursors
{
    /// <summary>What the sink acknowledged last; <see cref="AuditCursor.Start"/> for a new one.</summary>
    Task<AuditCursor> Get(string sink, CancellationToken cancellation);

    /// <summary>Remembers it; durable when it returns.</summary>
    Task Advance(string sink, AuditCursor cursor, CancellationToken cancellation);
}

/// <summary>The last acknowledged row's position and the last acknowledged checkpoint's number.</summary>
public sealed record AuditCursor(long Position, long Checkpoint)
{
    /// <summary>Nothing sent yet.</summary>
    public static AuditCursor Start { get; } = new(0, 0);
}
