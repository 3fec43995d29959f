using System.Collections.Frozen;
using AccessFunctions.Application.Directory;
using AccessFunctions.Application.Ports;

namespace AccessFunctions.Integrations.Configuration;

/// <summary>The configuration in force at one moment.</summary>
internal sealed record ConfigurationSnapshot
{
    public required IReadOnlyList<Person> People { get; init; }
    public required PeopleOverlay Overlay { get; init; }
    public required PeopleSnapshot Directory { get; init; }

    /// <summary>In id order.</summary>
    public required IReadOnlyList<StoredGroup> Groups { get; init; }

    /// <summary>The file each group is in, by id.</summary>
    public required FrozenDictionary<string, GroupSource> Sources { get; init; }
    public required IReadOnlyList<PlatformSettings> Platforms { get; init; }

    /// <summary>People with what was set at run time.</summary>
    public static PeopleSnapshot Overlaid(IReadOnlyList<Person> people, PeopleOverlay overlay) => new(
        people.Select(person => overlay.Roles.TryGetValue(person.Id, out var roles) ? person with { Roles = roles } : person),
        [.. overlay.Delegations]);
}

/// <summary>A group and the file it is in.</summary>
internal sealed record GroupSource(StoredGroup Stored, string Path);
