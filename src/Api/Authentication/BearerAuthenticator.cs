using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.IdentityModel.JsonWebTokens;

namespace AccessFunctions.Api.Authentication;

/// <summary>Reads <c>Authorization: Bearer</c> and lets the validator of the token's issuer judge it.</summary>
public sealed class BearerAuthenticator : IAuthenticator
{
    /// <summary>Longest token looked at, in characters.</summary>
    public const int LongestToken = 16 * 1024;
    private static readonly JsonWebTokenHandler Handler = new() { MaximumTokenSizeInBytes = LongestToken };
    private readonly Dictionary<string, ITokenValidator> _validators;

    /// <summary>Creates the authenticator.</summary>
    /// <exception cref="ArgumentException">Two validators name the same issuer.</exception>
    public BearerAuthenticator(IEnumerable<ITokenValidator> validators) =>
        _validators = validators.ToDictionary(validator => validator.Issuer, StringComparer.Ordinal);

    public async Task<SignIn?> Authenticate(HttpContext http)
    {
        var headers = http.Request.Headers.Authorization;
        if (headers.Count == 0) return null;
        if (headers.Count > 1 || headers[0] is not { } header || !header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
            return new Rejected("not-a-bearer", "Authorization must be one Bearer token.");

        var token = header["Bearer ".Length..].Trim();
        if (Issuer(token) is not { } issuer) return new Rejected("token-malformed", "The token is not a JSON Web Token.");
        if (!_validators.TryGetValue(issuer, out var validator)) return new Rejected("issuer-unknown", "The token's issuer is not accepted here.");
        var signIn = await validator.Validate(token, http.RequestAborted);
        return signIn is Identified who ? who with { Fingerprint = Fingerprint(token) } : signIn;
    }

    private static string Fingerprint(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    // Read before it is validated, only to choose who validates; the validator checks it again.
    private static string? Issuer(string token)
    {
        if (token.Length > LongestToken || !Handler.CanReadToken(token)) return null;
        try
        {
            return Handler.ReadJsonWebToken(token).Issuer;
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or System.Text.Json.JsonException)
        {
            return null;
        }
    }
}
