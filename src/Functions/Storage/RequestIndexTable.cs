using AccessFunctions.Domain.Requests;
using Azure;
using Azure.Data.Tables;

namespace AccessFunctions.Functions.Storage;

/// <summary>
/// Keeps index rows in step with snapshots. A row carries the sequence of the snapshot it was made from and is never replaced or removed in
/// the name of an older one: so runs of several saves may cross and repeat, and the newest wins.
/// </summary>
internal sealed class RequestIndexTable(TableServiceClient tables)
{
    private const int AtOnce = 16;

    public TableClient Table { get; } = tables.GetTableClient(StorageTables.RequestIndex);

    /// <summary>Completes what a stored decision changes.</summary>
    /// <param name="before">The state it was made from; its rows are there.</param>
    /// <param name="decided">The state it led to.</param>
    /// <param name="stored">The state that is stored now; a newer one where this is a late repeat.</param>
    public async Task Update(AccessRequest? before, AccessRequest? decided, AccessRequest? stored, CancellationToken cancellation)
    {
        if (stored is null) return;
        var target = RequestIndexRows.Of(stored);
        var old = RequestIndexRows.Of(before);
        var keys = target.Select(static row => row.Partition).ToHashSet(StringComparer.Ordinal);
        var known = old.ToHashSet();
        List<Func<CancellationToken, Task>> work =
        [
            .. target.Where(row => !known.Contains(row)).Select(row => (Func<CancellationToken, Task>)(token => Put(row, stored.Sequence, token))),
            .. old.Concat(RequestIndexRows.Of(decided)).Where(row => !keys.Contains(row.Partition)).DistinctBy(static row => row.Partition)
                .Select(row => (Func<CancellationToken, Task>)(token => Drop(row.Partition, row.Key, stored.Sequence, token))),
        ];
        await Parallel.ForEachAsync(work, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation }, static (step, token) => new ValueTask(step(token)));
    }

    /// <summary>Makes a row that was found to lie say what the snapshot says, or removes it.</summary>
    /// <param name="found">The row as read, before the snapshot was.</param>
    public async Task Correct(TableEntity found, AccessRequest? snapshot, CancellationToken cancellation)
    {
        // The snapshot was read after the row, so it is no older, whatever the row says.
        var sequence = Math.Max(Sequence(found), snapshot?.Sequence ?? 0);
        var right = RequestIndexRows.Of(snapshot).FirstOrDefault(row => row.Partition == found.PartitionKey && row.Key == found.RowKey);
        if (right is null) await Drop(found.PartitionKey, found.RowKey, sequence, cancellation);
        else if (!Same(found, right)) await Put(right, sequence, cancellation);
    }

    private async Task Put(IndexRow row, long sequence, CancellationToken cancellation)
    {
        var entity = row.Entity(sequence);
        while (true)
        {
            try
            {
                var found = await Find(row.Partition, row.Key, cancellation);
                if (found is null) await Table.AddEntityAsync(entity, cancellation);
                else if (Sequence(found) < sequence || (Sequence(found) == sequence && !Same(found, row))) await Table.UpdateEntityAsync(entity, found.ETag, TableUpdateMode.Replace, cancellation);
                return;
            }
            catch (RequestFailedException failure) when (StreamCommit.IsConflict(failure))
            {
                // Written by another meanwhile: theirs may be newer.
            }
        }
    }

    private async Task Drop(string partition, string key, long sequence, CancellationToken cancellation)
    {
        while (await Find(partition, key, cancellation) is { } found && Sequence(found) <= sequence)
        {
            try
            {
                await Table.DeleteEntityAsync(partition, key, found.ETag, cancellation);
                return;
            }
            catch (RequestFailedException failure) when (StreamCommit.IsConflict(failure))
            {
                // Written by another meanwhile: theirs may be newer.
            }
        }
    }

    private async Task<TableEntity?> Find(string partition, string key, CancellationToken cancellation)
    {
        var found = await Table.GetEntityIfExistsAsync<TableEntity>(partition, key, cancellationToken: cancellation);
        return found.HasValue ? found.Value : null;
    }

    private static long Sequence(TableEntity row) => row.GetInt64("Sequence") ?? 0;

    private static bool Same(TableEntity found, IndexRow row)
    {
        var right = row.Entity(Sequence(found));
        return right.Where(static column => !Keys.Contains(column.Key)).All(column => Equals(found[column.Key], column.Value))
            && found.ContainsKey(nameof(IndexColumns.Outcome)) == right.ContainsKey(nameof(IndexColumns.Outcome));
    }

    private static readonly HashSet<string> Keys = ["PartitionKey", "RowKey", "Timestamp", "odata.etag"];
}
