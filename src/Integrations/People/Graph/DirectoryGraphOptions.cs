using System.ComponentModel.DataAnnotations;
using AccessFunctions.Integrations.Configuration;
using AccessFunctions.Integrations.Mail.Graph;

namespace AccessFunctions.Integrations.People.Graph;

/// <summary>Section <c>Directory:Graph</c>: people, managers and groups read from Microsoft Graph. Not enabled: none are read, and those read before stay as they are.</summary>
public sealed class DirectoryGraphOptions : IValidatableObject
{
    /// <summary>The section's name.</summary>
    public const string Section = "Directory:Graph";

    /// <summary>Groups that one question to Graph may name.</summary>
    public const int MostGroups = 50;

    /// <summary>True: people are read.</summary>
    public bool Enabled { get; set; }

    /// <summary>Object ids of the groups that policies may name, one for each, or several separated by commas. By id, because anybody who may make a group in the tenant may choose its name.</summary>
    public IReadOnlyList<string> Groups { get; set; } = [];

    /// <summary>The issuer (<c>iss</c>) of the tokens that these people sign in by; their object id is its subject. None: they are known, and cannot sign in by it.</summary>
    public string? Issuer { get; set => field = Given(value); }

    /// <summary>The tenant's id or domain; with <see cref="ClientId"/> and <see cref="ClientSecret"/>, where no identity of the platform is used.</summary>
    public string? Tenant { get; set => field = Given(value); }

    public string? ClientId { get; set => field = Given(value); }

    /// <summary>Never logged.</summary>
    public string? ClientSecret { get; set => field = Given(value); }

    /// <summary>How often Graph is asked what changed, in seconds; on Azure a timer does it once a minute.</summary>
    [Range(10, 3600)]
    public int EverySeconds { get; set; } = 60;

    /// <summary>How many people may leave by one reading of everything; none: 10, or a fifth of those who are there, whatever is more. Set to let a larger reading through.</summary>
    [Range(1, 1_000_000)]
    public int? MostLeavers { get; set; }

    /// <summary>Graph itself; another one in a national cloud.</summary>
    [Required, Url]
    public string Endpoint { get; set; } = "https://graph.microsoft.com";

    /// <summary>Where tokens come from; another one in a national cloud.</summary>
    [Required, Url]
    public string Authority { get; set; } = "https://login.microsoftonline.com";

    /// <summary>The groups that are set.</summary>
    public IReadOnlyList<string> GivenGroups =>
        [.. Groups.SelectMany(static ids => (ids ?? "").Split([',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).Distinct(StringComparer.OrdinalIgnoreCase)];

    /// <summary>True where tokens are got with a secret.</summary>
    public bool HasSecret => Tenant is not null && ClientId is not null && ClientSecret is not null;

    /// <summary>What gets a token.</summary>
    public GraphOptions Credential => new() { Tenant = Tenant, ClientId = ClientId, ClientSecret = ClientSecret, Endpoint = Endpoint, Authority = Authority };

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!HasSecret && (Tenant ?? ClientId ?? ClientSecret) is not null)
            yield return new ValidationResult("Directory:Graph: Tenant, ClientId and ClientSecret belong together; one of them is missing.", [nameof(ClientSecret)]);
        if (VaultReference.IsUnresolved(ClientSecret)) yield return new ValidationResult($"Directory:Graph:ClientSecret: {VaultReference.Words}", [nameof(ClientSecret)]);
        if (GivenGroups.Count > MostGroups) yield return new ValidationResult($"Directory:Graph:Groups names at most {MostGroups} groups.", [nameof(Groups)]);
        if (GivenGroups.Any(static id => !Guid.TryParse(id, out _))) yield return new ValidationResult("Directory:Graph:Groups holds object ids, such as 02bd9fd6-8f93-4758-87c3-1fb73740a315.", [nameof(Groups)]);
        if (Issuer is { } issuer && !Uri.TryCreate(issuer, UriKind.Absolute, out _)) yield return new ValidationResult("Directory:Graph:Issuer is the address of an issuer, as its tokens write it.", [nameof(Issuer)]);
        foreach (var (name, address) in new[] { (nameof(Endpoint), Endpoint), (nameof(Authority), Authority) })
        {
            if (Uri.TryCreate(address, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttps || uri.IsLoopback)) continue;
            yield return new ValidationResult($"Directory:Graph:{name} is an https address.", [name]);
        }
    }

    private static string? Given(string? value) => string.IsNullOrWhiteSpace(value) ? null : value.Trim();
}
