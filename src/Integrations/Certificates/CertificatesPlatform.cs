using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Integrations.Authorities;
using Microsoft.Extensions.Logging;

namespace AccessFunctions.Integrations.Certificates;

/// <summary>
/// Short-lived client certificates of a built-in authority (<see cref="AccessKind.Certificate"/>). <c>docs/platforms/certificates.md</c> says what
/// a certificate holds and how servers follow the revocation list. A grant's certificates are known before anyone gets them, and all of
/// them are revoked at its end.
/// </summary>
public sealed partial class CertificatesPlatform : IPlatform, IPublisher
{
    /// <summary>The adapter's type in <c>platforms.yaml</c>.</summary>
    public const string TypeName = "certificates";

    /// <summary>The parameter that holds a signing request.</summary>
    public const string RequestParameter = "csr";

    private readonly CertificatesOptions _options;
    private readonly AuthorityServices _services;
    private readonly ILogger<CertificatesPlatform> _logger;
    private readonly Dictionary<string, CertificateProfile> _profiles;
    private readonly CertificateAuthority _authority;
    private readonly DeliveredKeys _keys;
    private readonly GrantRecords _grants;
    private readonly RevocationList _revocations;
    private volatile Publication? _signed;

    /// <summary>Makes the adapter; its key is made when it is first needed.</summary>
    public CertificatesPlatform(CertificatesOptions options, AuthorityServices services, ILogger<CertificatesPlatform> logger)
    {
        (_options, _services, _logger) = (options, services, logger);
        _profiles = options.Profiles.ToDictionary(profile => profile.Name, StringComparer.Ordinal);
        _authority = new CertificateAuthority(options, services);
        _keys = new DeliveredKeys(options.Name, services);
        _grants = new GrantRecords(services.Rows);
        _revocations = new RevocationList(options.Name, options.CrlValidity, services);
        CrlAddress = new Uri(options.Address ?? services.Address.Root, $"crl/{Uri.EscapeDataString(options.Name)}");
    }

    /// <inheritdoc/>
    public string Name => _options.Name;

    /// <inheritdoc/>
    public string Type => TypeName;

    /// <inheritdoc/>
    public IReadOnlyList<AccessKind> Kinds { get; } = [AccessKind.Certificate];

    /// <inheritdoc/>
    public IReadOnlyList<PlatformParameter> Parameters { get; } =
    [
        new PlatformParameter
        {
            Name = RequestParameter,
            Label = "Certificate signing request",
            Description = "PKCS#10 in PEM, with a key that you keep. Without one a key is made here and handed over once.",
            Lines = 8,
        },
    ];

    /// <summary>Where servers, and this adapter's own look, fetch the revocation list.</summary>
    public Uri CrlAddress { get; }

    /// <summary>Each grant has certificates of its own.</summary>
    public SharedPrivilege? Shared(PlatformOrder order) => null;

