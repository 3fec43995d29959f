using AccessFunctions.Application.Ports;
using Azure;
using Azure.Data.Tables;

namespace AccessFunctions.Functions.Storage;

/// <summary>
/// Legal holds, a row for each. Placing one also makes another version of the request's first row: a purge that looked before is refused by it,
/// and one that looks afterwards finds the hold.
/// </summary>
public sealed class TableLegalHolds(TableServiceClient tables) : ILegalHolds
{
    private const string Partition = "legal-hold";
    private readonly TableClient _table = tables.GetTableClient(StorageTables.HostState);
    private readonly Streams _streams = new(tables);

    /// <inheritdoc />
    public async Task<LegalHold?> Find(string requestId, CancellationToken cancellation) =>
        await ConditionalRows.Find(_table, Partition, TableKeys.Of(requestId), cancellation) is { } row ? Read(row) : null;

    /// <inheritdoc />
    public Task<IReadOnlyList<LegalHold>> All(CancellationToken cancellation) => Transient.Run<IReadOnlyList<LegalHold>>(
        async () =>
        {
            var filter = TableClient.CreateQueryFilter($"PartitionKey eq {Partition}");
            var all = await _table.QueryAsync<TableEntity>(filter, cancellationToken: cancellation).Select(Read).ToListAsync(cancellation);
            return [.. all.OrderByDescending(static hold => hold.At).ThenBy(static hold => hold.RequestId, StringComparer.Ordinal)];
        },
        cancellation);

    /// <inheritdoc />
    public Task<bool> Place(LegalHold hold, CancellationToken cancellation) => Transient.Run(
        async () =>
        {
            if (!await IsThere(hold.RequestId, cancellation)) return false;
            var row = new TableEntity(Partition, TableKeys.Of(hold.RequestId))
            {
                [nameof(LegalHold.RequestId)] = hold.RequestId,
                [nameof(LegalHold.Reason)] = hold.Reason,
                [nameof(LegalHold.By)] = hold.By,
                [nameof(LegalHold.At)] = hold.At.UtcTicks,
            };
            await _table.UpsertEntityAsync(row, TableUpdateMode.Replace, cancellation);
            if (await Touch(hold, cancellation)) return true;
            await _table.DeleteEntityAsync(Partition, TableKeys.Of(hold.RequestId), ETag.All, cancellation);
            return false;
        },
        cancellation);

    /// <inheritdoc />
    public async Task<bool> Lift(string requestId, CancellationToken cancellation) =>
        await ConditionalRows.Find(_table, Partition, TableKeys.Of(requestId), cancellation) is { } row && await ConditionalRows.Delete(_table, row, row.ETag, cancellation);

    private async Task<bool> IsThere(string requestId, CancellationToken cancellation) => (await _streams.Find(requestId, cancellation)).State is not null;

    /// <summary>False where the request was purged meanwhile.</summary>
    private async Task<bool> Touch(LegalHold hold, CancellationToken cancellation)
    {
        while (await _streams.Find(hold.RequestId, cancellation) is { State: not null, Version: { } version })
        {
            var touch = Streams.NewRow(hold.RequestId, Streams.StateRow);
            touch["HeldAt"] = hold.At.UtcTicks;
            try
            {
                await _streams.Table.UpdateEntityAsync(touch, version, TableUpdateMode.Merge, cancellation);
                return true;
            }
            catch (RequestFailedException failure) when (StreamCommit.IsConflict(failure))
            {
                // Something else was written meanwhile, or this, and the answer was lost: another version is all it takes, but it has to be this one's.
            }
        }

        return false;
    }

    private static LegalHold Read(TableEntity row) => new(
        row.GetString(nameof(LegalHold.RequestId)), row.GetString(nameof(LegalHold.Reason)), row.GetString(nameof(LegalHold.By)),
        new DateTimeOffset(row.GetInt64(nameof(LegalHold.At)) ?? 0, TimeSpan.Zero));
}
