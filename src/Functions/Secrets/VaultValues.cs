using AccessFunctions.Functions.Storage;
using Azure;
using Azure.Data.Tables;
using Azure.Security.KeyVault.Secrets;

namespace AccessFunctions.Functions.Secrets;

/// <summary>Where a value is in Key Vault: secrets <c>{Prefix}-0</c> to <c>{Prefix}-{Parts - 1}</c>; none for an empty value.</summary>
internal sealed record ValuePlace(string Prefix, int Parts)
{
    private const string PrefixColumn = "Secret";
    private const string PartsColumn = "Parts";

    public IEnumerable<string> Names => Enumerable.Range(0, Parts).Select(part => $"{Prefix}-{part}");

    public static ValuePlace Of(TableEntity row) => new(row.GetString(PrefixColumn), row.GetInt32(PartsColumn)!.Value);

    public void Write(TableEntity row) => (row[PrefixColumn], row[PartsColumn]) = (Prefix, Parts);
}

/// <summary>Values as secrets of Key Vault: base64, in parts, because a secret holds at most 25 KB.</summary>
internal sealed class VaultValues(SecretClient vault)
{
    /// <summary>24 KB in base64.</summary>
    private const int PartSize = 18 * 1024;

    /// <summary>Writes a value to a place of its own.</summary>
    public async Task<ValuePlace> Write(ReadOnlyMemory<byte> value, CancellationToken cancellation)
    {
        var place = new ValuePlace($"access-functions-{Guid.NewGuid():N}", (value.Length + PartSize - 1) / PartSize);
        foreach (var (part, name) in place.Names.Index())
        {
            var bytes = value.Slice(part * PartSize, Math.Min(PartSize, value.Length - part * PartSize));
            var secret = new KeyVaultSecret(name, Convert.ToBase64String(bytes.Span)) { Properties = { ContentType = "application/octet-stream;base64" } };
            await Transient.Run(() => vault.SetSecretAsync(secret, cancellation), cancellation);
        }

        return place;
    }

    /// <summary>The value; null where a part of it is gone.</summary>
    public Task<byte[]?> Read(ValuePlace place, CancellationToken cancellation) => Transient.Run<byte[]?>(async () =>
    {
        try
        {
            using var value = new MemoryStream();
            foreach (var name in place.Names)
            {
                var secret = await vault.GetSecretAsync(name, null, cancellation);
                value.Write(Convert.FromBase64String(secret.Value.Value));
            }

            return value.ToArray();
        }
        catch (RequestFailedException gone) when (gone.Status == 404)
        {
            return null;
        }
    }, cancellation);

    /// <summary>Deletes a value; what of it is gone already is no error.</summary>
    public async Task Delete(ValuePlace place, CancellationToken cancellation)
    {
        foreach (var name in place.Names)
        {
            try
            {
                await Transient.Run(() => vault.StartDeleteSecretAsync(name, cancellation), cancellation);
            }
            catch (RequestFailedException gone) when (gone.Status == 404)
            {
                continue;
            }
        }
    }
}
