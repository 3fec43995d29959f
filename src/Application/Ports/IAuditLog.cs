using AccessFunctions.Domain.Audit;

namespace AccessFunctions.Application.Ports;

/// <summary>
/// The audit trail. A request's own chain is written only by its workflow; everything else (sign-ins, refused strangers, exports, policy
/// edits) is appended here to the host's stream of this process and day.
/// </summary>
public interface IAuditLog
{
    /// <summary>Appends to the host stream; durable when it returns.</summary>
    Task Append(AuditEvent happened, CancellationToken cancellation);

    /// <summary>Rows of one stream in order; a request's stream is its id.</summary>
    Task<IReadOnlyList<AuditRow>> Stream(string stream, CancellationToken cancellation);

    /// <summary>
    /// All events, newest first. A page looks at a bounded number of events: where few of those match, it has fewer than
    /// <paramref name="limit"/>, perhaps none, and a cursor to go on from.
    /// </summary>
    /// <exception cref="FormatException">The cursor is not one that this list gave.</exception>
    Task<Page<AuditRow>> List(AuditFilter filter, string? cursor, int limit, CancellationToken cancellation);

    /// <summary>All rows of all streams, stream by stream in order. For export and verification <see cref="Audit.AuditTrail"/> adds what was purged.</summary>
    IAsyncEnumerable<AuditRow> Export(CancellationToken cancellation);

    /// <summary>What is left of streams that were purged, in no order.</summary>
    IAsyncEnumerable<Tombstone> Tombstones(CancellationToken cancellation);

    /// <summary>Checkpoints in order.</summary>
    Task<IReadOnlyList<Checkpoint>> Checkpoints(CancellationToken cancellation);

    /// <summary>Folds the heads changed since the last checkpoint into a new one; null where none changed.</summary>
    Task<Checkpoint?> MakeCheckpoint(CancellationToken cancellation);
}

/// <summary>What to list of the audit trail. Null members do not filter.</summary>
public sealed record AuditFilter
{
    public string? Actor { get; init; }
    public string? Type { get; init; }

    /// <summary>Only of one of these types.</summary>
    public IReadOnlyList<string>? Types { get; init; }

    /// <summary>Only about this kind of access (<c>AccessKind</c>). Not indexed.</summary>
    public string? Kind { get; init; }
    public string? RequestId { get; init; }

    /// <summary>Only events outside of requests that are about exactly this, such as <c>access-group/analysts</c>.</summary>
    public string? Resource { get; init; }

    /// <summary>Inclusive.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Exclusive.</summary>
    public DateTimeOffset? To { get; init; }
    public bool? Emergency { get; init; }
}

/// <summary>Where audit lines go besides the store: a file, syslog, Event Hubs. Delivery is at least once, in order per stream.</summary>
public interface IAuditSink
{
    /// <summary>Names the sink and its cursors.</summary>
    string Name { get; }

    /// <summary>Takes rows of one or more streams in order; when it returns they are safe there. Throws to be called again later.</summary>
    /// <exception cref="AuditRefusedException">The rows before one are safe there, and that one is refused for what it is.</exception>
    Task Send(IReadOnlyList<AuditRow> rows, CancellationToken cancellation);

    /// <summary>Takes a checkpoint the same way.</summary>
    /// <exception cref="AuditRefusedException">It is refused for what it is.</exception>
    Task Send(Checkpoint checkpoint, CancellationToken cancellation);
}

/// <summary>A sink takes everything but this row or checkpoint: sending the same again soon is of no use.</summary>
/// <param name="stream">The row's; <see cref="Checkpoints"/> for a checkpoint.</param>
/// <param name="sequence">The row's, or the checkpoint's number. All that came before it in the same call is safe.</param>
/// <param name="why">In a few words, for an administrator.</param>
public sealed class AuditRefusedException(string stream, long sequence, string why) : Exception($"{stream}/{sequence} was refused: {why}")
{
    /// <summary>Stands for the stream where a checkpoint is meant.</summary>
    public const string Checkpoints = "checkpoint";

    public string Stream { get; } = stream;
    public long Sequence { get; } = sequence;
    public string Why { get; } = why;
}
