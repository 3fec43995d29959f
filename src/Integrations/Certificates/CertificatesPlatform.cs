using System.Globalization;
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
public sealed class CertificatesPlatform : AuthorityPlatform
{
    /// <summary>The adapter's type in <c>platforms.yaml</c>.</summary>
    public const string TypeName = "certificates";

    /// <summary>The parameter that holds a signing request.</summary>
    public const string RequestParameter = "csr";

    private readonly CertificatesOptions _options;
    private readonly Dictionary<string, CertificateProfile> _profiles;
    private readonly CertificateAuthority _authority;
    private readonly DeliveredKeys _keys;
    private readonly TimeProvider _time;
    private volatile Publication? _signed;

    /// <summary>Makes the adapter; its key is made when it is first needed.</summary>
    public CertificatesPlatform(CertificatesOptions options, AuthorityServices services, ILogger<CertificatesPlatform> logger)
        : base(options.Name, options.Address, "crl", options.CrlValidity, services, logger)
    {
        (_options, _time) = (options, services.Time);
        _profiles = options.Profiles.ToDictionary(profile => profile.Name, StringComparer.Ordinal);
        _authority = new CertificateAuthority(options, services);
        _keys = new DeliveredKeys(options.Name, services);
    }

    /// <inheritdoc/>
    public override string Type => TypeName;

    /// <inheritdoc/>
    public override IReadOnlyList<AccessKind> Kinds { get; } = [AccessKind.Certificate];

    /// <inheritdoc/>
    public override IReadOnlyList<PlatformParameter> Parameters { get; } =
    [
        new PlatformParameter
        {
            Name = RequestParameter,
            Label = "Certificate signing request",
            Description = "PKCS#10 in PEM, with a key that you keep. Without one a key is made here and handed over once.",
            Lines = 8,
        },
    ];

    /// <inheritdoc/>
    public override Task<IReadOnlyList<PlatformResource>> Resources(CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<PlatformResource>>([.. _options.Profiles.Select(profile => new PlatformResource($"{Name}/{profile.Name}", profile.Description, Kinds))]);

    /// <inheritdoc/>
    public override async Task<GrantResult> Grant(PlatformOrder order, CancellationToken cancellation)
    {
        if (order.Kind != AccessKind.Certificate) throw Refuse($"gives certificates only, not {order.Kind}");
        var profile = _profiles.GetValueOrDefault(order.Path) ?? throw Refuse("offers no such certificate: its profiles are in the configuration");
        var commonName = NameFor(order, profile);
        return await Give(order, commonName, async record =>
        {
            var key = order.Parameters.GetValueOrDefault(RequestParameter) is { } request && !string.IsNullOrWhiteSpace(request)
                ? SigningRequest.Read(request)
                : await _keys.Make(order.GrantId, cancellation);
            return await Issue(order, profile, commonName, key, record, cancellation);
        }, cancellation);
    }

    /// <summary>Puts every certificate of the grant on the revocation list.</summary>
    public override async Task Revoke(PlatformOrder order, CancellationToken cancellation)
    {
        _ = await End(order, cancellation);
        await _keys.Forget(order.GrantId, cancellation);
    }

    /// <summary>Servers are not reached from here: which of them let a certificate in is not known.</summary>
    public override Task Disconnect(PlatformOrder order, CancellationToken cancellation) => Task.CompletedTask;

    /// <inheritdoc/>
    public override async Task<Publication?> Publish(PublicationKind kind, CancellationToken cancellation)
    {
        switch (kind)
        {
            case PublicationKind.Authority:
                using (var authority = await _authority.Open(cancellation))
                    return new Publication(Encoding.ASCII.GetBytes(authority.ExportCertificatePem() + "\n"), "application/x-pem-file", authority.GetCertHashString(HashAlgorithmName.SHA256));
            case PublicationKind.CertificateRevocations:
                var edition = await Revocations.Current(cancellation);
                if (_signed is { } signed && signed.Tag == edition.Tag) return signed;
                using (var signer = await _authority.Open(cancellation))
                    return _signed = new Publication(ClientCertificates.Revocations(signer, edition), "application/pkix-crl", edition.Tag);
            default:
                return null;
        }
    }

    /// <inheritdoc/>
    public override async Task Upkeep(CancellationToken cancellation)
    {
        _ = await Publish(PublicationKind.CertificateRevocations, cancellation);
        await _keys.ForgetDelivered(cancellation);
    }

    private protected override IssuedCertificate Read(string row)
    {
        using var certificate = Certificate(row);
        return new IssuedCertificate(Convert.ToHexString(certificate.SerialNumberBytes.Span), new DateTimeOffset(certificate.NotBefore), new DateTimeOffset(certificate.NotAfter));
    }

    private protected override TimeSpan? MaxValidity(string path) => _profiles.GetValueOrDefault(path)?.MaxValidity;

    /// <summary>For the same key.</summary>
    private protected override async Task<GrantRecord> Renew(PlatformOrder order, GrantRecord record, CancellationToken cancellation)
    {
        var profile = _profiles.GetValueOrDefault(order.Path) ?? throw Refuse("offers this certificate no more, so it is not renewed");
        using var last = Certificate(record.Issued[^1]);
        return await Issue(order, profile, NameFor(order, profile), last.PublicKey, record, cancellation);
    }

    /// <summary>With the key, while that is still to be delivered.</summary>
    private protected override async Task<ReleasedSecret> Release(PlatformOrder order, string row, CancellationToken cancellation)
    {
        using var certificate = Certificate(row);
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

    private protected override async Task<(string Number, Func<string, bool> Has)> FetchList(CancellationToken cancellation)
    {
        using var authority = await _authority.Open(cancellation);
        var published = await PublishedCrl.Fetch(ListAddress, authority, _time.GetUtcNow(), cancellation);
        return (published.Number.ToString(CultureInfo.InvariantCulture), published.Serials.Contains);
    }

    private protected override Task<ReadBackResult> Look(PlatformOrder order, NotTrusted certificates, CancellationToken cancellation)
    {
        var parts = new List<string>(2);
        if (certificates.Revoked.Count > 0) parts.Add($"{Serials(certificates.Revoked)} in {certificates.List}");
        if (certificates.Expired.Count > 0) parts.Add($"{Serials(certificates.Expired)} expired so long ago that no list has to name it");
        return Task.FromResult(new ReadBackResult(Present: false, Through: null, $"{Name}: {string.Join("; ", parts)}. What servers had let in before is theirs to end."));
    }

    private async Task<GrantRecord> Issue(PlatformOrder order, CertificateProfile profile, string commonName, PublicKey key, GrantRecord record, CancellationToken cancellation)
    {
        var (notBefore, notAfter) = Period(order, profile.MaxValidity);
        using var authority = await _authority.Open(cancellation);
        if (key.EncodedKeyValue.RawData.AsSpan().SequenceEqual(authority.PublicKey.EncodedKeyValue.RawData)) throw Refuse("does not sign its own key");
        if (notAfter > authority.NotAfter) throw Refuse($"cannot issue beyond {authority.NotAfter.ToUniversalTime():u}, when its own certificate ends");

        var der = ClientCertificates.Issue(authority, key, commonName, profile.Organization, notBefore, notAfter, ListAddress);
        return await Keep(order, record, Convert.ToBase64String(der), notAfter, cancellation);
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

    private static X509Certificate2 Certificate(string row) => X509CertificateLoader.LoadCertificate(Convert.FromBase64String(row));
}
