using System.Globalization;
using System.Runtime.CompilerServices;
using AccessFunctions.Application;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;
using Azure.Data.Tables;

namespace AccessFunctions.Functions.Storage;

/// <summary>
/// Reads the partitions of streams. Row keys: <c>0-state</c> sorts before the audit rows <c>a-…</c>, so that a scan meets the head first;
/// then <c>c-…</c> (how far sinks have got), <c>k-checkpointed</c>, <c>n-notices</c>, and the answers <c>z-…</c>. Rows beyond the head do not count.
/// </summary>
internal sealed class Streams(TableServiceClient tables)
{
    public const string StateRow = "0-state";
    public const string CheckpointedRow = "k-checkpointed";
    public const string NoticesRow = "n-notices";
    private static readonly string[] ScanColumns = ["PartitionKey", "RowKey", .. StoredStream.HeadColumns, .. AuditEntity.Columns];

    public TableClient Table { get; } = tables.GetTableClient(StorageTables.Requests);

    public static string AuditRow(long sequence) => $"a-{sequence.ToString("D10", CultureInfo.InvariantCulture)}";

    public static string AnswerRow(string actor, string signalId) => $"z-{RequestIds.Hash($"{actor.Length}:{actor}{signalId}")}";

    public static string CursorRow(string sink) => $"c-{TableKeys.Of(sink)}";

    /// <summary>Hashes of a stream that was purged, beside its first row.</summary>
    public static string HashRow(int number) => $"h-{number.ToString("D4", CultureInfo.InvariantCulture)}";

    /// <summary>True for rows that belong to a tombstone.</summary>
    public static bool IsHashes(TableEntity row) => row.RowKey.StartsWith("h-", StringComparison.Ordinal);

    /// <summary>The further rows of a tombstone, in order.</summary>
    public async Task<Tombstone> Tombstone(TableEntity first, CancellationToken cancellation)
    {
        if (!PurgedStream.HasMore(first)) return PurgedStream.Read(first, []);
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {first.PartitionKey} and RowKey ge {"h-"} and RowKey lt {"i"}");
        return PurgedStream.Read(first, await Table.QueryAsync<TableEntity>(filter, cancellationToken: cancellation).ToListAsync(cancellation));
    }

    /// <summary>True for audit rows.</summary>
    public static bool IsAudit(TableEntity row) => row.RowKey.StartsWith("a-", StringComparison.Ordinal);

    /// <summary>A row of a stream's partition, which says the stream's name as it is.</summary>
    public static TableEntity NewRow(string stream, string key) => new(TableKeys.Of(stream), key) { ["Stream"] = stream };

    public async Task<TableEntity?> Row(string stream, string key, IEnumerable<string>? columns, CancellationToken cancellation)
    {
        var found = await Table.GetEntityIfExistsAsync<TableEntity>(TableKeys.Of(stream), key, columns, cancellation);
        return found.HasValue ? found.Value : null;
    }

    public async Task<StoredStream> Find(string stream, CancellationToken cancellation) =>
        await Row(stream, StateRow, null, cancellation) is { } row ? StoredStream.Of(row) : StoredStream.None;

    public async Task<AuditHead?> Head(string stream, CancellationToken cancellation) =>
        await Row(stream, StateRow, StoredStream.HeadColumns, cancellation) is { } row ? StoredStream.HeadOf(row) : null;

    /// <summary>Audit rows after a sequence, up to the head as it is now, in order.</summary>
    public async IAsyncEnumerable<AuditRow> Rows(string stream, long after, int? limit, [EnumeratorCancellation] CancellationToken cancellation)
    {
        if (await Head(stream, cancellation) is not { } head || head.Sequence <= after) yield break;
        var last = limit is { } most ? Math.Min(head.Sequence, after + most) : head.Sequence;
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {TableKeys.Of(stream)} and RowKey gt {AuditRow(after)} and RowKey le {AuditRow(last)}");
        await foreach (var row in Table.QueryAsync<TableEntity>(filter, cancellationToken: cancellation)) yield return AuditEntity.Read(row);
    }

    /// <summary>The rows of all streams, stream by stream in order: the table from end to end, without snapshots and answers.</summary>
    public async IAsyncEnumerable<AuditRow> All([EnumeratorCancellation] CancellationToken cancellation)
    {
        var filter = TableClient.CreateQueryFilter($"RowKey ge {StateRow} and RowKey lt {"b"}");
        var (partition, head) = ("", 0L);
        await foreach (var row in Table.QueryAsync<TableEntity>(filter, select: ScanColumns, cancellationToken: cancellation))
        {
            if (row.RowKey == StateRow) (partition, head) = (row.PartitionKey, StoredStream.HeadOf(row)?.Sequence ?? 0);
            else if (row.PartitionKey == partition && AuditEntity.Sequence(row) <= head) yield return AuditEntity.Read(row);
        }
    }

    /// <summary>What is left of streams that were purged: the first rows of the whole table, read from end to end.</summary>
    public async IAsyncEnumerable<Tombstone> Tombstones([EnumeratorCancellation] CancellationToken cancellation)
    {
        var filter = TableClient.CreateQueryFilter($"RowKey eq {StateRow}");
        string[] columns = ["PartitionKey", "RowKey", .. PurgedStream.Columns];
        await foreach (var row in Table.QueryAsync<TableEntity>(filter, select: columns, cancellationToken: cancellation))
        {
            if (PurgedStream.Is(row)) yield return await Tombstone(row, cancellation);
        }
    }
}
