using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.WebUtilities;

namespace AccessFunctions.Api.Reviewing;

/// <summary>
/// The field that only a page gives: whoever posts it has opened the page of this link, within a day. Against forms of other sites, and
/// against programs that follow links by posting to them.
/// </summary>
public sealed class FormTickets(IDataProtectionProvider protection, TimeProvider time)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(1);
    private readonly IDataProtector _protector = protection.CreateProtector("AccessFunctions.ReviewForm.v1");

    /// <summary>A ticket for the page of a link.</summary>
    internal string Issue(string token)
    {
        var bytes = new byte[sizeof(long) + SHA256.HashSizeInBytes];
        BinaryPrimitives.WriteInt64BigEndian(bytes, (time.GetUtcNow() + Lifetime).ToUnixTimeSeconds());
        SHA256.HashData(Encoding.UTF8.GetBytes(token), bytes.AsSpan(sizeof(long)));
        return WebEncoders.Base64UrlEncode(_protector.Protect(bytes));
    }

    /// <summary>True where the ticket was issued for this link's page and is not a day old.</summary>
    internal bool Takes(string? ticket, string token)
    {
        if (ticket is null) return false;
        try
        {
            var bytes = _protector.Unprotect(WebEncoders.Base64UrlDecode(ticket));
            return time.GetUtcNow().ToUnixTimeSeconds() < BinaryPrimitives.ReadInt64BigEndian(bytes)
                && CryptographicOperations.FixedTimeEquals(bytes.AsSpan(sizeof(long)), SHA256.HashData(Encoding.UTF8.GetBytes(token)));
        }
        catch (Exception failure) when (failure is FormatException or CryptographicException)
        {
            return false;
        }
    }
}
