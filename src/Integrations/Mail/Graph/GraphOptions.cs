using System.ComponentModel.DataAnnotations;

namespace AccessFunctions.Integrations.Mail.Graph;

/// <summary>Section <c>Mail:Inbound:Graph</c>: the mailbox that replies arrive in, read through Microsoft Graph. None of it set: no mailbox is read.</summary>
public sealed class GraphOptions : IValidatableObject
{
    /// <summary>The section's name.</summary>
    public const string Section = "Mail:Inbound:Graph";

    /// <summary>The mailbox: its address or id.</summary>
    public string? Mailbox { get; set => field = Given(value); }

    /// <summary>The tenant's id or domain; with <see cref="ClientId"/> and <see cref="ClientSecret"/>, where no identity of the platform is used.</summary>
    public string? Tenant { get; set => field = Given(value); }

    public string? ClientId { get; set => field = Given(value); }

    /// <summary>Never logged.</summary>
    public string? ClientSecret { get; set => field = Given(value); }

    /// <summary>How often the mailbox is read, in seconds; on Azure a timer does it once a minute.</summary>
    [Range(10, 3600)]
    public int EverySeconds { get; set; } = 60;

    /// <summary>Graph itself; another one in a national cloud.</summary>
    [Required, Url]
    public string Endpoint { get; set; } = "https://graph.microsoft.com";

    /// <summary>Where tokens come from; another one in a national cloud.</summary>
    [Required, Url]
    public string Authority { get; set; } = "https://login.microsoftonline.com";

    /// <summary>True where a mailbox is to be read.</summary>
    public bool IsConfigured => Mailbox is not null;

    /// <summary>True where tokens are got with a secret.</summary>
    public bool HasSecret => Tenant is not null && ClientId is not null && ClientSecret is not null;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!HasSecret && (Tenant ?? ClientId ?? ClientSecret) is not null)
            yield return new ValidationResult("Mail:Inbound:Graph: Tenant, ClientId and ClientSecret belong together; one of them is missing.", [nameof(ClientSecret)]);
        foreach (var (name, address) in new[] { (nameof(Endpoint), Endpoint), (nameof(Authority), Authority) })
        {
            if (Uri.TryCreate(address, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttps || uri.IsLoopback)) continue;
            yield return new ValidationResult($"Mail:Inbound:Graph:{name} is an https address.", [name]);
        }
    }

    private static string? Given(string? value) => string.IsNullOrWhiteSpace(value) ? null : value;
}
