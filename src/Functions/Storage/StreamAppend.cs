using System.Security.Cryptography;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;
using Azure.Data.Tables;

namespace AccessFunctions.Functions.Storage;

/// <summary>Chains events to a stream's stored head and commits them, after markers and index rows that say so are there.</summary>
internal sealed class StreamAppend(TableServiceClient tables, TimeProvider time)
{
    private readonly StreamCommit _commit = new(new Streams(tables));
    private readonly AuditMarkers _markers = new(tables, time);
    private readonly AuditIndexTable _index = new(tables);

    /// <summary>Tries it once.</summary>
    /// <param name="stored">The stream as it was read.</param>
    /// <param name="state">The snapshot to store with it; null where the stream has none.</param>
    /// <param name="with">Goes into the same transaction.</param>
    /// <returns>The stream as it is now; null where another writer was first.</returns>
    public async Task<StoredStream?> Try(
        string stream, StoredStream stored, AccessRequest? state, IReadOnlyList<AuditEvent> events, IReadOnlyList<TableTransactionAction> with, CancellationToken cancellation)
    {
        var (head, rows) = (stored.Head, new List<AuditRow>(events.Count));
        foreach (var happened in events)
        {
            var row = AuditLink.Next(stream, head, happened, RandomNumberGenerator.GetBytes(16));
            rows.Add(row);
            head = new AuditHead(row.Sequence, row.Hash);
        }

        if (head is not null && rows.Count > 0)
            await Task.WhenAll(_markers.Announce(stream, head.Sequence, cancellation), _index.Announce(stream, stored.Head?.Sequence ?? 0, events, cancellation));
        var next = stored.Next(state, head);
        return await _commit.Try(stream, stored, next, rows, with, cancellation) ? next : null;
    }
}
