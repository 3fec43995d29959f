using AccessFunctions.Application.Ports;
using AccessFunctions.Functions.Storage;
using Azure;
using Azure.Data.Tables;
using Azure.Security.KeyVault.Secrets;
using Microsoft.Extensions.Logging;

namespace AccessFunctions.Functions.Secrets;

/// <summary>
/// Values in Key Vault, under names chosen anew for each value, because the vault keeps the name of a deleted one for months. A table row
/// per path says which of them is in force; it holds no value. The row's condition decides races, so that <see cref="GetOrAdd"/> is exact:
/// secrets are written before the row names them, and deleted after it names others. What a crash leaves in the vault is named by no row.
/// </summary>
public sealed partial class KeyVaultSecretStore(SecretClient vault, TableServiceClient tables, ILogger<KeyVaultSecretStore> logger) : ISecretStore
{
    private const string NameColumn = "Name";
    private readonly VaultValues _values = new(vault);
    private readonly TableClient _table = tables.GetTableClient(StorageTables.Secrets);

    /// <inheritdoc />
    /// <exception cref="Requests.TransientException">The table or the vault did not answer; so for all members.</exception>
    public async Task<byte[]?> Get(string name, CancellationToken cancellation)
    {
        ETag? looked = null;
        while (await Find(name, cancellation) is { } row)
        {
            if (await _values.Read(ValuePlace.Of(row), cancellation) is { } value) return value;
            // Replaced since the row was read, or lost for good: then the row says the same again.
            if (row.ETag == looked) throw new InvalidOperationException($"The value of the secret {name} is missing in Key Vault: it was deleted there, not here. Recover it in the vault.");
            looked = row.ETag;
        }

        return null;
    }

    /// <inheritdoc />
    public async Task Put(string name, ReadOnlyMemory<byte> value, CancellationToken cancellation)
    {
        var place = await _values.Write(value, cancellation);
        while (true)
        {
            var before = await Find(name, cancellation);
            if (await ConditionalRows.Put(_table, Row(name, place), before?.ETag, cancellation) is null) continue;
            if (before is not null) await Discard(ValuePlace.Of(before));
            return;
        }
    }

    /// <inheritdoc />
    public async Task<byte[]> GetOrAdd(string name, ReadOnlyMemory<byte> value, CancellationToken cancellation)
    {
        ValuePlace? place = null;
        while (true)
        {
            if (await Get(name, cancellation) is { } kept)
            {
                if (place is not null) await Discard(place);
                return kept;
            }

            place ??= await _values.Write(value, cancellation);
            if (await ConditionalRows.Put(_table, Row(name, place), null, cancellation) is not null) return value.ToArray();
        }
    }

    /// <inheritdoc />
    public async Task Delete(string name, CancellationToken cancellation)
    {
        while (await Find(name, cancellation) is { } row)
        {
            if (!await ConditionalRows.Delete(_table, row, row.ETag, cancellation)) continue;
            await Discard(ValuePlace.Of(row));
            return;
        }
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<string>> Names(string prefix, CancellationToken cancellation)
    {
        // Where the prefix has a whole first segment, one partition has all the names.
        var filter = prefix.Contains('/') ? TableClient.CreateQueryFilter($"PartitionKey eq {Partition(prefix)}") : null;
        var names = new List<string>();
        await foreach (var row in Transient.Read(_table.QueryAsync<TableEntity>(filter, select: [NameColumn], cancellationToken: cancellation), cancellation))
            if (row.GetString(NameColumn) is var name && name.StartsWith(prefix, StringComparison.Ordinal)) names.Add(name);
        names.Sort(StringComparer.Ordinal);
        return names;
    }

    private Task<TableEntity?> Find(string name, CancellationToken cancellation) => ConditionalRows.Find(_table, Partition(name), TableKeys.Of(name), cancellation);

    private static string Partition(string name) => TableKeys.Of(name.Split('/')[0]);

    private static TableEntity Row(string name, ValuePlace place)
    {
        var row = new TableEntity(Partition(name), TableKeys.Of(name)) { [NameColumn] = name };
        place.Write(row);
        return row;
    }

    // What cannot be deleted now stays in the vault, named by no row.
    private async Task Discard(ValuePlace place)
    {
        try
        {
            await _values.Delete(place, CancellationToken.None);
        }
        catch (Exception failure) when (failure is RequestFailedException or Requests.TransientException)
        {
            LogLeft(place.Prefix, failure);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Secrets {Prefix}* of Key Vault are no longer used and could not be deleted.")]
    private partial void LogLeft(string prefix, Exception failure);
}
