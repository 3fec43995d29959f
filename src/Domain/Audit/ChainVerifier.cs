using System.Runtime.InteropServices;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Domain.Audit;

/// <summary>
/// Folds rows, one at a time, into what is wrong with their chains. Rows of one stream must come in stored order; streams may be mixed.
/// Keeps one head per stream. A cut tail is beyond it: that takes <see cref="Expect"/> or checkpoints.
/// </summary>
public sealed class ChainVerifier
{
    private readonly Dictionary<string, AuditHead?> _heads = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _purged = new(StringComparer.Ordinal);
    private readonly HashSet<(string Stream, string Digest)> _recorded = [];
    private readonly List<AuditFinding> _findings = [];

    /// <summary>Rows added.</summary>
    public long Events { get; private set; }

    /// <summary>Different streams among them.</summary>
    public int Streams => _heads.Count;

    /// <summary>Those of them that were purged.</summary>
    public int Purged => _purged.Count;

    /// <summary>What is wrong, in order of the rows.</summary>
    public IReadOnlyList<AuditFinding> Findings => _findings;

    /// <summary>Adds the next row.</summary>
    public void Add(AuditRow row)
    {
        Events++;
        ref var head = ref CollectionsMarshal.GetValueRefOrAddDefault(_heads, row.Stream, out _);
        var inOrder = Position(row, head);
        Hash(row);
        Body(row);
        if (Tombstone.Recorded(row) is { } purge) _recorded.Add(purge);
        if (inOrder)
        {
            // What follows is compared with the row as stored, so that one wrong row is not found again in all that come after it.
            head = new AuditHead(row.Sequence, row.Hash);
        }
    }

    /// <summary>Adds what is left of a stream that was purged; of its rows, those read before that may have been added.</summary>
    public void Add(Tombstone tombstone)
    {
        ref var head = ref CollectionsMarshal.GetValueRefOrAddDefault(_heads, tombstone.Stream, out _);
        if (head is not null && tombstone.HashAt(head.Sequence) != head.Hash)
        {
            _findings.Add(new AuditFinding(AuditFault.PurgeDiffers, tombstone.Stream, head.Sequence, null, $"Row {head.Sequence} has another hash than the tombstone says."));
        }

        if (!_purged.TryAdd(tombstone.Stream, tombstone.Digest()))
        {
            _findings.Add(new AuditFinding(AuditFault.Duplicated, tombstone.Stream, 1, null, "There is more than one tombstone."));
        }

        head = tombstone.Head();
    }

    /// <summary>Compares tombstones with the events of purges; after the last row.</summary>
    public void End()
    {
        foreach (var (stream, digest) in _purged.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            if (!_recorded.Contains((stream, digest)))
            {
                _findings.Add(new AuditFinding(AuditFault.PurgeNotRecorded, stream, 1, null, "A tombstone is there, but no event tells of such a purge: the chain was removed, or its hashes were changed."));
            }
        }
    }

    /// <summary>Compares a stream's end with the head that is kept elsewhere, such as in the request's own row.</summary>
    public void Expect(StreamHead kept)
    {
        var found = _heads.GetValueOrDefault(kept.Stream);
        if (found?.Sequence == kept.Sequence && string.Equals(found.Hash, kept.Hash, StringComparison.Ordinal))
        {
            return;
        }

        var (sequence, text) = found switch
        {
            null => (1, $"The chain is not there; its head should be {kept.Sequence}."),
            _ when found.Sequence < kept.Sequence => (found.Sequence + 1, $"The chain ends at {found.Sequence}; its head should be {kept.Sequence}."),
            _ when found.Sequence > kept.Sequence => (kept.Sequence + 1, $"The chain goes on to {found.Sequence}; its head should be {kept.Sequence}."),
            _ => (kept.Sequence, $"The head at {kept.Sequence} has another hash than the one kept beside the chain."),
        };
        _findings.Add(new AuditFinding(AuditFault.HeadDiffers, kept.Stream, sequence, null, text));
    }

