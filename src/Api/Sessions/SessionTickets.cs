using System.Security.Cryptography;
using System.Text;
using AccessFunctions.Api.Authentication;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.WebUtilities;

namespace AccessFunctions.Api.Sessions;

/// <summary>
/// The field (or header) that only a page of the same session gives: whoever sends it has read that page, which no other site can. Needed
/// by every call that changes something and whose credential the browser sends by itself.
/// </summary>
public sealed class SessionTickets(IDataProtectionProvider protection)
{
    /// <summary>The header for calls without a form.</summary>
    public const string Header = "X-Form-Ticket";
    private readonly IDataProtector _protector = protection.CreateProtector("AccessFunctions.SessionForm.v1");

    /// <summary>A ticket for the pages of a credential.</summary>
    internal string Issue(Identified who) => WebEncoders.Base64UrlEncode(_protector.Protect(Of(who)));

    /// <summary>True where the ticket was issued for this very credential.</summary>
    internal bool Takes(string? ticket, Identified who)
    {
        if (string.IsNullOrEmpty(ticket)) return false;
        try
        {
            return CryptographicOperations.FixedTimeEquals(_protector.Unprotect(WebEncoders.Base64UrlDecode(ticket)), Of(who));
        }
        catch (Exception failure) when (failure is FormatException or CryptographicException)
        {
            return false;
        }
    }

    private static byte[] Of(Identified who) => SHA256.HashData(Encoding.UTF8.GetBytes(who.Fingerprint));
}
