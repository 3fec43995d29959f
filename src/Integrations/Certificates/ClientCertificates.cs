using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace AccessFunctions.Integrations.Certificates;

/// <summary>Makes client certificates.</summary>
internal static class ClientCertificates
{
    private static readonly Oid ClientAuth = new("1.3.6.1.5.5.7.3.2");
    private const int LongestName = 64;

    /// <summary>What is wrong with a common name; null: nothing. X.520 allows 64 characters, and none that a log or map file could misread.</summary>
    public static string? NameFault(string? name) =>
        string.IsNullOrWhiteSpace(name) ? "is missing"
        : name.Length > LongestName ? $"is longer than {LongestName} characters"
        : name.Any(static c => char.IsControl(c) || char.IsSurrogate(c)) || name != name.Trim() ? "has control characters, characters beyond the basic plane, or blanks around it"
        : null;

    /// <summary>The certificate, signed; it holds no private key.</summary>
    /// <param name="authority">Signs; with its key.</param>
    /// <param name="notAfter">When it ends; whole seconds.</param>
    /// <param name="crl">Where it is looked up whether it was revoked.</param>
    public static byte[] Issue(X509Certificate2 authority, PublicKey key, string commonName, string? organization, DateTimeOffset notBefore, DateTimeOffset notAfter, Uri crl)
    {
        var subject = new X500DistinguishedNameBuilder();
        subject.AddCommonName(commonName);
        if (organization is not null) subject.AddOrganizationName(organization);
        var request = new CertificateRequest(subject.Build(), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([ClientAuth], critical: false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(key, critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        request.CertificateExtensions.Add(CertificateRevocationListBuilder.BuildCrlDistributionPointExtension([crl.AbsoluteUri]));

        // A one in front, so that the 128 random bits are a positive number of one length.
        byte[] serial = [1, .. RandomNumberGenerator.GetBytes(16)];
        using var signer = authority.GetECDsaPrivateKey()!;
        using var certificate = request.Create(authority.SubjectName, X509SignatureGenerator.CreateForECDsa(signer), notBefore, notAfter, serial);
        return certificate.RawData;
    }

    /// <summary>The list of revoked certificates, signed (RFC 5280).</summary>
    public static byte[] Revocations(X509Certificate2 authority, Authorities.Edition edition)
    {
        var list = new CertificateRevocationListBuilder();
        foreach (var entry in edition.Entries) list.AddEntry(Convert.FromHexString(entry.Serial), entry.At, X509RevocationReason.PrivilegeWithdrawn);
        return list.Build(authority, edition.Number, edition.Next, HashAlgorithmName.SHA256, thisUpdate: edition.At);
    }
}
