using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AccessFunctions.Application.Ports;
using AccessFunctions.Integrations.Authorities;

namespace AccessFunctions.Integrations.Certificates;

/// <summary>A revocation list as servers see it: fetched from its address, its signature and its time checked.</summary>
internal sealed record PublishedCrl(BigInteger Number, DateTimeOffset Next, IReadOnlySet<string> Serials)
{
    /// <summary>Fetches the list.</summary>
    /// <exception cref="PlatformException">Transient: nothing usable is there.</exception>
    public static async Task<PublishedCrl> Fetch(Uri address, X509Certificate2 authority, DateTimeOffset now, CancellationToken cancellation)
    {
        var fetched = await PublishedAddress.Fetch(address, "revocation list", cancellation);
        var list = Read(fetched, authority) ?? throw new PlatformException($"What {address} answers is no revocation list that this authority signed.");
        return list.Next > now ? list : throw new PlatformException($"The revocation list at {address} expired at {list.Next:u}.");
    }

    /// <summary>Reads a list in DER; null where it is none, or not signed by the authority.</summary>
    public static PublishedCrl? Read(byte[] der, X509Certificate2 authority)
    {
        try
        {
            var outer = new AsnReader(der, AsnEncodingRules.DER).ReadSequence();
            var signed = outer.ReadEncodedValue();
            _ = outer.ReadSequence();
            var signature = outer.ReadBitString(out _);
            using var key = authority.GetECDsaPublicKey()!;
            if (!key.VerifyData(signed.Span, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)) return null;

            var list = new AsnReader(signed, AsnEncodingRules.DER).ReadSequence();
            if (list.PeekTag() == Asn1Tag.Integer) _ = list.ReadInteger();
            _ = list.ReadSequence();
            _ = list.ReadSequence();
            _ = Time(list);
            var next = Time(list);
            var serials = new HashSet<string>(StringComparer.Ordinal);
            if (list.HasData && list.PeekTag() == Asn1Tag.Sequence)
            {
                var entries = list.ReadSequence();
                while (entries.HasData) _ = serials.Add(Convert.ToHexString(entries.ReadSequence().ReadIntegerBytes().Span));
            }

            _ = CertificateRevocationListBuilder.Load(der, out var number);
            return new PublishedCrl(number, next, serials);
        }
        catch (Exception failure) when (failure is AsnContentException or CryptographicException)
        {
            return null;
        }
    }

    private static DateTimeOffset Time(AsnReader list) => list.PeekTag() == Asn1Tag.UtcTime ? list.ReadUtcTime() : list.ReadGeneralizedTime();
}