    /// <summary>False where the row comes too late to be the next head.</summary>
    private bool Position(AuditRow row, AuditHead? head)
    {
        var last = head?.Sequence ?? 0;
        if (row.Sequence <= last)
        {
            _findings.Add(row.Sequence == last
                ? AuditFinding.Of(row, AuditFault.Duplicated, $"There is more than one row with sequence {row.Sequence}.")
                : AuditFinding.Of(row, AuditFault.Reordered, $"The row comes after {last}."));
            return false;
        }

        if (row.Sequence - last > 1)
        {
            var text = row.Sequence - last == 2 ? $"Row {last + 1} is missing." : $"Rows {last + 1} to {row.Sequence - 1} are missing.";
            _findings.Add(new AuditFinding(AuditFault.Missing, row.Stream, last + 1, null, text));
        }
        else if (!string.Equals(row.Previous, head?.Hash ?? AuditLink.Origin, StringComparison.Ordinal))
        {
            _findings.Add(AuditFinding.Of(row, AuditFault.NotLinked, head is null
                ? "The first row names a previous hash."
                : $"The row does not build on {last} as stored: one of the two was put in, replaced or made anew."));
        }

        return true;
    }

    private void Hash(AuditRow row)
    {
        Span<byte> previous = stackalloc byte[AuditLink.HashLength];
        if (!Hex.TryRead(row.Previous, previous) || !AuditLink.IsHash(row.Hash, previous, row.Body))
        {
            _findings.Add(AuditFinding.Of(row, AuditFault.Edited, "The hash is not that of the previous hash and the body: one of the three was changed."));
        }
    }

    private void Body(AuditRow row)
    {
        if (AuditGlance.TryRead(row.Body, row.Stream, out var glance) && glance.OfStream && glance.Sequence == row.Sequence && IsDetail(row, glance.DetailHash))
        {
            return;
        }

        AuditBody body;
        try
        {
            body = AuditBody.Read(row.Body.AsSpan());
        }
        catch (FormatException unreadable)
        {
            _findings.Add(AuditFinding.Of(row, AuditFault.Unreadable, unreadable.Message));
            return;
        }

        if (body.Sequence != row.Sequence || !string.Equals(body.Stream, row.Stream, StringComparison.Ordinal))
        {
            _findings.Add(AuditFinding.Of(row, AuditFault.Misplaced, $"The body is that of {body.Stream}/{body.Sequence}."));
        }

        if (DetailFault(row, body) is { } text)
        {
            _findings.Add(AuditFinding.Of(row, AuditFault.DetailChanged, text));
        }
    }

    /// <summary>True where detail and salt are those that were chained, or were deleted; false says nothing yet.</summary>
    private static bool IsDetail(AuditRow row, ReadOnlySpan<byte> hash)
    {
        if (row is { Detail: null, Salt: null }) return true;
        Span<byte> chained = stackalloc byte[AuditLink.HashLength];
        return row is { Detail: { } detail, Salt: { Length: AuditLink.SaltLength } salt }
            && Hex.TryRead(hash, chained) && AuditLink.IsHash(chained, salt, detail);
    }

    private static string? DetailFault(AuditRow row, AuditBody body) => (row.Detail, row.Salt) switch
    {
        // Deleted, or never there: nothing that could be wrong.
        (null, null) => null,
        _ when body.DetailHash is null => "The event was chained without a detail, but one is stored.",
        (null, _) or (_, null) => "Detail and salt are deleted together; only one of them is there.",

        // The fixed length keeps the border between salt and detail where it was.
        var (_, salt) when salt.Length != AuditLink.SaltLength => $"The salt is {salt.Length} bytes long, not {AuditLink.SaltLength}.",
        var (detail, salt) => string.Equals(AuditLink.Hash(salt, detail), body.DetailHash, StringComparison.Ordinal)
            ? null
            : "Detail and salt are not the ones that were chained.",
    };
}
