using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using AccessFunctions.Api.Authentication;
using AccessFunctions.Application.Directory;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace AccessFunctions.Api.Sessions;

/// <summary>
/// Signs people in at their provider: authorization code with PKCE, state and nonce
/// (<see href="https://openid.net/specs/openid-connect-core-1_0.html#CodeFlowAuth"/>, RFC 7636, RFC 9207).
/// </summary>
internal sealed partial class BrowserSignIn(
    ConfiguredIssuers issuers, SessionCookies cookies, IHttpClientFactory clients, PublicAddress address, ILogger<BrowserSignIn> logger)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly Rejected Away = new("signin-unavailable", "The sign-in provider does not answer now. Try again in a minute.");
    private static readonly Rejected Other = new("signin-answer", "The provider's answer was not for this sign-in.");

    private string Callback => $"{address.Root.AbsoluteUri.TrimEnd('/')}{SignInHandlers.CallbackPath}";

    /// <summary>The provider's address to go to; null where the provider does not answer.</summary>
    /// <param name="back">Where to go afterwards: a page of ours.</param>
    public async Task<string?> Begin(HttpContext http, ConfiguredIssuer issuer, string back)
    {
        if (await issuer.Published(http.RequestAborted) is not { } published || !OidcOptionsValidator.IsSafe(published.AuthorizationEndpoint ?? "")) return null;
        var attempt = cookies.Begin(http, issuer.Settings.Issuer, back);
        var message = new OpenIdConnectMessage
        {
            EnableTelemetryParameters = false,
            IssuerAddress = published.AuthorizationEndpoint,
            ClientId = issuer.Settings.ClientId,
            RedirectUri = Callback,
            ResponseType = OpenIdConnectResponseType.Code,
            Scope = issuer.Settings.Scopes,
            State = attempt.State,
            Nonce = attempt.Nonce,
        };
        message.SetParameter("code_challenge", WebEncoders.Base64UrlEncode(SHA256.HashData(Encoding.ASCII.GetBytes(attempt.Verifier))));
        message.SetParameter("code_challenge_method", "S256");
        return message.CreateAuthenticationRequestUrl();
    }

    /// <summary>Reads what the provider sent the browser back with.</summary>
    /// <returns>Who it is, or why not; and the sign-in that was begun, null where this browser began none of that state.</returns>
    public async Task<(SignIn Result, SignInAttempt? Attempt)> Finish(HttpContext http, IQueryCollection query)
    {
        if (cookies.Take(http, Only(query, "state")) is not { } attempt)
            return (new Rejected("signin-state", "This sign-in was not begun in this browser, or took longer than ten minutes."), null);
        if (issuers.ForBrowsers.FirstOrDefault(known => known.Settings.Issuer == attempt.Issuer) is not { } issuer) return (Other, attempt);
        if (query.ContainsKey("iss") && Only(query, "iss") != attempt.Issuer) return (Other, attempt);
        if (query.ContainsKey("error"))
        {
            var error = Code(Only(query, "error"));
            ProviderRefused(logger, attempt.Issuer, error);
            return (new Rejected("signin-refused", "The provider did not sign you in."), attempt);
        }

        if (Only(query, "code") is not { } code) return (Other, attempt);
        return (await Redeem(issuer, code, attempt, http.RequestAborted), attempt);
    }

    private async Task<SignIn> Redeem(ConfiguredIssuer issuer, string code, SignInAttempt attempt, CancellationToken cancellation)
    {
        if (await issuer.Published(cancellation) is not { } published || !OidcOptionsValidator.IsSafe(published.TokenEndpoint ?? "")) return Away;
        var (answer, status) = await Ask(issuer.Settings, published, code, attempt, cancellation);
        if (answer is null) return status is >= 400 and < 500 ? new Rejected("signin-code", "The provider took the sign-in back. Sign in again.") : Away;
        if (answer.IdToken is not { Length: > 0 and <= BearerAuthenticator.LongestToken } token || !new JsonWebTokenHandler().CanReadToken(token)) return Other;
        var (valid, rejected) = await issuer.Check(token, issuer.Settings.ClientId!, cancellation);
        if (valid is null) return rejected!;

        // The nonce ties the token to this browser; azp, where it is there, says whose token it is.
        if (!valid.TryGetPayloadValue<string>("nonce", out var nonce) || !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(nonce), Encoding.UTF8.GetBytes(attempt.Nonce)))
            return new Rejected("signin-nonce", "The provider's answer was not for this sign-in.");
        if (valid.TryGetPayloadValue<string>("azp", out var party) ? party != issuer.Settings.ClientId : valid.Audiences.Count() > 1) return Other;
        return issuer.Identify(valid);
    }

    /// <summary>Trades the code; no answer: the status, or null where there was none.</summary>
    private async Task<(OpenIdConnectMessage? Answer, int? Status)> Ask(
        OidcIssuer issuer, OpenIdConnectConfiguration published, string code, SignInAttempt attempt, CancellationToken cancellation)
    {
        var fields = new Dictionary<string, string>
        {
            ["grant_type"] = OpenIdConnectGrantTypes.AuthorizationCode,
            ["code"] = code,
            ["redirect_uri"] = Callback,
            ["code_verifier"] = attempt.Verifier,
            ["client_id"] = issuer.ClientId!,
        };
        using var request = new HttpRequestMessage(HttpMethod.Post, published.TokenEndpoint);
        if (issuer.ClientSecret is { Length: > 0 } secret)
        {
            // Basic is what every provider must take; the other where it says that it takes no basic, or took the client for that one only.
            var methods = published.TokenEndpointAuthMethodsSupported;
            var method = issuer.TokenEndpointAuthMethod ?? (methods.Count > 0 && !methods.Contains("client_secret_basic") && methods.Contains("client_secret_post") ? "client_secret_post" : null);
            if (method == "client_secret_post") fields["client_secret"] = secret;
            else request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Uri.EscapeDataString(issuer.ClientId!)}:{Uri.EscapeDataString(secret)}")));
        }

        request.Content = new FormUrlEncodedContent(fields);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        try
        {
            using var client = clients.CreateClient(OidcKeys.ClientName);
            client.Timeout = Patience;
            using var response = await client.SendAsync(request, cancellation);
            if (!response.IsSuccessStatusCode)
            {
                CodeRefused(logger, issuer.Issuer, (int)response.StatusCode);
                return (null, (int)response.StatusCode);
            }

            return (new OpenIdConnectMessage(await response.Content.ReadAsStringAsync(cancellation)), (int)response.StatusCode);
        }
        catch (Exception failure) when (failure is HttpRequestException or ArgumentException or System.Text.Json.JsonException || (failure is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            Unreachable(logger, failure, issuer.Issuer);
            return (null, null);
        }
    }

    private static string? Only(IQueryCollection query, string name) => query[name] is [{ Length: > 0 and <= 8 * 1024 } value] ? value : null;

    // An error code is a word of the specification; what else a query may hold is not for the log.
    private static string Code(string? error) => error is { Length: <= 64 } && error.All(static c => char.IsAsciiLetter(c) || c == '_') ? error : "unreadable";

    [LoggerMessage(Level = LogLevel.Information, Message = "{Issuer} did not sign a person in: {Error}.")]
    private static partial void ProviderRefused(ILogger logger, string issuer, string error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Issuer} refused a sign-in's code with {Status}. Where it refuses all, check Oidc:Issuers: ClientId, ClientSecret, and the redirect address registered there.")]
    private static partial void CodeRefused(ILogger logger, string issuer, int status);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The token endpoint of {Issuer} did not answer, or not as it should.")]
    private static partial void Unreachable(ILogger logger, Exception exception, string issuer);
}
