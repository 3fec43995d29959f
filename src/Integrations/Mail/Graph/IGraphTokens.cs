using System.Net.Http.Json;
using System.Text.Json.Serialization;

namespace AccessFunctions.Integrations.Mail.Graph;

/// <summary>Gets access tokens for Microsoft Graph as the application itself.</summary>
public interface IGraphTokens
{
    /// <summary>A token for <c>{endpoint}/.default</c>.</summary>
    /// <param name="refused">The token that was refused just now, so that it is not given again; null: any that is valid.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <exception cref="HttpRequestException">None was given; the message holds nothing secret.</exception>
    Task<string> Token(string? refused, CancellationToken cancellation);
}

/// <summary>
/// Tokens by client id and secret: OAuth 2.0 client credentials
/// (https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow).
/// </summary>
public sealed class GraphSecretTokens(IHttpClientFactory http, GraphOptions options, TimeProvider time) : IGraphTokens
{
    /// <summary>A token is not used in its last minutes.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(5);

    private readonly Lock _gate = new();
    private (string Token, DateTimeOffset Until)? _held;

    /// <inheritdoc/>
    public async Task<string> Token(string? refused, CancellationToken cancellation)
    {
        lock (_gate)
        {
            if (_held is var (token, until) && token != refused && time.GetUtcNow() < until) return token;
        }

        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["client_id"] = options.ClientId!,
            ["client_secret"] = options.ClientSecret!,
            ["scope"] = $"{options.Endpoint.TrimEnd('/')}/.default",
            ["grant_type"] = "client_credentials",
        });
        using var client = http.CreateClient(GraphMailbox.ClientName);
        using var answer = await client.PostAsync(new Uri($"{options.Authority.TrimEnd('/')}/{Uri.EscapeDataString(options.Tenant!)}/oauth2/v2.0/token"), form, cancellation);
        if (!answer.IsSuccessStatusCode) throw new HttpRequestException($"No token was given: {(int)answer.StatusCode}.", null, answer.StatusCode);
        var given = await answer.Content.ReadFromJsonAsync<Answer>(cancellation);
        if (given is not { AccessToken.Length: > 0 }) throw new HttpRequestException("The answer held no token.");
        lock (_gate)
        {
            _held = (given.AccessToken, time.GetUtcNow() + TimeSpan.FromSeconds(given.ExpiresIn) - Margin);
        }

        return given.AccessToken;
    }

    private sealed record Answer([property: JsonPropertyName("access_token")] string? AccessToken, [property: JsonPropertyName("expires_in")] long ExpiresIn);
}
