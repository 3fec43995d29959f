using System.Runtime.CompilerServices;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;

namespace AccessFunctions.Application.Audit;

/// <summary>One part of an audit trail: a row, or what is left of a stream that was purged.</summary>
public readonly record struct TrailPart(AuditRow? Row, Tombstone? Tombstone);

/// <summary>Reads whole audit trails.</summary>
public static class AuditTrail
{
    /// <summary>
    /// Everything a store holds, also while it is written and purged: rows, then tombstones, then the rows that tell of purges. So a stream
    /// that is purged meanwhile is there as rows or as a tombstone, and no tombstone comes without its event. Read checkpoints before:
    /// then every head they name is among it.
    /// </summary>
    public static async IAsyncEnumerable<TrailPart> Read(IAuditLog log, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var records = new SortedSet<string>(StringComparer.Ordinal);
        await foreach (var row in log.Export(cancellation))
        {
            if (Tombstone.HoldsRecords(row.Stream)) records.Add(row.Stream);
            else yield return new TrailPart(row, null);
        }

        await foreach (var tombstone in log.Tombstones(cancellation))
        {
            records.Add(tombstone.RecordedIn);
            yield return new TrailPart(null, tombstone);
        }

        foreach (var stream in records)
        {
            foreach (var row in await log.Stream(stream, cancellation)) yield return new TrailPart(row, null);
        }
    }

    /// <summary>Rows of a trail of which nothing was purged.</summary>
    public static IAsyncEnumerable<TrailPart> Of(IAsyncEnumerable<AuditRow> rows) => rows.Select(static row => new TrailPart(row, null));
}
