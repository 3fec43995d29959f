using AccessFunctions.Application.Directory;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace AccessFunctions.Api.Authentication;

/// <summary>The OpenID providers of the settings, each with what it publishes.</summary>
internal sealed class ConfiguredIssuers(IOptions<OidcOptions> options, IHttpClientFactory clients, TimeProvider time, ILogger<OidcKeys> logger)
{
    public IReadOnlyList<ConfiguredIssuer> All { get; } =
        [.. options.Value.Issuers.Select(issuer => new ConfiguredIssuer(issuer, new OidcKeys(issuer, clients, time, logger), time))];

    /// <summary>Those at which people sign in with a browser.</summary>
    public IReadOnlyList<ConfiguredIssuer> ForBrowsers => [.. All.Where(static issuer => issuer.Settings.ClientId is not null)];
}

/// <summary>One of them.</summary>
internal sealed class ConfiguredIssuer(OidcIssuer settings, OidcKeys keys, TimeProvider time)
{
    public OidcIssuer Settings { get; } = settings;

    /// <summary>What the provider published last; null where it cannot be read.</summary>
    public Task<OpenIdConnectConfiguration?> Published(CancellationToken cancellation) => keys.Published(cancellation);

    /// <summary>Judges a token, and looks at the keys again where it names one that is not known.</summary>
    public async Task<(JsonWebToken? Token, Rejected? Rejected)> Check(string token, string audience, CancellationToken cancellation)
    {
        var known = await keys.Get(null, cancellation);
        var result = await TokenRules.Validate(token, Settings.Issuer, [audience], known, TokenRules.Algorithms, time);
        if (result.UnknownKey)
        {
            var renewed = await keys.Get(known, cancellation);
            if (!ReferenceEquals(renewed, known)) result = await TokenRules.Validate(token, Settings.Issuer, [audience], renewed, TokenRules.Algorithms, time);
        }

        return (result.Token, result.Rejected);
    }

    /// <summary>Whose a valid token is: the subject is what the settings say it is.</summary>
    public SignIn Identify(JsonWebToken valid)
    {
        var subject = Settings.SubjectClaim == OidcIssuer.UsualSubject ? valid.Subject : valid.TryGetPayloadValue<string>(Settings.SubjectClaim, out var other) ? other : null;
        return string.IsNullOrEmpty(subject)
            ? new Rejected("subject-missing", "The token names no subject.")
            : new Identified(new Credential(Settings.Issuer, subject), Domain.Requests.Channel.SignedIn, RolesIn(valid));
    }

    /// <summary>The product roles a token grants. Reviewer is a seat in policies and is assigned here, not by the provider.</summary>
    public IReadOnlyList<string> RolesIn(JsonWebToken token) =>
    [
        .. token.Claims.Where(claim => claim.Type == Settings.RolesClaim && claim.Value is Roles.Admin or Roles.Auditor)
            .Select(claim => claim.Value).Distinct(StringComparer.Ordinal),
    ];
}
