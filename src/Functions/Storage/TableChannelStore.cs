using System.Text;
using AccessFunctions.Application.Ports;
using Azure;
using Azure.Data.Tables;

namespace AccessFunctions.Functions.Storage;

/// <summary>Rows of channels: a partition per set, a row per key.</summary>
public sealed class TableChannelStore(TableServiceClient tables) : IChannelStore
{
    private const string Key = "Key";
    private const string Value = "Value";
    private const string KeepUntil = "KeepUntil";
    private readonly TableClient _table = tables.GetTableClient(StorageTables.Channels);

    /// <inheritdoc />
    public async Task<ChannelRow?> Find(string set, string key, CancellationToken cancellation) =>
        await ConditionalRows.Find(_table, TableKeys.Of(set), TableKeys.Of(key), cancellation) is { } row ? Read(row) : null;

    /// <inheritdoc />
    public async Task<IReadOnlyList<ChannelRow>> All(string set, CancellationToken cancellation)
    {
        var rows = new List<ChannelRow>();
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {TableKeys.Of(set)}");
        await foreach (var row in Transient.Read(_table.QueryAsync<TableEntity>(filter, cancellationToken: cancellation), cancellation)) rows.Add(Read(row));
        // Keys that had to be written otherwise sort otherwise.
        rows.Sort((left, right) => string.CompareOrdinal(left.Key, right.Key));
        return rows;
    }

    /// <inheritdoc />
    public async Task<bool> Add(string set, string key, string value, DateTimeOffset keepUntil, CancellationToken cancellation) =>
        await ConditionalRows.Put(_table, Row(set, key, value, keepUntil), ifMatch: null, cancellation) is not null;

    /// <inheritdoc />
    public async Task<bool> Replace(string set, ChannelRow read, string value, DateTimeOffset keepUntil, CancellationToken cancellation) =>
        await ConditionalRows.Put(_table, Row(set, read.Key, value, keepUntil), new ETag(read.Version), cancellation) is not null;

    /// <inheritdoc />
    public Task Remove(string set, string key, CancellationToken cancellation) =>
        Transient.Run(() => _table.DeleteEntityAsync(TableKeys.Of(set), TableKeys.Of(key), ETag.All, cancellation), cancellation);

    /// <inheritdoc />
    public Task<bool> Write(string set, IReadOnlyList<ChannelWrite> writes, DateTimeOffset keepUntil, CancellationToken cancellation) => ConditionalRows.PutAll(
        _table, [.. writes.Select(write => (write.Value is { } value ? Row(set, write.Key, value, keepUntil) : new TableEntity(TableKeys.Of(set), TableKeys.Of(write.Key)), IfMatch(write), write.Value is null))], cancellation);

    /// <inheritdoc />
    public async Task<int> Purge(DateTimeOffset now, CancellationToken cancellation)
    {
        // Reads the table from end to end: it holds what channels still need, and little else.
        var filter = TableClient.CreateQueryFilter($"KeepUntil le {now}");
        var purged = 0;
        await foreach (var row in Transient.Read(_table.QueryAsync<TableEntity>(filter, select: ["PartitionKey", "RowKey"], cancellationToken: cancellation), cancellation))
        {
            if (await ConditionalRows.Delete(_table, row, row.ETag, cancellation)) purged++;
        }

        return purged;
    }

    private static ETag? IfMatch(ChannelWrite write) => write.Read is { } read ? new ETag(read.Version) : null;

    private static TableEntity Row(string set, string key, string value, DateTimeOffset keepUntil)
    {
        var row = new TableEntity(TableKeys.Of(set), TableKeys.Of(key)) { [Key] = key, [KeepUntil] = keepUntil.ToUniversalTime() };
        Chunks.Write(row, Value, Encoding.UTF8.GetBytes(value));
        return row;
    }

    private static ChannelRow Read(TableEntity row) => new(row.GetString(Key), Encoding.UTF8.GetString(Chunks.Read(row, Value) ?? []), row.ETag.ToString());
}
