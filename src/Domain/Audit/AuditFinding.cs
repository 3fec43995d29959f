namespace AccessFunctions.Domain.Audit;

/// <summary>What is wrong with a stored row or checkpoint.</summary>
public enum AuditFault
{
    /// <summary>The row's hash is not that of its body and previous hash: one of the three was changed.</summary>
    Edited,

    /// <summary>Rows between two others, or before the first, are not there.</summary>
    Missing,

    /// <summary>The row comes after one with a higher sequence.</summary>
    Reordered,

    /// <summary>A second row has the same sequence.</summary>
    Duplicated,

    /// <summary>The row does not build on the row before it: one of them was put in, replaced or made anew.</summary>
    NotLinked,

    /// <summary>The body belongs to another stream or sequence.</summary>
    Misplaced,

    /// <summary>The body is no audit event.</summary>
    Unreadable,

    /// <summary>Detail or salt is not the one that was chained.</summary>
    DetailChanged,

    /// <summary>The chain ends before, or goes on after, the head that is kept beside it.</summary>
    HeadDiffers,

    /// <summary>The checkpoint's root is not that of its number, instant, heads and previous root: one of them was changed.</summary>
    CheckpointEdited,

    /// <summary>Checkpoints between two others, or before the first, are not there.</summary>
    CheckpointMissing,

    /// <summary>The checkpoint comes after one with the same or a higher number.</summary>
    CheckpointReordered,

    /// <summary>The checkpoint does not build on the one before it.</summary>
    CheckpointNotLinked,

    /// <summary>A head of the checkpoint is not in its chain: the chain was cut, or is not there at all.</summary>
    CheckpointHeadMissing,

    /// <summary>A head of the checkpoint is in its chain with another hash: the chain was made anew.</summary>
    CheckpointHeadDiffers,

    /// <summary>The checkpoint bears no signature, and one before it does.</summary>
    CheckpointNotSigned,

    /// <summary>A signature is not that of its key over the checkpoint.</summary>
    CheckpointSignatureWrong,

    /// <summary>The checkpoint is signed by a key that no key in force brought in.</summary>
    CheckpointKeyForeign,

    /// <summary>A sink holds a row or checkpoint that is not here: it was cut off.</summary>
    MissingHere,

    /// <summary>A sink holds a row or checkpoint with another hash or root: it was made anew.</summary>
    OtherThanSent,

    /// <summary>A tombstone stands for a stream whose purge no event tells of, or tells of with other hashes.</summary>
    PurgeNotRecorded,

    /// <summary>A tombstone's hashes are not those of the rows that are there.</summary>
    PurgeDiffers,
}

/// <summary>One thing that verification found.</summary>
/// <param name="Fault">What is wrong.</param>
/// <param name="Stream">The stream; null where only a checkpoint is concerned.</param>
/// <param name="Sequence">The row, or the first of several; null where only a checkpoint is concerned.</param>
/// <param name="Checkpoint">The checkpoint's number; null where a row is concerned.</param>
/// <param name="Text">One sentence for people.</param>
public sealed record AuditFinding(AuditFault Fault, string? Stream, long? Sequence, long? Checkpoint, string Text)
{
    internal static AuditFinding Of(AuditRow row, AuditFault fault, string text) => new(fault, row.Stream, row.Sequence, null, text);

    internal static AuditFinding Of(Checkpoint checkpoint, AuditFault fault, string text, StreamHead? head = null) =>
        new(fault, head?.Stream, head?.Sequence, checkpoint.Number, text);
}
