using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Json;
using AccessFunctions.Domain.Policy;
using Azure;
using Azure.Data.Tables;
using Microsoft.Extensions.Logging;

namespace AccessFunctions.Functions.Storage;

/// <summary>
/// The access groups, one row each, in memory as last read. <see cref="Refresh"/> brings what other instances saved; what this one saves is
/// in force at once. The version of a group is made of the row's ETag, so that it changes with every save.
/// </summary>
public sealed partial class TableAccessGroups(TableServiceClient tables, ILogger<TableAccessGroups> logger) : IAccessGroups, IDisposable
{
    private const string Groups = "group";
    private const string Seeds = "seed";
    private const string Document = "Document";
    private readonly TableClient _table = tables.GetTableClient(StorageTables.AccessGroups);
    private readonly SemaphoreSlim _gate = new(1, 1);
    private volatile Cached _cached = new([]);

    /// <inheritdoc />
    public IReadOnlyList<StoredGroup> All => _cached.All;

    /// <inheritdoc />
    public StoredGroup? Find(string id) => _cached.ById.GetValueOrDefault(id);

    /// <summary>Reads the table. A row that cannot be read leaves that group as it was last.</summary>
    /// <exception cref="Requests.TransientException">The table did not answer; what was read before stays in force.</exception>
    public Task Refresh(CancellationToken cancellation) => Alone(async () =>
    {
        var groups = new List<StoredGroup>();
        await foreach (var row in Transient.Read(_table.QueryAsync<TableEntity>($"PartitionKey eq '{Groups}'", cancellationToken: cancellation), cancellation))
            if (Read(row) is { } group) groups.Add(group);
        _cached = new Cached(groups);
        return true;
    }, cancellation);

    /// <summary>
    /// Fills the table with the groups of the configuration, once: afterwards the table is the truth. Nothing happens where it was done;
    /// where a process died on the way, the rest is added.
    /// </summary>
    /// <returns>True where it was done now.</returns>
    /// <exception cref="Requests.TransientException">The table did not answer.</exception>
    public async Task<bool> Seed(IEnumerable<AccessGroup> groups, CancellationToken cancellation)
    {
        if (await ConditionalRows.Find(_table, Seeds, Seeds, cancellation) is not null) return false;
        foreach (var group in groups) await ConditionalRows.Put(_table, Row(group), null, cancellation);
        return await ConditionalRows.Put(_table, new TableEntity(Seeds, Seeds), null, cancellation) is not null;
    }

    /// <inheritdoc />
    /// <exception cref="Requests.TransientException">The table did not answer.</exception>
    async Task<StoredGroup?> IAccessGroups.Read(string id, CancellationToken cancellation) =>
        await ConditionalRows.Find(_table, Groups, TableKeys.Of(id), cancellation) is { } row ? Read(row) : null;

    /// <inheritdoc />
    /// <exception cref="Requests.TransientException">The table did not answer: it may be saved or not.</exception>
    public Task<StoredGroup?> Save(AccessGroup group, string? ifMatch, CancellationToken cancellation) => Alone(async () =>
    {
        var row = Row(group);
        ETag? replaced = null;
        if (ifMatch is not null)
        {
            // Not from memory: another instance may have saved since.
            if (await ConditionalRows.Find(_table, Groups, row.RowKey, cancellation) is not { } now || Version(now.ETag) != ifMatch) return null;
            replaced = now.ETag;
        }

        if (await ConditionalRows.Put(_table, row, replaced, cancellation) is not { } written) return null;
        var stored = new StoredGroup(group, Version(written));
        _cached = new Cached(_cached.All.Where(other => other.Group.Id != group.Id).Append(stored));
        return stored;
    }, cancellation);

    /// <inheritdoc />
    /// <exception cref="Requests.TransientException">The table did not answer: it may be deleted or not.</exception>
    public Task<bool> Delete(string id, string ifMatch, CancellationToken cancellation) => Alone(async () =>
    {
        if (await ConditionalRows.Find(_table, Groups, TableKeys.Of(id), cancellation) is not { } now || Version(now.ETag) != ifMatch) return false;
        if (!await ConditionalRows.Delete(_table, now, now.ETag, cancellation)) return false;
        _cached = new Cached(_cached.All.Where(other => other.Group.Id != id));
        return true;
    }, cancellation);

    /// <inheritdoc />
    public void Dispose() => _gate.Dispose();

    // Reads and saves of this instance take turns: a read that began before a save must not bring back what was there before it.
    private async Task<T> Alone<T>(Func<Task<T>> work, CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation);
        try
        {
            return await work();
        }
        finally
        {
            _gate.Release();
        }
    }

    private static TableEntity Row(AccessGroup group)
    {
        var row = new TableEntity(Groups, TableKeys.Of(group.Id)) { ["Id"] = group.Id };
        Chunks.Write(row, Document, JsonSerializer.SerializeToUtf8Bytes(group, DomainJson.Default.AccessGroup));
        return row;
    }

    private StoredGroup? Read(TableEntity row)
    {
        try
        {
            return new StoredGroup(JsonSerializer.Deserialize(Chunks.Read(row, Document), DomainJson.Default.AccessGroup)!, Version(row.ETag));
        }
        catch (JsonException error)
        {
            var id = row.GetString("Id");
            LogUnreadable(id, error);
            return Find(id);
        }
    }

    // An ETag of the service has quotes of its own, and so cannot be one of ours.
    private static string Version(ETag tag) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(tag.ToString())))[..32];

    private sealed class Cached
    {
        public Cached(IEnumerable<StoredGroup> groups)
        {
            All = [.. groups.OrderBy(stored => stored.Group.Id, StringComparer.Ordinal)];
            ById = All.ToFrozenDictionary(stored => stored.Group.Id, StringComparer.Ordinal);
        }

        public IReadOnlyList<StoredGroup> All { get; }
        public FrozenDictionary<string, StoredGroup> ById { get; }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The stored access group {Id} cannot be read; it stays as it was last.")]
    private partial void LogUnreadable(string id, Exception error);
}
