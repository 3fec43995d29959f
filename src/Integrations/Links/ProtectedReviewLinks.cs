using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using AccessFunctions.Application.Ports;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.WebUtilities;

namespace AccessFunctions.Integrations.Links;

/// <summary>
/// Links as tokens of ASP.NET Core Data Protection: encrypted and authenticated by a key that the token names, so that keys rotate and a
/// revoked one makes its links foreign. Fields are written in binary, because the token stands in a mail and in a path.
/// </summary>
public sealed class ProtectedReviewLinks(IDataProtectionProvider protection) : IReviewLinks
{
    private readonly IDataProtector _protector = protection.CreateProtector("AccessFunctions.ReviewLinks.v1");

    public string Mint(ReviewLink link)
    {
        using var bytes = new MemoryStream();
        using (var writer = new BinaryWriter(bytes, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write((byte)link.Kind);
            writer.Write(link.RequestId);
            writer.Write7BitEncodedInt(link.Revision);
            writer.Write7BitEncodedInt(link.Level);
            writer.Write(link.Person);
            writer.Write7BitEncodedInt64(link.ExpiresAt.ToUnixTimeMilliseconds());
            writer.Write(link.TokenId);
        }

        return WebEncoders.Base64UrlEncode(_protector.Protect(bytes.ToArray()));
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The keys cannot be read now; nothing is known of the token.</exception>
    public bool TryRead(string token, [NotNullWhen(true)] out ReviewLink? link)
    {
        link = null;
        try
        {
            using var reader = new BinaryReader(new MemoryStream(_protector.Unprotect(WebEncoders.Base64UrlDecode(token))), Encoding.UTF8);
            link = new ReviewLink(
                (ReviewLinkKind)reader.ReadByte(), reader.ReadString(), reader.Read7BitEncodedInt(), reader.Read7BitEncodedInt(),
                reader.ReadString(), Instant(reader), reader.ReadString());
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
        catch (CryptographicException failure) when (failure.InnerException is null or FormatException or CryptographicException)
        {
            return false;
        }
        catch (CryptographicException failure)
        {
            // What reads the keys fails inside: that is no word on the token.
            throw new InvalidOperationException("The keys of links cannot be read now.", failure);
        }
    }

    private static DateTimeOffset Instant(BinaryReader reader) => DateTimeOffset.FromUnixTimeMilliseconds(reader.Read7BitEncodedInt64());
}
