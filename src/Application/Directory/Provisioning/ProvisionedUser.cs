using System.Text.Json.Serialization;

namespace AccessFunctions.Application.Directory.Provisioning;

/// <summary>Where people and groups come from beside <c>people.yaml</c>.</summary>
public static class Sources
{
    /// <summary>An identity provider that calls <c>/scim/v2</c>.</summary>
    public const string Scim = "scim";

    /// <summary>Microsoft Graph, which is read.</summary>
    public const string Graph = "graph";
}

/// <summary>A user as a source has it: no more of it than the product uses.</summary>
public sealed record ProvisionedUser
{
    /// <summary>The resource's id: made here for SCIM, the object id for Graph.</summary>
    public required string Id { get; init; }

    /// <summary>One of <see cref="Sources"/>.</summary>
    public required string Source { get; init; }

    /// <summary>The person this is where no person of <c>people.yaml</c> has the same credential. Never changes.</summary>
    public required string Person { get; init; }
    public required string UserName { get; init; }

    /// <summary>The source's own id of the user: the subject of their credential.</summary>
    public string? ExternalId { get; init; }
    public string? DisplayName { get; init; }
    public string? GivenName { get; init; }
    public string? FamilyName { get; init; }
    public IReadOnlyList<ProvisionedEmail> Emails { get; init; } = [];

    /// <summary>The manager as the source names them: a resource's id, else an external id or user name.</summary>
    public string? Manager { get; init; }

    /// <summary>False: the person left.</summary>
    public bool Active { get; init; } = true;

    /// <summary>True: the source deleted it. Kept without addresses, so that who left is still known by name and manager.</summary>
    public bool Deleted { get; init; }
    public required DateTimeOffset Created { get; init; }
    public required DateTimeOffset Modified { get; init; }

    /// <summary>Counts from 1.</summary>
    public int Version { get; init; } = 1;

    /// <summary>What people read.</summary>
    [JsonIgnore]
    public string Name => !string.IsNullOrWhiteSpace(DisplayName) ? DisplayName
        : string.Join(' ', new[] { GivenName, FamilyName }.Where(static part => !string.IsNullOrWhiteSpace(part))) is { Length: > 0 } full ? full
        : UserName;

    /// <summary>The primary address, else that of work, else the first.</summary>
    [JsonIgnore]
    public string? Email => (Emails.FirstOrDefault(static email => email.Primary)
        ?? Emails.FirstOrDefault(static email => string.Equals(email.Type, "work", StringComparison.OrdinalIgnoreCase))
        ?? (Emails.Count > 0 ? Emails[0] : null))?.Value;
}

/// <summary>An address of a user.</summary>
public sealed record ProvisionedEmail(string Value, string? Type = null, bool Primary = false);

/// <summary>A group as a source has it.</summary>
public sealed record ProvisionedGroup
{
    /// <summary>The resource's id.</summary>
    public required string Id { get; init; }

    /// <summary>One of <see cref="Sources"/>.</summary>
    public required string Source { get; init; }

    /// <summary>The name that policies use (<c>group:NAME</c>), compared ordinally.</summary>
    public required string DisplayName { get; init; }
    public string? ExternalId { get; init; }

    /// <summary>Ids of users and groups of the same source; those that are gone count for nothing.</summary>
    public IReadOnlyList<string> Members { get; init; } = [];
    public required DateTimeOffset Created { get; init; }
    public required DateTimeOffset Modified { get; init; }

    /// <summary>Counts from 1.</summary>
    public int Version { get; init; } = 1;
}
