namespace AccessFunctions.Integrations.Certificates;

/// <summary>One certificate authority and what it issues.</summary>
public sealed record CertificatesOptions
{
    /// <summary>The platform's name, the first segment of its resources and the last of its addresses.</summary>
    public required string Name { get; init; }

    /// <summary>The authority's own common name; null: <c>Access Functions</c> and the platform's name. In force when its key is made.</summary>
    public string? Authority { get; init; }

    /// <summary>The address under which servers fetch <c>crl/{name}</c>; null: the host's public address.</summary>
    public Uri? Address { get; init; }

    /// <summary>How long a revocation list may be relied on, from an hour to 30 days. A new one is signed after half of it.</summary>
    public TimeSpan CrlValidity { get; init; } = TimeSpan.FromDays(1);

    /// <summary>What can be asked for.</summary>
    public IReadOnlyList<CertificateProfile> Profiles { get; init; } = [];
}

/// <summary>A kind of client certificate: <c>{platform}/{Name}</c>.</summary>
public sealed record CertificateProfile
{
    /// <summary>The path on the platform; may have slashes.</summary>
    public required string Name { get; init; }

    public string? Description { get; init; }

    /// <summary>Whose name the certificate bears.</summary>
    public CertificateName CommonName { get; init; } = CertificateName.Identity;

    /// <summary>The subject's organization; null: none.</summary>
    public string? Organization { get; init; }

    /// <summary>The longest a certificate is valid; within a longer period the requester fetches it anew. Null: to the period's end.</summary>
    public TimeSpan? MaxValidity { get; init; }
}

/// <summary>What becomes the common name (CN) of a certificate's subject.</summary>
public enum CertificateName
{
    /// <summary>The requester's identity on this platform, or the one an approver chose.</summary>
    Identity,

    /// <summary>The role asked for.</summary>
    Role,
}
