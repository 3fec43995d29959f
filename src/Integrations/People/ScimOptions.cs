using System.ComponentModel.DataAnnotations;
using AccessFunctions.Integrations.Configuration;

namespace AccessFunctions.Integrations.People;

/// <summary>Section <c>Scim</c>: an identity provider provisions people and groups at <c>/scim/v2</c>. None of it set: there is no such address.</summary>
public sealed class ScimOptions : IValidatableObject
{
    /// <summary>The section's name.</summary>
    public const string Section = "Scim";

    /// <summary>Characters a token must have.</summary>
    public const int ShortestToken = 32;

    /// <summary>Bearer tokens of the provider; any of them is accepted, so that one can replace another.</summary>
    public IReadOnlyList<string> Tokens { get; set; } = [];

    /// <summary>The issuer (<c>iss</c>) of the tokens that these people sign in by; their <c>externalId</c> is its subject (<c>sub</c>). None: they are known, and cannot sign in by it.</summary>
    public string? Issuer { get; set => field = string.IsNullOrWhiteSpace(value) ? null : value.Trim(); }

    /// <summary>The tokens that are set.</summary>
    public IReadOnlyList<string> GivenTokens => [.. Tokens.Where(static token => !string.IsNullOrWhiteSpace(token)).Select(static token => token.Trim())];

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (GivenTokens.Any(static token => token.Length < ShortestToken))
            yield return new ValidationResult($"Scim:Tokens: a token has at least {ShortestToken} characters; make one with \"openssl rand -hex 32\".", [nameof(Tokens)]);
        if (GivenTokens.Any(static token => token.Any(static c => char.IsWhiteSpace(c) || char.IsControl(c))) && !GivenTokens.Any(VaultReference.IsUnresolved))
            yield return new ValidationResult("Scim:Tokens: a token has no blanks.", [nameof(Tokens)]);
        if (GivenTokens.Any(VaultReference.IsUnresolved)) yield return new ValidationResult($"Scim:Tokens: {VaultReference.Words}", [nameof(Tokens)]);
        if (Issuer is { } issuer && !Uri.TryCreate(issuer, UriKind.Absolute, out _)) yield return new ValidationResult("Scim:Issuer is the address of an issuer, as its tokens write it.", [nameof(Issuer)]);
    }
}
