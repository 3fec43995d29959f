using System.Xml.Linq;
using Azure;
using Azure.Security.KeyVault.Secrets;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace AccessFunctions.Functions.Secrets;

/// <summary>
/// The key ring of links as secrets of Key Vault: one per key or revocation, named <c>link-key-…</c>. Read at the start and about once a day;
/// a secret that is disabled or deleted there is no longer read, and its links become foreign.
/// </summary>
public sealed class VaultLinkKeys(SecretClient vault) : IXmlRepository
{
    /// <summary>What the names begin with.</summary>
    public const string Prefix = "link-key-";

    /// <inheritdoc/>
    /// <exception cref="RequestFailedException">The vault did not answer, or may not be read; so for all members.</exception>
    public IReadOnlyCollection<XElement> GetAllElements()
    {
        var elements = new List<XElement>();
        foreach (var secret in vault.GetPropertiesOfSecrets())
        {
            if (secret.Enabled == false || !secret.Name.StartsWith(Prefix, StringComparison.Ordinal)) continue;
            if (Read(secret.Name) is { } element) elements.Add(element);
        }

        return elements;
    }

    /// <inheritdoc/>
    public void StoreElement(XElement element, string friendlyName)
    {
        // The name a reader of the vault sees; the random part keeps it free of names that were deleted, which the vault does not give again.
        var name = new string([.. friendlyName.Select(static c => char.IsAsciiLetterOrDigit(c) ? c : '-').Take(64)]);
        var secret = new KeyVaultSecret($"{Prefix}{name}-{Guid.NewGuid():N}", element.ToString(SaveOptions.DisableFormatting)) { Properties = { ContentType = "application/xml" } };
        vault.SetSecret(secret);
    }

    /// <summary>Null where it was deleted since it was listed.</summary>
    private XElement? Read(string name)
    {
        try
        {
            return XElement.Parse(vault.GetSecret(name, null, CancellationToken.None).Value.Value);
        }
        catch (RequestFailedException gone) when (gone.Status == 404)
        {
            return null;
        }
    }
}
