using Microsoft.Extensions.DependencyInjection;

namespace AccessFunctions.Api.Authentication;

/// <summary>Judges the access tokens of one OpenID provider.</summary>
internal sealed class OidcTokens(ConfiguredIssuer issuer) : ITokenValidator
{
    public string Issuer => issuer.Settings.Issuer;

    /// <summary>One validator per configured issuer.</summary>
    public static IEnumerable<ITokenValidator> Of(IServiceProvider provider) =>
        provider.GetRequiredService<ConfiguredIssuers>().All.Select(static issuer => new OidcTokens(issuer));

    public async Task<SignIn> Validate(string token, CancellationToken cancellation) => await issuer.Check(token, issuer.Settings.Audience, cancellation) switch
    {
        ({ } valid, _) => issuer.Identify(valid),
        (_, var rejected) => rejected!,
    };
}
