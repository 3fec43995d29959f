using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;
using Microsoft.Extensions.Logging;

namespace AccessFunctions.Integrations.Vault;

/// <summary>Puts secrets into a vault: for hosts, their command line and their seeds. Values are written, never logged or given back.</summary>
public sealed partial class VaultSecrets(ISecretStore secrets, ILogger<VaultSecrets> logger)
{
    /// <summary>Stores or replaces one value; requesters get it as <c>value</c>.</summary>
    /// <param name="resource"><c>{vault}/{name}</c>, as it is asked for.</param>
    /// <param name="value">The value; a JSON object of texts is given out field by field.</param>
    /// <param name="cancellation">Ends the call.</param>
    public async Task Put(string resource, ReadOnlyMemory<byte> value, CancellationToken cancellation)
    {
        await secrets.Put(Checked(resource), value, cancellation);
        Stored(resource);
    }

    /// <summary>The same with named fields, such as <c>username</c> and <c>password</c>.</summary>
    public Task Put(string resource, IReadOnlyDictionary<string, string> fields, CancellationToken cancellation) =>
        Put(resource, SecretFields.Write(fields), cancellation);

    /// <summary>Stores only where nothing is stored yet.</summary>
    public async Task Seed(string resource, IReadOnlyDictionary<string, string> fields, CancellationToken cancellation) =>
        await secrets.GetOrAdd(Checked(resource), SecretFields.Write(fields), cancellation);

    private static string Checked(string resource) =>
        Resources.PathOf(resource).Length > 0 ? resource : throw new ArgumentException("A secret of a vault is named vault/name.", nameof(resource));

    [LoggerMessage(Level = LogLevel.Information, Message = "Stored a secret as {Resource}.")]
    private partial void Stored(string resource);
}
