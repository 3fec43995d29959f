using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace AccessFunctions.Api.Authentication;

/// <summary>What every accepted token must satisfy: signature by a known key and an asymmetric algorithm, issuer, audience, lifetime, subject.</summary>
internal static class TokenRules
{
    private static readonly JsonWebTokenHandler Handler = new() { MapInboundClaims = false, MaximumTokenSizeInBytes = BearerAuthenticator.LongestToken };

    /// <summary>How far the issuer's clock may be off.</summary>
    public static TimeSpan Skew { get; } = TimeSpan.FromSeconds(60);

    /// <summary>Asymmetric algorithms only: a public key must never pass for a shared secret.</summary>
    public static IReadOnlyList<string> Algorithms { get; } =
    [
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512,
        SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
    ];

    /// <summary>Validates a signed token that was read before, so that it is known to be one.</summary>
    /// <returns>The token, or why not; <c>UnknownKey</c> where no given key has its key id.</returns>
    public static async Task<(JsonWebToken? Token, Rejected? Rejected, bool UnknownKey)> Validate(
        string token, string issuer, IReadOnlyList<string> audiences, IReadOnlyCollection<SecurityKey> keys, IReadOnlyCollection<string> algorithms,
        TimeProvider time)
    {
        // The library answers both of these as a bad signature; the first is worth an audit of its own, the second another look at the keys.
        var header = new JsonWebToken(token);
        if (!algorithms.Contains(header.Alg, StringComparer.Ordinal))
            return (null, new Rejected("algorithm-refused", "The token's algorithm is not accepted here."), false);
        if (!string.IsNullOrEmpty(header.Kid) && !keys.Any(key => key.KeyId == header.Kid))
            return (null, new Rejected("key-unknown", "The token is signed with a key that its issuer does not publish."), true);

        var result = await Handler.ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidIssuer = issuer,
            ValidAudiences = audiences,
            IssuerSigningKeys = keys,
            ValidAlgorithms = algorithms,
            RequireSignedTokens = true,
            RequireExpirationTime = true,
            TryAllIssuerSigningKeys = string.IsNullOrEmpty(header.Kid),
            TypeValidator = AccessTokenType,
            LifetimeValidator = (from, until, _, _) => Lives(from, until, time.GetUtcNow()),
        });
        if (!result.IsValid) return (null, Why(result.Exception), false);

        var valid = (JsonWebToken)result.SecurityToken;
        if (string.IsNullOrEmpty(valid.Subject)) return (null, new Rejected("subject-missing", "The token names no subject."), false);

        // Bound to a key that a bearer does not show (RFC 7800): whoever presents it so may have stolen it.
        return valid.TryGetClaim("cnf", out _)
            ? (null, new Rejected("token-bound", "The token is bound to a key and cannot be used as a bearer."), false)
            : (valid, null, false);
    }

    private static bool Lives(DateTime? from, DateTime? until, DateTimeOffset now) =>
        until is { } end && now < new DateTimeOffset(DateTime.SpecifyKind(end, DateTimeKind.Utc)) + Skew
        && (from is not { } start || now >= new DateTimeOffset(DateTime.SpecifyKind(start, DateTimeKind.Utc)) - Skew);

    // RFC 9068 names them at+jwt; many issuers still say JWT or nothing. Logout and event tokens must not pass.
    private static string AccessTokenType(string type, SecurityToken token, TokenValidationParameters parameters) =>
        string.IsNullOrEmpty(type) || type.ToUpperInvariant() is "JWT" or "AT+JWT" or "APPLICATION/AT+JWT"
            ? type ?? ""
            : throw new SecurityTokenInvalidTypeException("Not an access token.");

    private static Rejected Why(Exception? exception) => exception switch
    {
        SecurityTokenInvalidLifetimeException or SecurityTokenExpiredException or SecurityTokenNotYetValidException or SecurityTokenNoExpirationException =>
            new("token-expired", "The token has expired or is not valid yet."),
        SecurityTokenInvalidAudienceException => new("audience-wrong", "The token is meant for another audience."),
        SecurityTokenInvalidIssuerException => new("issuer-unknown", "The token's issuer is not accepted here."),
        SecurityTokenInvalidTypeException => new("type-refused", "The token is not an access token."),
        _ => new("signature-invalid", "The token's signature does not hold."),
    };
}
