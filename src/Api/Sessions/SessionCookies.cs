using System.Security.Cryptography;
using System.Text.Json;
using AccessFunctions.Application.Directory;
using AccessFunctions.Application.Ports;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;

namespace AccessFunctions.Api.Sessions;

/// <summary>
/// Keeps sessions, and sign-ins that were begun, in encrypted cookies: no instance holds them, and whoever has the keys reads all. Under
/// https the names begin with <c>__Host-</c>, which browsers take from this very host alone; plain http is for loopback, where browsers
/// refuse that name.
/// </summary>
public sealed class SessionCookies(IDataProtectionProvider protection, IOptions<SessionOptions> options, PublicAddress address, TimeProvider time)
{
    private const string Name = "access";
    private const string AttemptName = "access-signin-";
    private const int MostAttempts = 5;

    /// <summary>Characters of a value: browsers take 4,096 with name and attributes (RFC 6265, section 6.1).</summary>
    private const int LongestCookie = 3900;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Noted = TimeSpan.FromMinutes(1);
    private readonly IDataProtector _sessions = protection.CreateProtector("AccessFunctions.Session.v1");
    private readonly IDataProtector _attempts = protection.CreateProtector("AccessFunctions.SignIn.v1");

    /// <summary>Begins a session; one that was there ends.</summary>
    internal Session Open(HttpContext http, Credential credential, IReadOnlyList<string> roles)
    {
        var now = time.GetUtcNow();
        var session = new Session(Random(), credential, roles, now, now);
        Write(http, session);
        return session;
    }

    /// <summary>True where the browser sent a session of ours; it is null where it has ended or cannot be read.</summary>
    internal bool TryRead(HttpContext http, out Session? session)
    {
        var (cookie, found) = Sent(http);
        session = found is not null && IsLive(found) ? found : null;
        return cookie is not null;
    }

    /// <summary>What the browser sent, and the session in it, ended or not; null where there is none, or it cannot be read.</summary>
    internal (string? Cookie, Session? Session) Sent(HttpContext http) =>
        http.Request.Cookies[NameOf(http, Name)] is { Length: > 0 } cookie ? (cookie, Read<Session>(_sessions, cookie)) : (null, null);

    /// <summary>False for a session whose time is over.</summary>
    internal bool IsLive(Session session)
    {
        var now = time.GetUtcNow();
        return now < session.SignedInAt + options.Value.Absolute && now < session.SeenAt + options.Value.Idle;
    }

    /// <summary>Notes that it is in use, at most once a minute.</summary>
    internal void Renew(HttpContext http, Session session)
    {
        var now = time.GetUtcNow();
        if (now - session.SeenAt >= Noted) Write(http, session with { SeenAt = now });
    }

    /// <summary>Ends the session in this browser.</summary>
    internal void Close(HttpContext http) => http.Response.Cookies.Delete(NameOf(http, Name), Cookie(http));

    /// <summary>Keeps what a sign-in needs when the browser comes back. Several may be under way, one per tab.</summary>
    internal SignInAttempt Begin(HttpContext http, string issuer, string back)
    {
        // Tabs that were left, or a page that makes the browser begin again and again: cookies must not pile up until no call fits.
        var left = http.Request.Cookies.Keys.Where(name => name.StartsWith(NameOf(http, AttemptName), StringComparison.Ordinal)).ToList();
        if (left.Count >= MostAttempts) foreach (var name in left) http.Response.Cookies.Delete(name, Cookie(http));
        var attempt = new SignInAttempt(Random(), Random(), Random(), issuer, back, time.GetUtcNow() + Patience);
        var value = Seal(_attempts, attempt);

        // A browser drops a cookie that is too long, and the sign-in with it: then it ends on the start page.
        if (value.Length > LongestCookie) value = Seal(_attempts, attempt = attempt with { Return = LocalAddress.Home });
        var cookie = Cookie(http);
        cookie.MaxAge = Patience;
        http.Response.Cookies.Append(AttemptNameOf(http, attempt.State), value, cookie);
        return attempt;
    }

    /// <summary>Takes the sign-in that this browser began with that state; null where it did not, or too long ago. It is taken once.</summary>
    internal SignInAttempt? Take(HttpContext http, string? state)
    {
        if (state is not { Length: > 16 and < 100 } || !state.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')) return null;
        if (http.Request.Cookies[AttemptNameOf(http, state)] is not { Length: > 0 } sealedAttempt) return null;
        http.Response.Cookies.Delete(AttemptNameOf(http, state), Cookie(http));
        return Read<SignInAttempt>(_attempts, sealedAttempt) is { } attempt && attempt.State == state && time.GetUtcNow() < attempt.Until ? attempt : null;
    }

    /// <summary>True where a cookie that signs in can be kept from others on the way.</summary>
    internal bool IsSafe(HttpContext http) => IsSecure(http) || address.Root.IsLoopback;

    private void Write(HttpContext http, Session session) => http.Response.Cookies.Append(NameOf(http, Name), Seal(_sessions, session), Cookie(http));

    private CookieOptions Cookie(HttpContext http) => new() { HttpOnly = true, Secure = IsSecure(http), SameSite = SameSiteMode.Lax, Path = "/" };

    // A proxy that ends TLS hands the call on without it: then the public address says how the browser sees us.
    private bool IsSecure(HttpContext http) => http.Request.IsHttps || address.Root.Scheme == Uri.UriSchemeHttps;

    private string NameOf(HttpContext http, string name) => IsSecure(http) ? $"__Host-{name}" : name;

    private string AttemptNameOf(HttpContext http, string state) => NameOf(http, AttemptName + state[..8]);

    private static string Random() => WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32));

    private static string Seal<T>(IDataProtector protector, T value) => WebEncoders.Base64UrlEncode(protector.Protect(JsonSerializer.SerializeToUtf8Bytes(value)));

    private static T? Read<T>(IDataProtector protector, string cookie) where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(protector.Unprotect(WebEncoders.Base64UrlDecode(cookie)));
        }
        catch (Exception failure) when (failure is FormatException or CryptographicException or JsonException)
        {
            return null;
        }
    }
}
