using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Integrations.Recordings;

namespace AccessFunctions.Integrations.Authorities;

/// <summary>What platforms that issue certificates or links need of their host.</summary>
/// <param name="Secrets">Keeps the authorities' keys.</param>
/// <param name="Rows">Keeps what was issued and revoked; every process of the host sees the same.</param>
/// <param name="Audit">Gets what happens outside any request: a key was made, a list was signed.</param>
/// <param name="Address">Where lists are published, unless the platform's options say otherwise.</param>
/// <param name="RecordingLinks">Makes links to recordings; null: the host shows none.</param>
/// <param name="Storage">The host's identity in Azure; null: it has none.</param>
public sealed record AuthorityServices(
    ISecretStore Secrets, IChannelStore Rows, IAuditLog Audit, PublicAddress Address, TimeProvider Time, IRecordingLinks? RecordingLinks = null, IStorageTokens? Storage = null)
{
    /// <summary>
    /// An authority's key as it is kept; made where there is none. Told before it is kept: a key that signs and that nobody was told of would be worse
    /// than an event too many.
    /// </summary>
    /// <param name="secret">The secret's name.</param>
    /// <param name="make">Makes what is to be kept, and the fingerprint that is told.</param>
    internal async Task<byte[]> AuthorityKey(string secret, string platform, Func<(byte[] Kept, string Fingerprint)> make, CancellationToken cancellation)
    {
        if (await Secrets.Get(secret, cancellation) is { } there) return there;
        var (made, fingerprint) = make();
        await Record(EventTypes.Host.AuthorityMade, platform, new Dictionary<string, string> { ["sha256"] = fingerprint }, cancellation);
        return await Secrets.GetOrAdd(secret, made, cancellation);
    }

    /// <summary>Records something that an authority did by itself.</summary>
    internal Task Record(string type, string platform, IReadOnlyDictionary<string, string> more, CancellationToken cancellation) => Audit.Append(new AuditEvent
    {
        Type = type,
        At = Time.GetUtcNow(),
        Actor = SystemActors.Prefix + "authority",
        Channel = nameof(Channel.System),
        Succeeded = true,
        Resource = platform,
        Detail = new AuditDetail { More = more },
    }, cancellation);
}
