using System.Text.Json;
using System.Text.Json.Serialization;
using AccessFunctions.Api.Authentication;
using AccessFunctions.Application.Directory;
using AccessFunctions.Domain.Requests;
using Microsoft.AspNetCore.Http;

namespace AccessFunctions.Functions.Identity;

/// <summary>
/// Reads what App Service authentication found out about the caller (<c>X-MS-CLIENT-PRINCIPAL</c>,
/// <see href="https://learn.microsoft.com/azure/app-service/configure-authentication-user-identities"/>). Registered only where the
/// platform says that it is on (<c>WEBSITE_AUTH_ENABLED</c>): there it removes the header from what comes from outside, elsewhere anybody
/// could send it. A person is found by issuer and subject, never by e-mail.
/// </summary>
public sealed class EasyAuthAuthenticator : IAuthenticator
{
    /// <summary>The header that the platform sets.</summary>
    public const string Header = "X-MS-CLIENT-PRINCIPAL";

    /// <summary>The setting by which the platform says that it authenticates.</summary>
    public const string Setting = "WEBSITE_AUTH_ENABLED";

    /// <summary>The cookie of the platform's session; a caller who sent a token has none.</summary>
    private const string SessionCookie = "AppServiceAuthSession";
    private const int Longest = 64 * 1024;
    private static readonly string[] IssuerClaims = ["iss"];
    private static readonly string[] SubjectClaims = ["sub", "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier"];
    private static readonly Rejected Malformed = new("principal-malformed", "What the platform says of the caller cannot be read.");

    /// <inheritdoc/>
    public Task<SignIn?> Authenticate(HttpContext http) => Task.FromResult(Read(http));

    private static SignIn? Read(HttpContext http)
    {
        var headers = http.Request.Headers[Header];
        if (headers.Count == 0) return null;
        if (headers is not [{ Length: > 0 and <= Longest } header] || Decode(header) is not { Claims: { } claims } principal) return Malformed;
        if (IsCrossSite(http.Request)) return new Rejected("cross-site", "A page of another site may not act with the caller's session.");
        if (Single(claims, IssuerClaims) is not { } issuer) return new Rejected("issuer-missing", "The sign-in names no single issuer.");
        if (Single(claims, SubjectClaims) is not { } subject) return new Rejected("subject-missing", "The sign-in names no single subject.");
        return new Identified(new Credential(issuer, subject), Channel.SignedIn, RolesIn(principal, claims))
        {
            SentByBrowser = http.Request.Cookies.ContainsKey(SessionCookie),
        };
    }

    private static Principal? Decode(string header)
    {
        try
        {
            var principal = JsonSerializer.Deserialize<Principal>(Convert.FromBase64String(header));
            return principal?.Claims?.All(claim => claim is { Type: not null, Value: not null }) == true ? principal : null;
        }
        catch (Exception broken) when (broken is FormatException or JsonException)
        {
            return null;
        }
    }

    /// <summary>The one value that these claims have; null where there is none, or where they contradict each other.</summary>
    private static string? Single(IReadOnlyList<Claim> claims, string[] types)
    {
        var values = claims.Where(claim => types.Contains(claim.Type, StringComparer.Ordinal)).Select(claim => claim.Value!).Distinct(StringComparer.Ordinal).Take(2).ToList();
        return values is [{ Length: > 0 } value] ? value : null;
    }

    // Reviewer is a seat in policies and is assigned here, not by the provider.
    private static List<string> RolesIn(Principal principal, IReadOnlyList<Claim> claims) =>
    [
        .. claims.Where(claim => (claim.Type == "roles" || claim.Type == principal.RoleType) && claim.Value is Roles.Admin or Roles.Auditor)
            .Select(claim => claim.Value!).Distinct(StringComparer.Ordinal),
    ];

    /// <summary>The session is a cookie, which a browser may send along with what another site makes it send.</summary>
    private static bool IsCrossSite(HttpRequest request) =>
        !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method)
        && request.Headers["Sec-Fetch-Site"] is [{ } site, ..] && site is not ("same-origin" or "none");

    private sealed record Principal(
        [property: JsonPropertyName("role_typ")] string? RoleType,
        [property: JsonPropertyName("claims")] IReadOnlyList<Claim>? Claims);

    private sealed record Claim([property: JsonPropertyName("typ")] string? Type, [property: JsonPropertyName("val")] string? Value);
}
