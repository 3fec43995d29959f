using AccessFunctions.Application.Ports;
using Azure;
using Azure.Data.Tables;

namespace AccessFunctions.Functions.Storage;

/// <summary>
/// Legal holds, a row for each. Placing one also makes another version of the first row of the request, and of each day of a host that tells of
/// it: a purge that looked before is refused by it, and one that looks afterwards finds the hold.
/// </summary>
public sealed class TableLegalHolds(TableServiceClient tables) : ILegalHolds
{
    private const string Partition = "legal-hold";
    private readonly TableClient _table = tables.GetTableClient(StorageTables.HostState);
    private readonly Streams _streams = new(tables);
    private readonly AuditIndexTable _auditIndex = new(tables);

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
            if (!await Touch(hold.RequestId, hold, cancellation))
            {
                await _table.DeleteEntityAsync(Partition, TableKeys.Of(hold.RequestId), ETag.All, cancellation);
                return false;
            }

            var hosts = (await _auditIndex.HostsThatTellOf(hold.RequestId, cancellation).ToListAsync(cancellation)).Distinct(StringComparer.Ordinal);
            foreach (var stream in hosts) await Touch(stream, hold, cancellation);
            return true;
        },
        cancellation);

    /// <inheritdoc />
    public async Task<bool> Lift(string requestId, CancellationToken cancellation) =>
        await ConditionalRows.Find(_table, Partition, TableKeys.Of(requestId), cancellation) is { } row && await ConditionalRows.Delete(_table, row, row.ETag, cancellation);

    private async Task<bool> IsThere(string requestId, CancellationToken cancellation) => (await _streams.Find(requestId, cancellation)).State is not null;

    /// <summary>False where the stream is not there, or is being purged.</summary>
    private async Task<bool> Touch(string stream, LegalHold hold, CancellationToken cancellation)
    {
        while (await _streams.Find(stream, cancellation) is { IsPurged: false, IsClaimed: false, Version: { } version })
        {
            var touch = Streams.NewRow(stream, Streams.StateRow);
            touch["HeldAt"] = hold.At.UtcTicks;
            try
            {
                await _streams.Table.UpdateEntityAsync(touch, version, TableUpdateMode.Merge, cancellation);
                return true;
            }
            catch (RequestFailedException failure) when (StreamCommit.IsConflict(failure))
            {
                // Something else was written meanwhile, or this, and the answer was lost: it has to be a version of this one's making.
            }
        }

        return false;
    }

    private static LegalHold Read(TableEntity row) => new(
        row.GetString(nameof(LegalHold.RequestId)), row.GetString(nameof(LegalHold.Reason)), row.GetString(nameof(LegalHold.By)),
        new DateTimeOffset(row.GetInt64(nameof(LegalHold.At)) ?? 0, TimeSpan.Zero));
}
