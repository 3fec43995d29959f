using System.Text.Json.Serialization;
using AccessFunctions.Api.Authentication;
using AccessFunctions.Api.Pipeline;
using AccessFunctions.Api.Routing;
using AccessFunctions.Application.Ports;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AccessFunctions.Api.Assistants;

/// <summary>
/// Says where a client gets a token for this product (RFC 9728), as clients of the Model Context Protocol look for it: the providers that are configured, and nothing
/// else. Where none is there is no such address.
/// </summary>
internal static class ProtectedResource
{
    public const string Path = "/.well-known/oauth-protected-resource";

    /// <summary>The same of <c>/mcp</c> alone: a document names the address it was asked about.</summary>
    public const string AssistantsPath = $"{Path}/mcp";

    public static Task<IResult> Everything(ApiCall call) => Describe(call, "");

    public static Task<IResult> Assistants(ApiCall call) => Describe(call, "/mcp");

    /// <summary>What the refusal of a call without a good token says besides; empty where nothing is described.</summary>
    /// <param name="path">Where the route's document is; null: it has none.</param>
    public static string Challenge(string? path, HttpContext http) =>
        path is not null && Issuers(http).Count > 0 ? $", resource_metadata=\"{Root(http)}{path}\"" : "";

    private static Task<IResult> Describe(ApiCall call, string path)
    {
        var issuers = Issuers(call.Http);
        if (issuers.Count == 0) throw new ProblemException(Fault.UnknownAddress, "No OpenID provider is configured here (section Oidc).");
        return Task.FromResult<IResult>(Answer.Json(new ProtectedResourceView(Root(call.Http) + path, [.. issuers.Select(static issuer => issuer.Issuer)], ["header"], "Access Functions")));
    }

    private static IList<OidcIssuer> Issuers(HttpContext http) => http.RequestServices.GetRequiredService<IOptions<OidcOptions>>().Value.Issuers;

    private static string Root(HttpContext http) => http.RequestServices.GetRequiredService<PublicAddress>().Root.AbsoluteUri.TrimEnd('/');
}

/// <summary>Metadata of a protected resource (RFC 9728, section 2).</summary>
/// <param name="Resource">The address that is protected.</param>
/// <param name="AuthorizationServers">Issuers whose access tokens are taken there.</param>
/// <param name="BearerMethodsSupported">How a token is sent.</param>
/// <param name="ResourceName">What people call it.</param>
public sealed record ProtectedResourceView(
    [property: JsonPropertyName("resource")] string Resource,
    [property: JsonPropertyName("authorization_servers")] IReadOnlyList<string> AuthorizationServers,
    [property: JsonPropertyName("bearer_methods_supported")] IReadOnlyList<string> BearerMethodsSupported,
    [property: JsonPropertyName("resource_name")] string ResourceName);
