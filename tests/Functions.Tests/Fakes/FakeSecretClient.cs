using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Azure;
using Azure.Security.KeyVault.Secrets;

namespace AccessFunctions.Functions.Tests.Fakes;

/// <summary>
/// A key vault in memory, with its limits: names, 25 KB a value, and deleted names that cannot be used again. It stands in because Key
/// Vault runs in Azure only.
/// </summary>
internal sealed partial class FakeSecretClient : SecretClient
{
    private readonly ConcurrentDictionary<string, string> _deleted = new();

    /// <summary>Name to value of what is there now.</summary>
    public ConcurrentDictionary<string, string> Secrets { get; } = new();

    /// <summary>Names that were disabled by hand.</summary>
    public HashSet<string> Disabled { get; } = [];

    /// <summary>Runs before a call takes effect ("list", "get", "set", "delete"; the name); what it throws is the call's failure.</summary>
    public Action<string, string>? BeforeCall { get; set; }

    public override async Task<Response<KeyVaultSecret>> SetSecretAsync(KeyVaultSecret secret, CancellationToken cancellationToken = default)
    {
        await Task.Yield();
        BeforeCall?.Invoke("set", secret.Name);
        if (!Name().IsMatch(secret.Name) || secret.Value.Length is 0 or > 25 * 1024) throw new RequestFailedException(400, "The secret is none that a vault would keep.", "BadParameter", null);
        if (_deleted.ContainsKey(secret.Name)) throw new RequestFailedException(409, "The secret is deleted but recoverable.", "Conflict", null);
        Secrets[secret.Name] = secret.Value;
        return Response.FromValue(secret, new TableResponse(200));
    }

    public override async Task<Response<KeyVaultSecret>> GetSecretAsync(string name, string? version = null, CancellationToken cancellationToken = default)
    {
        await Task.Yield();
        BeforeCall?.Invoke("get", name);
        return Secrets.TryGetValue(name, out var value) ? Response.FromValue(new KeyVaultSecret(name, value), new TableResponse(200)) : throw Missing();
    }

    public override async Task<DeleteSecretOperation> StartDeleteSecretAsync(string name, CancellationToken cancellationToken = default)
    {
        await Task.Yield();
        BeforeCall?.Invoke("delete", name);
        if (!Secrets.TryRemove(name, out var value)) throw Missing();
        _deleted[name] = value;
        return new Started();
    }

    public override Response<KeyVaultSecret> SetSecret(KeyVaultSecret secret, CancellationToken cancellationToken = default) => SetSecretAsync(secret, cancellationToken).GetAwaiter().GetResult();

    public override Response<KeyVaultSecret> GetSecret(string name, string? version = null, CancellationToken cancellationToken = default) =>
        GetSecretAsync(name, version, cancellationToken).GetAwaiter().GetResult();

    public override Pageable<SecretProperties> GetPropertiesOfSecrets(CancellationToken cancellationToken = default)
    {
        BeforeCall?.Invoke("list", "");
        return Pageable<SecretProperties>.FromPages(
            [.. Secrets.Keys.Order(StringComparer.Ordinal).Chunk(2).Select(names => Page<SecretProperties>.FromValues(
                [.. names.Select(name => new SecretProperties(name) { Enabled = !Disabled.Contains(name) })], null, new TableResponse(200)))]);
    }

    private static RequestFailedException Missing() => new(404, "A secret with that name was not found in this key vault.", "SecretNotFound", null);

    [GeneratedRegex("^[0-9a-zA-Z-]{1,127}$")]
    private static partial Regex Name();

    private sealed class Started : DeleteSecretOperation;
}
