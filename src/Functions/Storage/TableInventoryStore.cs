using System.Text;
using AccessFunctions.Application.Inventory;
using AccessFunctions.Application.Ports;
using Azure.Data.Tables;

namespace AccessFunctions.Functions.Storage;

/// <summary>
/// What was ingested: a partition per platform, facts by their kind and names, privileges once more by resource. How far ingesting got is a row of the host's
/// state, which also holds the lease of whoever is at it.
/// </summary>
public sealed class TableInventoryStore(TableServiceClient tables, TimeProvider time) : IInventoryStore
{
    /// <summary>Longer than a page takes, and what it takes to save it. Who died is followed after that.</summary>
    internal static readonly TimeSpan Lease = TimeSpan.FromMinutes(5);
    internal const string Partition = "ingest";

    /// <summary>Rows looked through for a page of resources; then the page ends with what it has, and a cursor.</summary>
    private const int MostLookedAt = 5000;
    private readonly TableClient _facts = tables.GetTableClient(StorageTables.Inventory);
    private readonly TableClient _state = tables.GetTableClient(StorageTables.HostState);

    /// <inheritdoc />
    public async Task<IReadOnlyList<IngestProgress>> Progress(CancellationToken cancellation)
    {
        var rows = Transient.Read(_state.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {Partition}"), cancellationToken: cancellation), cancellation);
        var all = await rows.Select(static row => ProgressOf(row)).ToListAsync(cancellation);
        all.Sort(static (left, right) => string.CompareOrdinal(left.Platform, right.Platform));
        return all;
    }

    /// <inheritdoc />
    public async Task<IngestProgress?> Progress(string platform, CancellationToken cancellation) =>
        await ConditionalRows.Find(_state, Partition, TableKeys.Of(platform), cancellation) is { } row ? ProgressOf(row) : null;

    /// <inheritdoc />
    public async Task Ask(string platform, IngestAsk ask, CancellationToken cancellation)
    {
        while (true)
        {
            var found = await ConditionalRows.Find(_state, Partition, TableKeys.Of(platform), cancellation);
            var row = found ?? new TableEntity(Partition, TableKeys.Of(platform));
            Write(row, (found is null ? new IngestProgress(platform) : ProgressOf(found)) with { Asked = ask });
            if (await ConditionalRows.Put(_state, row, found?.ETag, cancellation) is not null) return;
        }
    }

    /// <inheritdoc />
    public async Task<IInventoryRun?> Begin(string platform, CancellationToken cancellation)
    {
        var found = await ConditionalRows.Find(_state, Partition, TableKeys.Of(platform), cancellation);
        var now = time.GetUtcNow();
        if (found?.GetDateTimeOffset("Until") is { } until && until > now) return null;
        var row = found ?? new TableEntity(Partition, TableKeys.Of(platform));
        var progress = found is null ? new IngestProgress(platform) : ProgressOf(found);
        var holder = Guid.NewGuid().ToString("N");
        Hold(row, holder, now);
        Write(row, progress);

        // Of two at once one is refused.
        return await ConditionalRows.Put(_state, row, found?.ETag, cancellation) is null ? null : new TableInventoryRun(_facts, _state, time, progress, holder);
    }

    /// <inheritdoc />
    public async Task<InventoryGraph> Graph(string platform, CancellationToken cancellation)
    {
        var identities = await Rows(platform, InventoryKeys.Prefix(FactKinds.Identity), null, cancellation).Select(static row => FactOf(row).Identity()).ToListAsync(cancellation);
        return new InventoryGraph(platform, identities, await Rows(platform, InventoryKeys.Prefix(FactKinds.Membership), null, cancellation).Select(static row => FactOf(row).Membership()).ToListAsync(cancellation));
    }

    /// <inheritdoc />
    public Task<Page<PrivilegeFact>> PrivilegesOf(string platform, string grantee, string? after, int limit, CancellationToken cancellation) => Page(
        Rows(platform, InventoryKeys.Prefix(FactKinds.Privilege, grantee), after is null ? null : InventoryKeys.Of(FactKinds.Privilege, grantee, after), cancellation), static fact => fact.Resource, limit, cancellation);

    /// <inheritdoc />
    public Task<Page<PrivilegeFact>> PrivilegesOn(string platform, string resource, string? after, int limit, CancellationToken cancellation) => Page(
        Rows(platform, InventoryKeys.Prefix(InventoryKeys.ByResource, resource), after is null ? null : InventoryKeys.OfResource(resource, after), cancellation), static fact => fact.Grantee, limit, cancellation);

    /// <inheritdoc />
    public async Task<Page<ResourceFact>> Resources(string platform, string? text, string? type, string? cursor, int limit, CancellationToken cancellation)
    {
        var after = cursor is null ? null : Encoding.UTF8.GetString(Convert.FromHexString(cursor));
        var (found, looked) = (new List<ResourceFact>(), 0);
        await foreach (var row in Rows(platform, InventoryKeys.Prefix(FactKinds.Resource), after, cancellation))
        {
            if (found.Count == limit || looked++ == MostLookedAt) return new Page<ResourceFact>(found, Convert.ToHexStringLower(Encoding.UTF8.GetBytes(after!)));
            after = row.RowKey;
            var fact = FactOf(row).Resource();
            if ((text is null || fact.Resource.Contains(text, StringComparison.OrdinalIgnoreCase)) && (type is null || fact.Type == type)) found.Add(fact);
        }

        return new Page<ResourceFact>(found, null);
    }

    internal static IngestProgress ProgressOf(TableEntity row) => ProgressRow.Read(row.GetBinary("Progress"));

    internal static void Write(TableEntity row, IngestProgress progress) => row["Progress"] = ProgressRow.Write(progress);

    internal static void Hold(TableEntity row, string holder, DateTimeOffset now) => (row["Holder"], row["Until"]) = (holder, now + Lease);

    internal static FactRow FactOf(TableEntity row) => new(row.GetString("Kind"), row.GetString("First"), row.GetString("Second"), row.GetString("Content"));

    /// <summary>Rows of a platform that begin so, behind one of them.</summary>
    internal static IAsyncEnumerable<TableEntity> Rows(TableClient table, string platform, string prefix, string? after, IEnumerable<string>? columns, CancellationToken cancellation)
    {
        var (partition, end) = (TableKeys.Of(platform), InventoryKeys.End(prefix));
        var filter = after is null
            ? TableClient.CreateQueryFilter($"PartitionKey eq {partition} and RowKey ge {prefix} and RowKey lt {end}")
            : TableClient.CreateQueryFilter($"PartitionKey eq {partition} and RowKey gt {after} and RowKey lt {end}");
        return Transient.Read(table.QueryAsync<TableEntity>(filter, select: columns, cancellationToken: cancellation), cancellation);
    }

    private static async Task<Page<PrivilegeFact>> Page(IAsyncEnumerable<TableEntity> rows, Func<PrivilegeFact, string> key, int limit, CancellationToken cancellation)
    {
        var found = await rows.Take(limit + 1).Select(static row => FactOf(row).Privilege()).ToListAsync(cancellation);
        return found.Count > limit ? new Page<PrivilegeFact>(found[..limit], key(found[limit - 1])) : new Page<PrivilegeFact>(found, null);
    }

    private IAsyncEnumerable<TableEntity> Rows(string platform, string prefix, string? after, CancellationToken cancellation) => Rows(_facts, platform, prefix, after, null, cancellation);
}
