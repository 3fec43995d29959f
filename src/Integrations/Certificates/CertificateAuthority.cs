using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using AccessFunctions.Integrations.Authorities;

namespace AccessFunctions.Integrations.Certificates;

/// <summary>
/// The authority of one platform: an ECDSA P-256 key with a self-signed certificate, made when it is first needed and kept in the secret
/// store as <c>ca/{platform}</c>.
/// </summary>
internal sealed class CertificateAuthority(CertificatesOptions options, AuthorityServices services)
{
    private static readonly TimeSpan Valid = TimeSpan.FromDays(3650);

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

    private async Task<Kept> Find(CancellationToken cancellation) => JsonSerializer.Deserialize<Kept>(await services.AuthorityKey(Secret, options.Name, Make, cancellation))!;

    private (byte[] Kept, string Fingerprint) Make()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var name = new X500DistinguishedNameBuilder();
        name.AddCommonName(options.Authority ?? $"Access Functions {options.Name}");
        var request = new CertificateRequest(name.Build(), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        var now = services.Time.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now - Validity.Skew, now + Valid);
        return (JsonSerializer.SerializeToUtf8Bytes(new Kept(key.ExportPkcs8PrivateKey(), certificate.RawData)), certificate.GetCertHashString(HashAlgorithmName.SHA256));
    }

    private sealed record Kept(byte[] Pkcs8, byte[] Certificate);
}
