using AccessFunctions.Api.Authentication;
using AccessFunctions.Api.Pages.App;
using AccessFunctions.Domain.Requests;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace AccessFunctions.Api.Sessions;

/// <summary>Reads the session's cookie, and keeps a session alive that somebody works in.</summary>
internal sealed class CookieAuthenticator(SessionCookies cookies, ConfiguredIssuers issuers, IOptions<ApiOptions> options) : IAuthenticator
{
    /// <summary>The reason where a session was there and is no longer good.</summary>
    public const string Ended = "session-ended";

    public Task<SignIn?> Authenticate(HttpContext http) => Task.FromResult(Read(http));

    private SignIn? Read(HttpContext http)
    {
        if (!cookies.TryRead(http, out var session)) return null;

        // What is configured decides, not what was when the session began.
        if (session is null || !MaySignIn(session.Credential.Issuer)) return new Rejected(Ended, "The session has ended; sign in again.");
        if (http.Request.Headers[LivePart.Header].Count == 0) cookies.Renew(http, session);
        return new Identified(session.Credential, Channel.SignedIn, session.Roles) { Fingerprint = session.Id, SentByBrowser = true, HasSession = true };
    }

    private bool MaySignIn(string issuer) => issuer == DemoIssuer.IssuerName ? options.Value.Demo : issuers.ForBrowsers.Any(known => known.Settings.Issuer == issuer);
}
