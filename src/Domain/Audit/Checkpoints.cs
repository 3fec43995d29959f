using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace AccessFunctions.Domain.Audit;

/// <summary>
/// Makes and checks checkpoints. <c>root = SHA-256(0x02 ‖ previous root, 32 bytes ‖ number, 8 bytes big-endian ‖ instant as in chained
/// bodies, 28 ASCII bytes ‖ Merkle root, 32 bytes)</c>. The Merkle leaves are the heads in ordinal order of stream, each
/// <c>length of the stream's name, 4 bytes big-endian ‖ name in UTF-8 ‖ sequence, 8 bytes big-endian ‖ hash, 32 bytes</c>.
/// A root kept elsewhere vouches for every row up to the heads of its checkpoint and of all earlier ones.
/// </summary>
public static class Checkpoints
{
    /// <summary>The head of a chain at one sequence, as stored; null where there is no such row.</summary>
    public delegate string? HashAt(string stream, long sequence);

    /// <summary>Makes a checkpoint.</summary>
    /// <param name="number">From 1, without gaps.</param>
    /// <param name="at">UTC instant.</param>
    /// <param name="heads">The heads that changed since the previous checkpoint, one per stream, in any order.</param>
    /// <param name="previousRoot">The previous checkpoint's root; null for the first.</param>
    /// <exception cref="ArgumentException">A hash is not 64 lower-case hex digits, or a stream is there twice.</exception>
    public static Checkpoint Make(long number, DateTimeOffset at, IEnumerable<StreamHead> heads, string? previousRoot)
    {
        var made = new Checkpoint
        {
            Number = number,
            At = at.ToUniversalTime(),
            Heads = [.. heads.OrderBy(head => head.Stream, StringComparer.Ordinal)],
            Previous = previousRoot ?? AuditLink.Origin,
            Root = AuditLink.Origin,
        };
        return FirstOutOfOrder(made) is { } twice
            ? throw new ArgumentException($"The stream {twice.Stream} has more than one head.", nameof(heads))
            : made with { Root = Root(made) ?? throw new ArgumentException("A head's hash or the previous root is not 64 lower-case hex digits.", nameof(heads)) };
    }

    /// <summary>Checks checkpoints in stored order against each other and against the chains.</summary>
    public static IReadOnlyList<AuditFinding> Verify(IEnumerable<Checkpoint> checkpoints, HashAt hashAt)
    {
        var findings = new List<AuditFinding>();
        var covered = new Dictionary<string, long>(StringComparer.Ordinal);
        Checkpoint? last = null;
        foreach (var checkpoint in checkpoints)
        {
            var inOrder = Position(checkpoint, last, findings);
            if (!string.Equals(Root(checkpoint), checkpoint.Root, StringComparison.Ordinal))
            {
                findings.Add(AuditFinding.Of(checkpoint, AuditFault.CheckpointEdited, "The root is not that of number, instant, heads and previous root: one of them was changed."));
            }
            else if (FirstOutOfOrder(checkpoint) is { } head)
            {
                findings.Add(AuditFinding.Of(checkpoint, AuditFault.CheckpointEdited, "The heads are not in ordinal order of stream.", head));
            }

            Heads(checkpoint, hashAt, covered, findings);
            last = inOrder ? checkpoint : last;
        }

        return findings;
    }

    /// <summary>
    /// Up to when checkpoints vouch: the instant of the last one before the first that a finding touches, by its number or by a row it
    /// covers. Null where not even the first does. What was committed after that instant rests on the chains alone.
    /// </summary>
    public static DateTimeOffset? VouchesUntil(IEnumerable<Checkpoint> checkpoints, IEnumerable<AuditFinding> findings)
    {
        var broken = new HashSet<long>();
        var faults = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var finding in findings)
        {
            if (finding.Checkpoint is { } number)
            {
                broken.Add(number);
            }
            else if (finding is { Stream: { } stream, Sequence: { } sequence })
            {
                faults[stream] = Math.Min(sequence, faults.GetValueOrDefault(stream, long.MaxValue));
            }
        }

        DateTimeOffset? until = null;
        foreach (var checkpoint in checkpoints)
        {
            if (broken.Contains(checkpoint.Number) || checkpoint.Heads.Any(head => faults.TryGetValue(head.Stream, out var fault) && fault <= head.Sequence))
            {
                break;
            }

            until = checkpoint.At;
        }

