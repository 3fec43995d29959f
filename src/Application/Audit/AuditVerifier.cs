using AccessFunctions.Domain.Audit;

namespace AccessFunctions.Application.Audit;

/// <summary>Verifies a whole audit trail, from the store or from an export.</summary>
public static class AuditVerifier
{
    /// <summary>Verifies rows and checkpoints against each other.</summary>
    /// <param name="trail">All rows, those of one stream in stored order, and a tombstone for each stream that was purged.</param>
    /// <param name="checkpoints">All checkpoints in stored order, read before the rows or in the same snapshot.</param>
    /// <param name="heads">
    /// Heads kept beside the chains, such as in the requests' own rows, from the same snapshot as the rows: they show a tail that was cut
    /// since the last checkpoint. Null where there are none, as in an export.
    /// </param>
    /// <param name="against">What else is known of the trail; null: nothing.</param>
    /// <param name="cancellation">Ends the work.</param>
    public static async Task<AuditReport> Verify(
        IAsyncEnumerable<TrailPart> trail, IReadOnlyList<Checkpoint> checkpoints, IAsyncEnumerable<StreamHead>? heads = null, VerifyAgainst? against = null,
        CancellationToken cancellation = default)
    {
        var run = new Run(against ?? VerifyAgainst.Nothing);
        run.Hold(checkpoints);
        await foreach (var part in trail.WithCancellation(cancellation))
        {
            run.Add(part);
        }

        if (heads is not null)
        {
            await foreach (var head in heads.WithCancellation(cancellation))
            {
                run.Chains.Expect(head);
            }
        }

        return run.Report([]);
    }

    /// <summary>Verifies an export. Lines that cannot be read, and checkpoints that come after rows, are findings.</summary>
    public static async Task<AuditReport> VerifyExport(Stream export, VerifyAgainst? against = null, CancellationToken cancellation = default)
    {
        var run = new Run(against ?? VerifyAgainst.Nothing);
        var faults = new List<AuditFinding>();
        var checkpoints = new List<Checkpoint>();
        var rowsBegan = false;
        await foreach (var line in AuditExport.Read(export, cancellation))
        {
            if (line is { Checkpoint: { } checkpoint } && !rowsBegan)
            {
                checkpoints.Add(checkpoint);
                continue;
            }

            if (line.Row is not null || line.Tombstone is not null)
            {
                if (!rowsBegan)
                {
                    run.Hold(checkpoints);
                    rowsBegan = true;
                }

                run.Add(new TrailPart(line.Row, line.Tombstone));
                continue;
            }

            faults.Add(line.Checkpoint is { } late
                ? new AuditFinding(AuditFault.CheckpointReordered, null, null, late.Number, $"Line {line.Number}: the checkpoint comes after rows.")
                : new AuditFinding(AuditFault.Unreadable, null, null, null, line.Fault!));
        }

        if (!rowsBegan)
        {
            run.Hold(checkpoints);
            faults.Add(new AuditFinding(AuditFault.Missing, null, null, null, "There is no row: an export holds at least the event of its own making."));
        }

        return run.Report(faults);
    }

    private sealed class Run(VerifyAgainst against)
    {
        private readonly Dictionary<(string Stream, long Sequence), string?> _held = [];
        private readonly Dictionary<string, long> _covered = new(StringComparer.Ordinal);
        private IReadOnlyList<Checkpoint> _checkpoints = [];
        private long _beyond;

        public ChainVerifier Chains { get; } = new();

        /// <summary>Before the first row: only the hashes that checkpoints name are remembered.</summary>
        public void Hold(IReadOnlyList<Checkpoint> checkpoints)
        {
            _checkpoints = checkpoints;
            foreach (var head in against.Sink?.Heads ?? []) _held[(head.Stream, head.Sequence)] = null;
            foreach (var head in checkpoints.SelectMany(checkpoint => checkpoint.Heads))
            {
                _held[(head.Stream, head.Sequence)] = null;
                _covered[head.Stream] = Math.Max(head.Sequence, _covered.GetValueOrDefault(head.Stream));
            }
        }

