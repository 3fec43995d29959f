using Microsoft.Extensions.Options;

namespace AccessFunctions.Api.Authentication;

/// <summary>Which OpenID providers' access tokens are accepted, and where people sign in (section <c>Oidc</c>).</summary>
public sealed class OidcOptions
{
    public const string Section = "Oidc";

    /// <summary>May be empty: then no bearer token but a demo's is accepted.</summary>
    public IList<OidcIssuer> Issuers { get; init; } = [];
}

/// <summary>One provider.</summary>
public sealed class OidcIssuer
{
    /// <summary>The exact <c>iss</c> of its tokens; https, or http on loopback. Discovery is read from below it.</summary>
    public string Issuer { get; set; } = "";

    /// <summary>The <c>aud</c> that means this product. Required.</summary>
    public string Audience { get; set; } = "";

    /// <summary>Where the discovery document is, if not at <c>{Issuer}/.well-known/openid-configuration</c>.</summary>
    public string? MetadataAddress { get; set; }

    /// <summary>The claim that every issuer names people by.</summary>
    public const string UsualSubject = "sub";

    /// <summary>The claim whose value is the subject of people's credentials; <c>oid</c> for Microsoft Entra ID, whose <c>sub</c> differs by application. One that people can change is not fit.</summary>
    public string SubjectClaim { get; set; } = UsualSubject;

    /// <summary>The claim that holds product roles, a text or a list of texts.</summary>
    public string RolesClaim { get; set; } = "roles";

    /// <summary>Our client id there, for signing in with a browser; null: the issuer is for bearer tokens alone.</summary>
    public string? ClientId { get; set => field = string.IsNullOrWhiteSpace(value) ? null : value; }

    /// <summary>The client's secret; null: a public client, which PKCE protects.</summary>
    public string? ClientSecret { get; set => field = string.IsNullOrWhiteSpace(value) ? null : value; }

    /// <summary>
    /// How the secret is sent, as the provider registered it: <c>client_secret_basic</c> or <c>client_secret_post</c>; null: as the provider
    /// publishes it, and basic where it takes both.
    /// </summary>
    public string? TokenEndpointAuthMethod { get; set => field = string.IsNullOrWhiteSpace(value) ? null : value; }

    /// <summary>What is asked for at sign-in, separated by spaces; <c>openid</c> is among it.</summary>
    public string Scopes { get; set; } = "openid profile";

    /// <summary>What the button says; null: the issuer's host.</summary>
    public string? Name { get; set; }

    /// <summary>The effective discovery address.</summary>
    public string Discovery => MetadataAddress ?? $"{Issuer.TrimEnd('/')}/.well-known/openid-configuration";
}

/// <summary>Checks the section at start, and says what to correct.</summary>
public sealed class OidcOptionsValidator : IValidateOptions<OidcOptions>
{
    public ValidateOptionsResult Validate(string? name, OidcOptions options)
    {
        var errors = new List<string>();
        for (var i = 0; i < options.Issuers.Count; i++)
        {
            var (issuer, at) = (options.Issuers[i], $"{OidcOptions.Section}:Issuers:{i}");
            if (!IsSafe(issuer.Issuer)) errors.Add($"{at}:Issuer \"{issuer.Issuer}\" must be an https address (http only on loopback).");
            if (issuer.MetadataAddress is not null && !IsSafe(issuer.MetadataAddress))
                errors.Add($"{at}:MetadataAddress must be an https address (http only on loopback).");
            if (string.IsNullOrWhiteSpace(issuer.Audience)) errors.Add($"{at}:Audience is required: without it tokens made for others would be accepted.");
            if (string.IsNullOrWhiteSpace(issuer.RolesClaim)) errors.Add($"{at}:RolesClaim must not be empty.");
            if (issuer.SubjectClaim is not (OidcIssuer.UsualSubject or "oid")) errors.Add($"{at}:SubjectClaim is sub or oid: other claims can be changed, or belong to several people.");
            if (issuer.ClientSecret is not null && issuer.ClientId is null) errors.Add($"{at}:ClientSecret is there without ClientId.");
            if (issuer.TokenEndpointAuthMethod is not (null or "client_secret_basic" or "client_secret_post"))
                errors.Add($"{at}:TokenEndpointAuthMethod is client_secret_basic or client_secret_post; leave it out to use what the provider publishes.");
            if (!issuer.Scopes.Split(' ').Contains("openid", StringComparer.Ordinal)) errors.Add($"{at}:Scopes must contain openid.");
            if (options.Issuers.Take(i).Any(other => other.Issuer == issuer.Issuer)) errors.Add($"{at}:Issuer \"{issuer.Issuer}\" is given twice.");
        }

        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    /// <summary>True where keys read from the address can be trusted to be its owner's.</summary>
    internal static bool IsSafe(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback));
}
