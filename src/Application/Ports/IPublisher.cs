namespace AccessFunctions.Application.Ports;

/// <summary>
/// A platform that publishes, at addresses of this product, what servers need to know whom to let in: <c>GET /ca/{platform}</c>,
/// <c>/crl/{platform}</c>, <c>/krl/{platform}</c>. Anyone may read it.
/// </summary>
public interface IPublisher
{
    /// <summary>What is published now; null where nothing of that kind is.</summary>
    Task<Publication?> Publish(PublicationKind kind, CancellationToken cancellation);

    /// <summary>What the clock asks for: lists are signed anew before they expire, keys that were delivered are forgotten. Idempotent.</summary>
    Task Upkeep(CancellationToken cancellation);
}

/// <summary>Kinds of what is published.</summary>
public enum PublicationKind
{
    /// <summary>Whom servers have to trust.</summary>
    Authority,

    /// <summary>X.509 certificates that were revoked (RFC 5280).</summary>
    CertificateRevocations,

    /// <summary>SSH certificates that were revoked (OpenSSH's PROTOCOL.krl).</summary>
    KeyRevocations,
}

/// <summary>Something published, whole.</summary>
/// <param name="ContentType">Its media type.</param>
/// <param name="Tag">Changes with the content; letters, digits, <c>-</c>.</param>
public sealed record Publication(byte[] Content, string ContentType, string Tag);
