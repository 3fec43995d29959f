using System.Globalization;
using System.Xml.Linq;
using AccessFunctions.Application.Ports;
using Azure;
using Azure.Security.KeyVault.Secrets;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace AccessFunctions.Functions.Secrets;

/// <summary>
/// The key ring of links as secrets of Key Vault: one per key or revocation, named <c>link-key-…</c>. Read at the start and about once a day;
/// a secret that is disabled or deleted there is no longer read, and its links become foreign.
/// </summary>
/// <remarks>
/// An instance that finds no key in force makes one and uses it from that moment on, while others that started with it know nothing of the
/// key for a day. So such a key is stored under a lease that all instances share, and only by one of them. Whoever comes second stores
/// nothing: Data Protection reads the ring again after it made a key, and takes the one that is in force there. Keys that replace one in
/// force are made days before they are used, and need none of this.
/// </remarks>
public sealed class VaultLinkKeys(SecretClient vault, IChannelStore store, TimeProvider time) : IXmlRepository
{
    /// <summary>What the names begin with.</summary>
    public const string Prefix = "link-key-";

    /// <summary>The set of the lease, and its one row.</summary>
    internal const string Set = "link-keys";

    /// <summary>Whoever took the lease and has stored nothing for so long is gone.</summary>
    internal static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    private const string Row = "making";
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    /// <summary>A key that is in force within this is used at once, and clocks differ by less.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(5);

    /// <summary>What was there when the ring was last read: a key is made for want of another among these.</summary>
    private volatile HashSet<string> _read = [];

    /// <inheritdoc/>
    /// <exception cref="RequestFailedException">The vault did not answer, or may not be read; so for all members.</exception>
    public IReadOnlyCollection<XElement> GetAllElements()
    {
        var names = Names();
        var elements = names.Select(Read).OfType<XElement>().ToList();
        _read = [.. names];
        return elements;
    }

    /// <inheritdoc/>
    /// <exception cref="TimeoutException">Another instance holds the lease, and no key of its appears.</exception>
    public void StoreElement(XElement element, string friendlyName)
    {
        // Data Protection asks for keys in a way that cannot be waited for otherwise.
        if (IsUsedAtOnce(element)) StoreOnce(element, friendlyName).GetAwaiter().GetResult();
        else Store(element, friendlyName);
    }

    private async Task StoreOnce(XElement element, string friendlyName)
    {
        for (var end = time.GetUtcNow() + Patience; ; await Task.Delay(Look, time))
        {
            if (SomebodyMadeOne()) return;
            if (await Lead() is { } lease)
            {
                // Once more, as it is under the lease. That stays when the key is stored: a list that comes late shows nobody an empty ring.
                if (SomebodyMadeOne()) return;
                try
                {
                    Store(element, friendlyName);
                    return;
                }
                catch (RequestFailedException)
                {
                    await store.Remove(Set, lease, CancellationToken.None);
                    throw;
                }
            }

            if (time.GetUtcNow() >= end) throw new TimeoutException("Another instance makes the key of links, and did not end.");
        }
    }

    private bool SomebodyMadeOne()
    {
        var known = _read;
        return Names().Any(name => !known.Contains(name) && Read(name) is { } made && IsUsedAtOnce(made));
    }

    /// <summary>Takes the lease where it is free; null where somebody else has it.</summary>
    private async Task<string?> Lead()
    {
        var now = time.GetUtcNow();
        var value = now.ToString("O", CultureInfo.InvariantCulture);
        if (await store.Add(Set, Row, value, now + Patience, CancellationToken.None)) return Row;
        if (await store.Find(Set, Row, CancellationToken.None) is not { } taken) return null;
        var since = DateTimeOffset.Parse(taken.Value, CultureInfo.InvariantCulture);
        return now - since >= Lease && await store.Replace(Set, taken, value, now + Patience, CancellationToken.None) ? Row : null;
    }

    /// <summary>True for a key that is in force when it is made; revocations and keys for later are stored as they come.</summary>
    private static bool IsUsedAtOnce(XElement element) =>
        element.Name.LocalName == "key" && At(element, "activationDate") is { } from && At(element, "creationDate") is { } made && from - made < Soon;

    private static DateTimeOffset? At(XElement element, string name) =>
        DateTimeOffset.TryParse(element.Element(name)?.Value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null;

    private void Store(XElement element, string friendlyName)
    {
        // The name a reader of the vault sees; the random part keeps it free of names that were deleted, which the vault does not give again.
        var name = new string([.. friendlyName.Select(static c => char.IsAsciiLetterOrDigit(c) ? c : '-').Take(64)]);
        var secret = new KeyVaultSecret($"{Prefix}{name}-{Guid.NewGuid():N}", element.ToString(SaveOptions.DisableFormatting)) { Properties = { ContentType = "application/xml" } };
        vault.SetSecret(secret);
    }

    private List<string> Names() =>
        [.. vault.GetPropertiesOfSecrets().Where(static secret => secret.Enabled != false && secret.Name.StartsWith(Prefix, StringComparison.Ordinal)).Select(static secret => secret.Name)];

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
