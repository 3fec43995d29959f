using System.ComponentModel.DataAnnotations;
using System.Net;

namespace AccessFunctions.Integrations.Audit.Webhook;

/// <summary>One entry of <c>Audit:Webhooks</c>: an address that takes batches of events.</summary>
public sealed class WebhookOptions : IValidatableObject
{
    /// <summary>The shortest secret that is taken.</summary>
    public const int ShortestSecret = 32;

    /// <summary>Names the sink and its cursor: a new name starts from the first event.</summary>
    [Required, RegularExpression("^[a-z][a-z0-9-]{0,31}$", ErrorMessage = "Audit:Webhooks: a Name is up to 32 lower-case letters, digits and hyphens, a letter first.")]
    public string Name { get; set; } = "webhook";

    /// <summary>Where batches are posted; https.</summary>
    [Required]
    public string Address { get; set; } = "";

    /// <summary>Signs each batch; at least 32 characters.</summary>
    [Required]
    public string Secret { get; set; } = "";

    /// <summary>Networks such as <c>10.1.0.0/16</c> or <c>::1/128</c> that may be called although they are private, loopback or link-local.</summary>
    public IList<string> AllowedNetworks { get; } = [];

    /// <summary>A file with certificates (PEM) to trust in place of the machine's.</summary>
    public string? TrustedCertificates { get; set; }

    /// <summary>Events in one call.</summary>
    [Range(1, 500)]
    public int BatchSize { get; set; } = 100;

    /// <summary>Seconds that one call may take.</summary>
    [Range(1, 120)]
    public int TimeoutSeconds { get; set; } = 20;

    /// <summary><see cref="AllowedNetworks"/>, read.</summary>
    internal IReadOnlyList<IPNetwork> Networks => [.. AllowedNetworks.Select(static text => IPNetwork.TryParse(text, out var network) ? network : (IPNetwork?)null).OfType<IPNetwork>()];

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!Uri.TryCreate(Address, UriKind.Absolute, out var address) || address.Scheme != Uri.UriSchemeHttps || address.UserInfo.Length > 0 || address.Fragment.Length > 0)
            yield return new ValidationResult("Audit:Webhooks:Address is an https address without user name and fragment.", [nameof(Address)]);
        if (Secret.Length < ShortestSecret)
            yield return new ValidationResult($"Audit:Webhooks:Secret has at least {ShortestSecret} characters.", [nameof(Secret)]);
        foreach (var text in AllowedNetworks)
        {
            if (!IPNetwork.TryParse(text, out _)) yield return new ValidationResult($"Audit:Webhooks:AllowedNetworks: \"{text}\" is no network such as 10.1.0.0/16.", [nameof(AllowedNetworks)]);
        }

        if (TrustedCertificates is { } file && !File.Exists(file)) yield return new ValidationResult($"Audit:Webhooks: there is no file {file}.", [nameof(TrustedCertificates)]);
    }
}
