using System.Security.Cryptography;
using System.Text;
using AccessFunctions.Api.Authentication;
using AccessFunctions.Api.Pages.App;
using AccessFunctions.Domain.Requests;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace AccessFunctions.Api.Sessions;

/// <summary>Reads the session's cookie, and keeps a session alive that somebody works in.</summary>
internal sealed class CookieAuthenticator(SessionCookies cookies, EndedSessions ended, ConfiguredIssuers issuers, IOptions<ApiOptions> options) : IAuthenticator
{
    /// <summary>Why a session that was there is no longer good: its time is over, its owner signed out, no key of ours opens it, nobody signs in there any more.</summary>
    public const string Expired = "session-expired", SignedOut = "session-signed-out", Unreadable = "session-unreadable", Issuer = "session-issuer";

    private const string Words = "The session has ended; sign in again.";

    public async Task<SignIn?> Authenticate(HttpContext http)
    {
        var (cookie, session) = cookies.Sent(http);
        if (cookie is null) return null;
        if (session is null) return new Rejected(Unreadable, Words) { IsEnd = true, Fingerprint = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(cookie))) };

        // What is configured decides, not what was when the session began.
        var reason = !cookies.IsLive(session) ? Expired : !MaySignIn(session.Credential.Issuer) ? Issuer : await ended.Has(session, http.RequestAborted) ? SignedOut : null;
        if (reason is not null) return new Rejected(reason, Words) { IsEnd = true, Fingerprint = session.Id, Whose = session.Credential };
        if (http.Request.Headers[LivePart.Header].Count == 0) cookies.Renew(http, session);
        return new Identified(session.Credential, Channel.SignedIn, session.Roles) { Fingerprint = session.Id, SentByBrowser = true, HasSession = true };
    }

    private bool MaySignIn(string issuer) => issuer == DemoIssuer.IssuerName ? options.Value.Demo : issuers.ForBrowsers.Any(known => known.Settings.Issuer == issuer);
}
