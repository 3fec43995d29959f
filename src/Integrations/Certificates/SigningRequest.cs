using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AccessFunctions.Application.Ports;

namespace AccessFunctions.Integrations.Certificates;

/// <summary>
/// Reads a requester's certificate signing request (PKCS#10, PEM). Only its public key is used: names and extensions are what was
/// approved, not what the text asks for.
/// </summary>
internal static class SigningRequest
{
    private const string Ec = "1.2.840.10045.2.1";
    private const string Rsa = "1.2.840.113549.1.1.1";
    private const int ShortestRsa = 2048;
    private const int LongestRsa = 8192;
    private static readonly string[] Curves = [ECCurve.NamedCurves.nistP256.Oid.Value!, ECCurve.NamedCurves.nistP384.Oid.Value!, ECCurve.NamedCurves.nistP521.Oid.Value!];

    /// <summary>The key that the certificate is to be for.</summary>
    /// <exception cref="PlatformException">Permanent: the text is no such request, is not signed by its key, or the key is too weak.</exception>
    public static PublicKey Read(string pem)
    {
        PublicKey key;
        try
        {
            key = CertificateRequest.LoadSigningRequestPem(pem, HashAlgorithmName.SHA256, CertificateRequestLoadOptions.Default, RSASignaturePadding.Pkcs1).PublicKey;
        }
        catch (Exception failure) when (failure is CryptographicException or ArgumentException or NotSupportedException)
        {
            throw Refuse("cannot be read as a PKCS#10 request in PEM, signed by its own key", failure);
        }

        if (Fault(key) is { } fault) throw Refuse(fault);
        return key;
    }

    private static string? Fault(PublicKey key)
    {
        try
        {
            switch (key.Oid.Value)
            {
                case Ec:
                    using (var ec = key.GetECDsaPublicKey())
                    {
                        return ec is not null && Curves.Contains(ec.ExportParameters(false).Curve.Oid.Value, StringComparer.Ordinal) ? null : "has a key on another curve than P-256, P-384 or P-521";
                    }

                case Rsa:
                    using (var rsa = key.GetRSAPublicKey())
                    {
                        return rsa is { KeySize: >= ShortestRsa and <= LongestRsa } ? null : $"has an RSA key that is not of {ShortestRsa} to {LongestRsa} bits";
                    }

                default:
                    return "has a key that is neither EC (P-256, P-384, P-521) nor RSA";
            }
        }
        catch (CryptographicException)
        {
            return "has a key that cannot be read";
        }
    }

    private static PlatformException Refuse(string fault, Exception? cause = null) => new($"The certificate signing request {fault}.", permanent: true, cause);
}
