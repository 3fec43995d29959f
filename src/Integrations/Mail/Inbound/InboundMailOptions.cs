using System.ComponentModel.DataAnnotations;
using AccessFunctions.Application.Channels.Replies;
using AccessFunctions.Integrations.Configuration;

namespace AccessFunctions.Integrations.Mail.Inbound;

/// <summary>Section <c>Mail:Inbound</c>: how replies come in, beside <c>Mail:ReplyAddress</c>.</summary>
public sealed class InboundMailOptions : IValidatableObject
{
    /// <summary>The section's name.</summary>
    public const string Section = "Mail:Inbound";

    /// <summary>The setting of the address that replies go to.</summary>
    public const string ReplyAddressSetting = "Mail:ReplyAddress";

    /// <summary>Characters a secret must have.</summary>
    public const int ShortestSecret = 32;

    /// <summary>The server whose <c>Authentication-Results</c> are believed; <c>-</c> for a service that writes no name, as Exchange Online. None: no reply is read.</summary>
    public string? AuthservId { get; set => field = string.IsNullOrWhiteSpace(value) ? null : value.Trim(); }

    /// <summary>What gateways sign posted mails with; any of them is accepted, so that one can replace another. None: mails cannot be posted.</summary>
    public IReadOnlyList<string> Secrets { get; set; } = [];

    /// <summary>The secrets that are set.</summary>
    public IReadOnlyList<string> GivenSecrets => [.. Secrets.Where(secret => !string.IsNullOrWhiteSpace(secret))];

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (GivenSecrets.Any(secret => secret.Length < ShortestSecret))
            yield return new ValidationResult($"Mail:Inbound:Secrets: a secret has at least {ShortestSecret} characters; make one with \"openssl rand -hex 32\".", [nameof(Secrets)]);
        if (GivenSecrets.Any(VaultReference.IsUnresolved)) yield return new ValidationResult($"Mail:Inbound:Secrets: {VaultReference.Words}", [nameof(Secrets)]);
        if (AuthservId is { } server && server != AuthenticationResults.Unnamed && !server.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or ':'))
            yield return new ValidationResult("Mail:Inbound:AuthservId is the name that the receiving mail server writes first into Authentication-Results, such as mx.example.com.", [nameof(AuthservId)]);
        if (GivenSecrets.Count > 0 && AuthservId is null)
            yield return new ValidationResult("Mail:Inbound:AuthservId is missing: without it no reply could be believed.", [nameof(AuthservId)]);
    }
}
