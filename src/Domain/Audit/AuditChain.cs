namespace AccessFunctions.Domain.Audit;

/// <summary>One stored link: <see cref="Body"/> is exactly what was hashed. Detail and salt may have been deleted.</summary>
public sealed record AuditRow
{
    /// <summary>A request's id, or <c>host:{instance}:{yyyy-MM-dd}</c>.</summary>
    public required string Stream { get; init; }

    /// <summary>From 1, without gaps.</summary>
    public required long Sequence { get; init; }

    /// <summary>The chained bytes: UTF-8 JSON.</summary>
    public required byte[] Body { get; init; }

    /// <summary>SHA-256 of the previous link, lower-case hex; 64 zeros before the first.</summary>
    public required string Previous { get; init; }

    /// <summary>SHA-256(previous hash's 32 bytes ‖ body), lower-case hex.</summary>
    public required string Hash { get; init; }

    /// <summary>UTF-8 JSON of <see cref="AuditDetail"/>; the body holds SHA-256(salt ‖ detail).</summary>
    public byte[]? Detail { get; init; }

    /// <summary>16 random bytes.</summary>
    public byte[]? Salt { get; init; }
}

/// <summary>A Merkle root over the heads that changed since the previous checkpoint, chained to its root.</summary>
public sealed record Checkpoint
{
    /// <summary>From 1, without gaps.</summary>
    public required long Number { get; init; }
    public required DateTimeOffset At { get; init; }

    /// <summary>In ordinal order of stream.</summary>
    public required IReadOnlyList<StreamHead> Heads { get; init; }

    /// <summary>The previous checkpoint's root; 64 zeros for the first.</summary>
    public required string Previous { get; init; }

    /// <summary>Lower-case hex.</summary>
    public required string Root { get; init; }

    /// <summary>Of the key in force and, where another follows it, of that one behind it; empty where it was not signed.</summary>
    public IReadOnlyList<CheckpointSignature> Signatures { get; init; } = [];
}

/// <summary>The head of one stream.</summary>
public sealed record StreamHead(string Stream, long Sequence, string Hash);