        return until;
    }

    private static bool Position(Checkpoint checkpoint, Checkpoint? last, List<AuditFinding> findings)
    {
        var number = last?.Number ?? 0;
        if (checkpoint.Number <= number)
        {
            findings.Add(AuditFinding.Of(checkpoint, AuditFault.CheckpointReordered, $"The checkpoint comes after {number}."));
            return false;
        }

        if (checkpoint.Number - number > 1)
        {
            var text = checkpoint.Number - number == 2 ? $"Checkpoint {number + 1} is missing." : $"Checkpoints {number + 1} to {checkpoint.Number - 1} are missing.";
            findings.Add(AuditFinding.Of(checkpoint, AuditFault.CheckpointMissing, text));
        }
        else if (!string.Equals(checkpoint.Previous, last?.Root ?? AuditLink.Origin, StringComparison.Ordinal))
        {
            findings.Add(AuditFinding.Of(checkpoint, AuditFault.CheckpointNotLinked, $"The checkpoint does not build on {number} as stored."));
        }

        return true;
    }

    private static void Heads(Checkpoint checkpoint, HashAt hashAt, Dictionary<string, long> covered, List<AuditFinding> findings)
    {
        foreach (var head in checkpoint.Heads)
        {
            if (covered.TryGetValue(head.Stream, out var earlier) && head.Sequence <= earlier)
            {
                findings.Add(AuditFinding.Of(checkpoint, AuditFault.CheckpointHeadDiffers, $"An earlier checkpoint already holds a head of {head.Stream} at {earlier}.", head));
            }

            covered[head.Stream] = head.Sequence;
            var stored = hashAt(head.Stream, head.Sequence);
            if (stored is null)
            {
                findings.Add(AuditFinding.Of(checkpoint, AuditFault.CheckpointHeadMissing, $"The chain of {head.Stream} has no row {head.Sequence}: it was cut, or is not there.", head));
            }
            else if (!string.Equals(stored, head.Hash, StringComparison.Ordinal))
            {
                findings.Add(AuditFinding.Of(checkpoint, AuditFault.CheckpointHeadDiffers, $"Row {head.Sequence} of {head.Stream} has another hash.", head));
            }
        }
    }

    private static StreamHead? FirstOutOfOrder(Checkpoint checkpoint)
    {
        for (var i = 1; i < checkpoint.Heads.Count; i++)
        {
            if (string.CompareOrdinal(checkpoint.Heads[i - 1].Stream, checkpoint.Heads[i].Stream) >= 0)
            {
                return checkpoint.Heads[i];
            }
        }

        return null;
    }

    /// <summary>Null where a hash is none.</summary>
    private static string? Root(Checkpoint checkpoint)
    {
        var tree = new Merkle();
        Span<byte> fixedPart = stackalloc byte[512];
        foreach (var head in checkpoint.Heads)
        {
            var name = Encoding.UTF8.GetByteCount(head.Stream);
            var length = 4 + name + 8 + AuditLink.HashLength;
            var leaf = length <= fixedPart.Length ? fixedPart[..length] : new byte[length];
            BinaryPrimitives.WriteInt32BigEndian(leaf, name);
            Encoding.UTF8.GetBytes(head.Stream, leaf[4..]);
            BinaryPrimitives.WriteInt64BigEndian(leaf[(4 + name)..], head.Sequence);
            if (!Hex.TryRead(head.Hash, leaf[(12 + name)..]))
            {
                return null;
            }

            tree.Add(leaf);
        }

        Span<byte> bytes = stackalloc byte[1 + AuditLink.HashLength + 8 + AuditBody.InstantLength + AuditLink.HashLength];
        bytes[0] = 0x02;
        if (!Hex.TryRead(checkpoint.Previous, bytes.Slice(1, AuditLink.HashLength)))
        {
            return null;
        }

        BinaryPrimitives.WriteInt64BigEndian(bytes[33..], checkpoint.Number);
        AuditBody.Instant(checkpoint.At, bytes.Slice(41, AuditBody.InstantLength));
        tree.Root().CopyTo(bytes[69..]);
        return Convert.ToHexStringLower(SHA256.HashData(bytes));
    }
}