        public void Add(TrailPart part)
        {
            if (part.Row is { } row) Add(row);
            if (part.Tombstone is { } tombstone) Add(tombstone);
        }

        private void Add(Tombstone tombstone)
        {
            Chains.Add(tombstone);
            for (var sequence = 1L; sequence <= tombstone.Events(); sequence++)
            {
                if (_held.TryGetValue((tombstone.Stream, sequence), out var seen) && seen is null) _held[(tombstone.Stream, sequence)] = tombstone.HashAt(sequence);
            }
        }

        private void Add(AuditRow row)
        {
            Chains.Add(row);
            if (row.Sequence > _covered.GetValueOrDefault(row.Stream))
            {
                _beyond++;
            }

            if (_held.TryGetValue((row.Stream, row.Sequence), out var seen) && seen is null)
            {
                _held[(row.Stream, row.Sequence)] = row.Hash;
            }
        }

        public AuditReport Report(IEnumerable<AuditFinding> faults)
        {
            Chains.End();
            var checkpointFaults = Checkpoints.Verify(_checkpoints, (stream, sequence) => _held.GetValueOrDefault((stream, sequence)));
            AuditFinding[] findings = [.. faults, .. Chains.Findings, .. checkpointFaults, .. CheckpointSigners.Verify(_checkpoints, against.KeyId), .. Sent()];
            return new AuditReport
            {
                Streams = Chains.Streams,
                Purged = Chains.Purged,
                Events = Chains.Events,
                Checkpoints = _checkpoints.Count,
                Findings = findings,
                VouchesUntil = Checkpoints.VouchesUntil(_checkpoints, findings),
                LastRoot = _checkpoints.Count == 0 ? null : _checkpoints[^1].Root,
                EventsBeyond = _beyond,
                Anchor = CheckpointSigners.Anchor(_checkpoints),
                Compared = against.Sink,
            };
        }

        /// <summary>What the sink holds that is not here, or not so.</summary>
        private IEnumerable<AuditFinding> Sent()
        {
            if (against.Sink is not { } sink) yield break;
            foreach (var head in sink.Heads.OrderBy(static head => head.Stream, StringComparer.Ordinal))
            {
                if (_held[(head.Stream, head.Sequence)] is not { } hash)
                    yield return new AuditFinding(AuditFault.MissingHere, head.Stream, head.Sequence, null, $"The sink holds row {head.Sequence} of {head.Stream}, which is not here: its chain was cut, or is not there.");
                else if (hash != head.Hash)
                    yield return new AuditFinding(AuditFault.OtherThanSent, head.Stream, head.Sequence, null, $"The sink holds row {head.Sequence} of {head.Stream} with another hash: the chain was made anew.");
            }

            var roots = _checkpoints.ToLookup(static checkpoint => checkpoint.Number, static checkpoint => checkpoint.Root);
            foreach (var (number, root) in sink.Roots)
            {
                if (!roots[number].Any()) yield return new AuditFinding(AuditFault.MissingHere, null, null, number, $"The sink holds checkpoint {number}, which is not here.");
                else if (!roots[number].Contains(root)) yield return new AuditFinding(AuditFault.OtherThanSent, null, null, number, $"The sink holds checkpoint {number} with another root: it was made anew.");
            }
        }
    }
}

/// <summary>What is known of an audit trail from elsewhere.</summary>
/// <param name="KeyId">The id of the key that signed first; null: not known.</param>
/// <param name="Sink">A sink's copy of the events; null: not at hand.</param>
public sealed record VerifyAgainst(string? KeyId = null, SinkCopy? Sink = null)
{
    /// <summary>Nothing is known.</summary>
    public static VerifyAgainst Nothing { get; } = new();
}
