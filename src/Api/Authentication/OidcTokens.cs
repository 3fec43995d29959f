using AccessFunctions.Application.Directory;
using AccessFunctions.Domain.Requests;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;

namespace AccessFunctions.Api.Authentication;

/// <summary>Judges the access tokens of one OpenID provider.</summary>
internal sealed class OidcTokens(OidcIssuer issuer, OidcKeys keys, TimeProvider time) : ITokenValidator
{
    public string Issuer => issuer.Issuer;

    /// <summary>One validator per configured issuer.</summary>
    public static IEnumerable<ITokenValidator> Of(IServiceProvider provider)
    {
        var time = provider.GetRequiredService<TimeProvider>();
        return provider.GetRequiredService<IOptions<OidcOptions>>().Value.Issuers.Select(issuer => new OidcTokens(issuer,
            new OidcKeys(issuer, provider.GetRequiredService<IHttpClientFactory>(), time, provider.GetRequiredService<ILogger<OidcKeys>>()), time));
    }

    public async Task<SignIn> Validate(string token, CancellationToken cancellation)
    {
        var known = await keys.Get(null, cancellation);
        var result = await TokenRules.Validate(token, issuer.Issuer, [issuer.Audience], known, TokenRules.Algorithms, time);
        if (result.UnknownKey)
        {
            var renewed = await keys.Get(known, cancellation);
            if (!ReferenceEquals(renewed, known))
                result = await TokenRules.Validate(token, issuer.Issuer, [issuer.Audience], renewed, TokenRules.Algorithms, time);
        }

        return result.Token is { } valid ? new Identified(new Credential(issuer.Issuer, valid.Subject), Channel.SignedIn, RolesIn(valid)) : result.Rejected!;
    }

    // Reviewer is a seat in policies and is assigned here, not by the provider.
    private List<string> RolesIn(JsonWebToken token) =>
    [
        .. token.Claims.Where(claim => claim.Type == issuer.RolesClaim && claim.Value is Roles.Admin or Roles.Auditor)
            .Select(claim => claim.Value).Distinct(StringComparer.Ordinal),
    ];
}