    /// <inheritdoc/>
    public Task<IReadOnlyList<PlatformResource>> Resources(CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<PlatformResource>>([.. _options.Profiles.Select(profile => new PlatformResource($"{Name}/{profile.Name}", profile.Description, Kinds))]);

    /// <summary>Nobody lives in an authority.</summary>
    public Task<IReadOnlyList<PlatformIdentity>> Identities(CancellationToken cancellation) => Task.FromResult<IReadOnlyList<PlatformIdentity>>([]);

    /// <summary>A certificate is nobody's membership.</summary>
    public GrantFootprint? Footprint(PlatformOrder order) => null;

    /// <inheritdoc/>
    public async Task<GrantResult> Grant(PlatformOrder order, CancellationToken cancellation)
    {
        if (order.Kind != AccessKind.Certificate) throw Refuse($"gives certificates only, not {order.Kind}");
        var profile = _profiles.GetValueOrDefault(order.Path) ?? throw Refuse("offers no such certificate: its profiles are in the configuration");
        var commonName = NameFor(order, profile);
        var record = await _grants.Find(order.GrantId, cancellation);
        if (record is { Issued.Count: 0, Ended: false })
        {
            var key = order.Parameters.GetValueOrDefault(RequestParameter) is { } request && !string.IsNullOrWhiteSpace(request)
                ? SigningRequest.Read(request)
                : await _keys.Make(order.GrantId, cancellation);
            record = await Issue(order, profile, commonName, key, record, cancellation);
        }

        return record.Ended ? throw Ended() : new GrantResult(commonName);
    }

    /// <summary>Issues a certificate that lasts to the new end, for the same key.</summary>
    public async Task Extend(PlatformOrder order, CancellationToken cancellation)
    {
        var record = await _grants.Find(order.GrantId, cancellation);
        if (record.Issued.Count == 0) throw Refuse("issued no certificate to this grant, so there is none to renew");
        if (record.Ended || (await Renewed(order, record, cancellation)).Ended) throw Ended();
    }

    /// <summary>Puts every certificate of the grant on the revocation list.</summary>
    public async Task Revoke(PlatformOrder order, CancellationToken cancellation)
    {
        await _grants.End(order.GrantId, Later(order.End, _services.Time.GetUtcNow()), cancellation);
        var record = await _grants.Find(order.GrantId, cancellation);
        foreach (var issued in record.Issued)
        {
            using var certificate = Read(issued);
            await _revocations.Add(SerialOf(certificate), new DateTimeOffset(certificate.NotAfter), cancellation);
        }

        await _keys.Forget(order.GrantId, cancellation);
        LogRevoked(order.GrantId, Name, record.Issued.Count);
    }

    /// <summary>Fetches the revocation list from its published address and looks for the grant's serials.</summary>
    public async Task<ReadBackResult> ReadBack(PlatformOrder order, CancellationToken cancellation)
    {
        var record = await _grants.Find(order.GrantId, cancellation);
        if (record.Issued.Count == 0)
            return new ReadBackResult(Present: false, Through: null, $"{Name}: no certificate of this grant is known: none was issued, or the last one expired more than {GrantRecords.Kept.TotalDays:0} days ago.");

        var now = _services.Time.GetUtcNow();
        using var authority = await _authority.Open(cancellation);
        var published = await PublishedCrl.Fetch(CrlAddress, authority, now, cancellation);
        var (trusted, revoked, expired) = (new List<string>(), new List<string>(), new List<string>());
        foreach (var issued in record.Issued)
        {
            using var certificate = Read(issued);
            var serial = SerialOf(certificate);
            (published.Serials.Contains(serial) ? revoked : certificate.NotAfter.ToUniversalTime() + RevocationList.Kept <= now ? expired : trusted).Add(serial);
        }

        var list = $"the list number {published.Number} as fetched from {CrlAddress}";
        if (trusted.Count > 0) return new ReadBackResult(Present: true, Through: null, $"{Name}: {Serials(trusted)} not in {list}.");
        if (!record.Ended) return new ReadBackResult(Present: true, Through: null, $"{Name}: {Serials(revoked.Concat(expired))} expired or in {list}, but the grant has not ended: it can be renewed.");
        var parts = new List<string>(2);
        if (revoked.Count > 0) parts.Add($"{Serials(revoked)} in {list}");
        if (expired.Count > 0) parts.Add($"{Serials(expired)} expired so long ago that no list has to name it");
        return new ReadBackResult(Present: false, Through: null, $"{Name}: {string.Join("; ", parts)}. What servers had let in before is theirs to end.");
    }

    /// <summary>Servers are not reached from here: which of them let a certificate in is not known.</summary>
    public Task Disconnect(PlatformOrder order, CancellationToken cancellation) => Task.CompletedTask;

    /// <summary>A certificate that was given out is not changed, but revoked.</summary>
    public Task Rotate(PlatformOrder order, CancellationToken cancellation) => Task.CompletedTask;

    /// <summary>The certificate, renewed where it is about to expire within the period; with it the key, while that is still to be delivered.</summary>
    public async Task<ReleasedSecret?> Secret(PlatformOrder order, CancellationToken cancellation)
    {
        var record = await _grants.Find(order.GrantId, cancellation);
        if (record.Issued.Count == 0 || record.Ended) return null;
        record = await Renewed(order, record, cancellation);
        if (record.Ended) return null;

        using var certificate = Read(record.Issued[^1]);
        using var authority = await _authority.Open(cancellation);
        var fields = new Dictionary<string, string>
        {
            ["certificate"] = certificate.ExportCertificatePem(),
            ["authority"] = authority.ExportCertificatePem(),
            ["notAfter"] = $"{certificate.NotAfter.ToUniversalTime():yyyy-MM-ddTHH:mm:ssZ}",
        };
        if (await _keys.Deliver(order.GrantId, certificate.RawData, order.End, cancellation) is { } delivered)
            (fields["pkcs12"], fields["password"]) = (Convert.ToBase64String(delivered.Pkcs12), delivered.Password);
        return new ReleasedSecret(fields);
    }

    /// <inheritdoc/>
    public async Task<Publication?> Publish(PublicationKind kind, CancellationToken cancellation)
    {
        switch (kind)
        {
            case PublicationKind.Authority:
                using (var authority = await _authority.Open(cancellation))
                    return new Publication(Encoding.ASCII.GetBytes(authority.ExportCertificatePem() + "\n"), "application/x-pem-file", authority.GetCertHashString(HashAlgorithmName.SHA256));
            case PublicationKind.CertificateRevocations:
                var edition = await _revocations.Current(cancellation);
                if (_signed is { } signed && signed.Tag == edition.Tag) return signed;
                using (var signer = await _authority.Open(cancellation))
                    return _signed = new Publication(ClientCertificates.Revocations(signer, edition), "application/pkix-crl", edition.Tag);
            default:
                return null;
        }
    }

    /// <inheritdoc/>
    public async Task Upkeep(CancellationToken cancellation)
    {
        _ = await Publish(PublicationKind.CertificateRevocations, cancellation);
        await _keys.ForgetDelivered(cancellation);
    }

    /// <summary>The record with a certificate that lasts as long as it may.</summary>
    private async Task<GrantRecord> Renewed(PlatformOrder order, GrantRecord record, CancellationToken cancellation)
    {
        using var last = Read(record.Issued[^1]);
        var now = _services.Time.GetUtcNow();
        var profile = _profiles.GetValueOrDefault(order.Path);
        if (!Validity.IsDue((last.NotBefore, last.NotAfter), Validity.Until(order.End, profile?.MaxValidity, now), order.End, now)) return record;
        if (profile is null) throw Refuse("offers this certificate no more, so it is not renewed");
        return await Issue(order, profile, NameFor(order, profile), last.PublicKey, record, cancellation);
    }

    private async Task<GrantRecord> Issue(PlatformOrder order, CertificateProfile profile, string commonName, PublicKey key, GrantRecord record, CancellationToken cancellation)
    {
        var now = _services.Time.GetUtcNow();
        var notAfter = Validity.Until(order.End, profile.MaxValidity, now);
        if (notAfter <= now) throw Refuse("issues nothing for a period that is over");
        using var authority = await _authority.Open(cancellation);
        if (key.EncodedKeyValue.RawData.AsSpan().SequenceEqual(authority.PublicKey.EncodedKeyValue.RawData)) throw Refuse("does not sign its own key");
        if (notAfter > authority.NotAfter) throw Refuse($"cannot issue beyond {authority.NotAfter.ToUniversalTime():u}, when its own certificate ends");

        var der = ClientCertificates.Issue(authority, key, commonName, profile.Organization, now - CertificateAuthority.Skew, notAfter, CrlAddress);
        var kept = await _grants.Add(order.GrantId, record.Issued.Count, Convert.ToBase64String(der), notAfter, cancellation);
        using var certificate = Read(kept.Issued[^1]);
        var (serial, until) = (SerialOf(certificate), new DateTimeOffset(certificate.NotAfter));
        if (!kept.Ended)
        {
            LogIssued(order.GrantId, Name, serial, until);
            return kept;
        }

        // It ended while this ran, and whoever ended it may have looked before this one was added.
        await _revocations.Add(serial, until, cancellation);
        return kept;
    }

    /// <summary>The subject's name, from what was asked and approved.</summary>
    private string NameFor(PlatformOrder order, CertificateProfile profile)
    {
        var (name, what) = profile.CommonName switch
        {
            CertificateName.Role => (order.Role, "role"),
            CertificateName.Identity => (order.Identity, $"identity of the requester on {Name}"),
        };
        return ClientCertificates.NameFault(name) is { } fault ? throw Refuse($"puts the {what} into the certificate, but it {fault}") : name!;
    }

    private static X509Certificate2 Read(string issued) => X509CertificateLoader.LoadCertificate(Convert.FromBase64String(issued));

    private static string SerialOf(X509Certificate2 certificate) => Convert.ToHexString(certificate.SerialNumberBytes.Span);

    private static string Serials(IEnumerable<string> serials) => string.Join(" and ", serials.Select(static serial => $"serial {serial}")) + " is";

    private static DateTimeOffset Later(DateTimeOffset left, DateTimeOffset right) => left > right ? left : right;

    private PlatformException Refuse(string what) => new($"{Name} {what}.", permanent: true);

    private PlatformException Ended() => Refuse("issues nothing to a grant that has ended");

    [LoggerMessage(Level = LogLevel.Information, Message = "Grant {Grant} on {Platform}: certificate {Serial} was issued, valid until {NotAfter:u}")]
    private partial void LogIssued(string grant, string platform, string serial, DateTimeOffset notAfter);

    [LoggerMessage(Level = LogLevel.Information, Message = "Grant {Grant} on {Platform}: {Count} certificates were revoked")]
    private partial void LogRevoked(string grant, string platform, int count);
}
