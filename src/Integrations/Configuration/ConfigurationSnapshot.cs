using System.Collections.Frozen;
using AccessFunctions.Application.Directory;
using AccessFunctions.Application.Ports;

namespace AccessFunctions.Integrations.Configuration;

/// <summary>The configuration in force at one moment.</summary>
internal sealed record ConfigurationSnapshot
{
    /// <summary>The people of the file.</summary>
    public required IReadOnlyList<Person> Written { get; init; }

    /// <summary>Those and the people of other sources.</summary>
    public required IReadOnlyList<Person> People { get; init; }
    public required PeopleOverlay Overlay { get; init; }
    public required PeopleSnapshot Directory { get; init; }

    /// <summary>In id order.</summary>
    public required IReadOnlyList<StoredGroup> Groups { get; init; }

    /// <summary>The file each group is in, by id.</summary>
    public required FrozenDictionary<string, GroupSource> Sources { get; init; }

    /// <summary>Those of the files.</summary>
    public required IReadOnlyList<PlatformSettings> FilePlatforms { get; init; }

    /// <summary>What was set of platforms at run time.</summary>
    public required IReadOnlyList<RunTimePlatform> RunTime { get; init; }

    /// <summary>Of that, what the files changed over since: it is to be stored so.</summary>
    public required IReadOnlyList<RunTimePlatform> Outdated { get; init; }

    /// <summary>The platforms in force, and those that were taken away at run time.</summary>
    public required IReadOnlyList<PlatformSettings> Platforms { get; init; }

    /// <summary>People with what was set at run time.</summary>
    public static PeopleSnapshot Overlaid(IReadOnlyList<Person> people, PeopleOverlay overlay)
    {
        var slack = SlackUsers(people, overlay);
        return new PeopleSnapshot(
            IdentityLinks.Over(people, overlay.IdentityLinks)
                .Select(person => person with { Roles = overlay.RolesOf(person), SlackUserId = slack.GetValueOrDefault(person.Id) }),
            [.. overlay.Delegations], overlay.IdentityLinks);
    }

    /// <summary>
    /// One Slack user is one person, though files and several processes may say otherwise: what was linked at run time holds against what is
    /// configured, and a user that was linked to several at run time is nobody's.
    /// </summary>
    private static Dictionary<string, string> SlackUsers(IReadOnlyList<Person> people, PeopleOverlay overlay)
    {
        var linked = people.Where(person => overlay.SlackUsers.GetValueOrDefault(person.Id) is not null)
            .ToLookup(person => overlay.SlackUsers[person.Id]!, person => person.Id, StringComparer.Ordinal);
        var users = linked.Where(static persons => persons.Count() == 1).ToDictionary(static persons => persons.Single(), static persons => persons.Key, StringComparer.Ordinal);
        foreach (var person in people)
        {
            if (person.SlackUserId is { } user && !overlay.SlackUsers.ContainsKey(person.Id) && !linked.Contains(user)) users.Add(person.Id, user);
        }

        return users;
    }
}

/// <summary>A group and the file it is in.</summary>
internal sealed record GroupSource(StoredGroup Stored, string Path);
