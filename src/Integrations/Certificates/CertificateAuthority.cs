using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Integrations.Authorities;

namespace AccessFunctions.Integrations.Certificates;

/// <summary>
/// The authority of one platform: an ECDSA P-256 key with a self-signed certificate, made when it is first needed and kept in the secret
/// store as <c>ca/{platform}</c>.
/// </summary>
internal sealed class CertificateAuthority(CertificatesOptions options, AuthorityServices services)
{
    private static readonly TimeSpan Valid = TimeSpan.FromDays(3650);

    /// <summary>Certificates begin so much earlier, for clocks that are behind.</summary>
    public static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);

    private volatile Kept? _kept;

    /// <summary>The secret that holds key and certificate.</summary>
    public string Secret => $"ca/{options.Name}";

    /// <summary>The certificate with its key; the caller disposes it.</summary>
    public async Task<X509Certificate2> Open(CancellationToken cancellation)
    {
        var kept = _kept ??= await Find(cancellation);
        using var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(kept.Pkcs8, out _);
        using var certificate = X509CertificateLoader.LoadCertificate(kept.Certificate);
        return certificate.CopyWithPrivateKey(key);
    }

    private async Task<Kept> Find(CancellationToken cancellation)
    {
        if (await services.Secrets.Get(Secret, cancellation) is { } there) return Read(there);
        var (made, fingerprint) = Made();

        // Told before it is kept: a key that signs and that nobody was told of would be worse than an event too many.
        await services.Record(EventTypes.Host.AuthorityMade, options.Name, new Dictionary<string, string> { ["sha256"] = fingerprint }, cancellation);
        return Read(await services.Secrets.GetOrAdd(Secret, JsonSerializer.SerializeToUtf8Bytes(made), cancellation));
    }

    private (Kept Kept, string Fingerprint) Made()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var name = new X500DistinguishedNameBuilder();
        name.AddCommonName(options.Authority ?? $"Access Functions {options.Name}");
        var request = new CertificateRequest(name.Build(), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        var now = services.Time.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now - Skew, now + Valid);
        return (new Kept(key.ExportPkcs8PrivateKey(), certificate.RawData), certificate.GetCertHashString(HashAlgorithmName.SHA256));
    }

    private static Kept Read(byte[] kept) => JsonSerializer.Deserialize<Kept>(kept)!;

    private sealed record Kept(byte[] Pkcs8, byte[] Certificate);
}
