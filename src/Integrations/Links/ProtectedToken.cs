using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.WebUtilities;

namespace AccessFunctions.Integrations.Links;

/// <summary>Fields in binary, encrypted and authenticated, as text for a path.</summary>
internal static class ProtectedToken
{
    public static string Write(IDataProtector protector, Action<BinaryWriter> fields)
    {
        using var bytes = new MemoryStream();
        using (var writer = new BinaryWriter(bytes, Encoding.UTF8, leaveOpen: true)) fields(writer);
        return WebEncoders.Base64UrlEncode(protector.Protect(bytes.ToArray()));
    }

    /// <summary>The fields; null where no key of ours made the token.</summary>
    /// <exception cref="InvalidOperationException">The keys cannot be read now; nothing is known of the token.</exception>
    public static byte[]? Read(IDataProtector protector, string token)
    {
        try
        {
            return protector.Unprotect(WebEncoders.Base64UrlDecode(token));
        }
        catch (FormatException)
        {
            return null;
        }
        catch (CryptographicException failure) when (failure.InnerException is null or FormatException or CryptographicException)
        {
            return null;
        }
        catch (CryptographicException failure)
        {
            // What reads the keys fails inside: that is no word on the token.
            throw new InvalidOperationException("The keys of links cannot be read now.", failure);
        }
    }

    public static DateTimeOffset Instant(BinaryReader reader) => DateTimeOffset.FromUnixTimeMilliseconds(reader.Read7BitEncodedInt64());
}
