using AccessFunctions.Application.Audit;
using AccessFunctions.Domain.Requests;
using Azure;
using Azure.Data.Tables;

namespace AccessFunctions.Functions.Storage;

/// <summary>Removes what a purged stream leaves beside its tombstone. Each step can be repeated; the snapshot goes last, because it names the rest.</summary>
internal sealed class PurgedRemains(TableServiceClient tables)
{
    private const int MostActions = 100;
    private readonly Streams _streams = new(tables);
    private readonly AuditIndexTable _auditIndex = new(tables);
    private readonly TableClient _index = tables.GetTableClient(StorageTables.RequestIndex);

    /// <summary>Tables with a partition of the request's name.</summary>
    private readonly IReadOnlyList<TableClient> _beside = [tables.GetTableClient(StorageTables.SentMail), tables.GetTableClient(StorageTables.UnsettledSignals)];

    /// <summary>True where the stream was purged: nothing of it is left then.</summary>
    public async Task<bool> Complete(string stream, CancellationToken cancellation)
    {
        if (await _streams.Row(stream, Streams.StateRow, PurgedStream.Columns, cancellation) is not { } row || !PurgedStream.Is(row)) return false;
        if (!PurgedStream.IsCleared(row)) await Remove(stream, cancellation);
        return true;
    }

    /// <summary>Removes all of it.</summary>
    public async Task Remove(string stream, CancellationToken cancellation)
    {
        var row = await _streams.Row(stream, Streams.StateRow, null, cancellation) ?? throw new InvalidOperationException($"{stream} has no tombstone.");
        var state = StoredStream.SnapshotOf(row);
        foreach (var beside in _beside) await RemoveAll(beside, TableClient.CreateQueryFilter($"PartitionKey eq {TableKeys.Of(stream)}"), cancellation);
        var names = await RemoveRows(stream, state is null && HostStream.DayOf(stream) is null, cancellation);

        // By its status a request is found, and by its names another stream: these go when nothing else is left.
        var found = RequestIndexRows.Of(state);
        var last = TableKeys.Sharded(RequestIndexRows.Status((state?.Phase ?? Phase.Closed).Status()), TableKeys.Of(stream));
        foreach (var index in found.Where(index => index.Partition != last)) await RemoveOne(_index, index.Partition, index.Key, cancellation);
        _ = await ConditionalRows.Put(_streams.Table, PurgedStream.Row(await _streams.Tombstone(row, cancellation), before: null), row.ETag, cancellation);
        foreach (var index in found.Where(index => index.Partition == last)) await RemoveOne(_index, index.Partition, index.Key, cancellation);
        foreach (var name in names) await _auditIndex.Forget(name, cancellation);
    }

    /// <summary>
    /// The stream's rows but those of its tombstone. What audit rows are found by goes before them, and the last of them first: whoever reads
    /// meanwhile sees a part from the beginning, which the tombstone goes on from.
    /// </summary>
    /// <returns>The names by which the stream itself is found; none where something else finds it.</returns>
    private async Task<List<TableEntity>> RemoveRows(string stream, bool foundByNames, CancellationToken cancellation)
    {
        var (names, audited, others) = (new List<TableEntity>(), new List<TableEntity>(), new List<TableEntity>());
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {TableKeys.Of(stream)} and RowKey gt {Streams.StateRow}");
        await foreach (var row in _streams.Table.QueryAsync<TableEntity>(filter, cancellationToken: cancellation))
        {
            if (Streams.IsHashes(row)) continue;
            (Streams.IsAudit(row) ? audited : others).Add(new TableEntity(row.PartitionKey, row.RowKey));
            if (!Streams.IsAudit(row) || StoredEvent.Find(AuditEntity.Read(row)) is not { } happened) continue;
            var name = await _auditIndex.Forget(stream, AuditEntity.Sequence(row), happened, cancellation);
            if (foundByNames) names.Add(name);
            else await _auditIndex.Forget(name, cancellation);
        }

        audited.Reverse();
        foreach (var rows in audited.Concat(others).Chunk(MostActions)) await Submit(_streams.Table, rows, cancellation);
        return names;
    }

    private static async Task RemoveAll(TableClient table, string filter, CancellationToken cancellation)
    {
        await foreach (var rows in table.QueryAsync<TableEntity>(filter, select: ["PartitionKey", "RowKey"], cancellationToken: cancellation).Chunk(MostActions).WithCancellation(cancellation))
            await Submit(table, rows, cancellation);
    }

    private static async Task Submit(TableClient table, TableEntity[] rows, CancellationToken cancellation)
    {
        try
        {
            await table.SubmitTransactionAsync(rows.Select(static row => new TableTransactionAction(TableTransactionActionType.Delete, row, ETag.All)), cancellation);
        }
        catch (RequestFailedException failure) when (failure.Status == 404)
        {
            // One of them is gone already, so none was removed: one by one.
            foreach (var row in rows) await RemoveOne(table, row.PartitionKey, row.RowKey, cancellation);
        }
    }

    private static async Task RemoveOne(TableClient table, string partition, string row, CancellationToken cancellation)
    {
        try
        {
            await table.DeleteEntityAsync(partition, row, ETag.All, cancellation);
        }
        catch (RequestFailedException failure) when (failure.Status == 404)
        {
            // Gone already.
        }
    }
}
