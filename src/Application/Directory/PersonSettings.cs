using System.Text.Json.Serialization;
using AccessFunctions.Application.Ports;

namespace AccessFunctions.Application.Directory;

/// <summary>What is set of a person at run time, as a document. The rest of a person comes from the configuration or an identity provider.</summary>
public sealed record PersonSettings
{
    /// <summary>The parts, by their names in the document.</summary>
    public const string RolesPart = "roles";
    public const string SlackUserPart = "slackUserId";
    public const string StandInPart = "standIn";

    public required string Id { get; init; }

    /// <summary>Of <see cref="Directory.Roles"/>.</summary>
    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>The linked Slack user; null: none.</summary>
    public string? SlackUserId { get; init; }

    /// <summary>Who fills their seats while they are away; null: nobody.</summary>
    public StandInSettings? StandIn { get; init; }

    /// <summary>As the directory has it; null where it knows no such person.</summary>
    public static PersonSettings? Of(IPeople people, string id) => people.Find(id) is not { } person ? null : new PersonSettings
    {
        Id = id,
        Roles = [.. person.Roles.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
        SlackUserId = person.SlackUserId,
        StandIn = people.Delegations.FirstOrDefault(delegation => delegation.Person == id) is { } away ? new StandInSettings(away.StandIn, away.From.ToUniversalTime(), away.Until.ToUniversalTime()) : null,
    };

    /// <summary>Its stand-in as the directory keeps it.</summary>
    [JsonIgnore]
    public Delegation? Delegation => StandIn is { } standIn ? new Delegation(Id, standIn.Person, standIn.From, standIn.Until) : null;

    /// <summary>The parts that differ.</summary>
    public IReadOnlyList<string> Differences(PersonSettings other)
    {
        List<string> parts = [];
        if (!Roles.SequenceEqual(other.Roles, StringComparer.Ordinal)) parts.Add(RolesPart);
        if (!string.Equals(SlackUserId, other.SlackUserId, StringComparison.Ordinal)) parts.Add(SlackUserPart);
        if (StandIn != other.StandIn) parts.Add(StandInPart);
        return parts;
    }
}

/// <summary>A stand-in, from <see cref="From"/> until <see cref="Until"/> (UTC, exclusive).</summary>
public sealed record StandInSettings(string Person, DateTimeOffset From, DateTimeOffset Until);
