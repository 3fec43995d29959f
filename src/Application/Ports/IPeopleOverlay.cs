using AccessFunctions.Application.Directory;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Application.Ports;

/// <summary>What administrators and people set at run time, over the configured people. The host stores it; every save is durable when it returns.</summary>
public interface IPeopleOverlay
{
    /// <summary>Everything saved so far.</summary>
    Task<PeopleOverlay> Load(CancellationToken cancellation);

    /// <summary>Replaces a person's product roles; from then on they hold instead of the configured ones.</summary>
    Task SaveRoles(string person, IReadOnlyList<string> roles, CancellationToken cancellation);

    /// <summary>Marks the roles that are set of a person as those of somebody who left (<see cref="PeopleOverlay.EndedRoles"/>), until roles are saved anew; nothing where none are set.</summary>
    Task EndRoles(string person, CancellationToken cancellation);

    /// <summary>Sets a person's stand-in; null clears it. A person has at most one.</summary>
    Task SaveDelegation(string person, Delegation? delegation, CancellationToken cancellation);

    /// <summary>Links a person to a Slack user, from then on instead of the configured one; null: to none, also where one is configured.</summary>
    Task SaveSlackUser(string person, string? user, CancellationToken cancellation);

    /// <summary>Sets whose identities are; null forgets it, so that the configuration holds.</summary>
    Task SaveIdentityLinks(IReadOnlyDictionary<PlatformIdentity, IdentityLink?> links, CancellationToken cancellation);
}

/// <summary>The saved overlay.</summary>
/// <param name="Roles">Product roles by person id; a person who is not in it has the configured ones.</param>
/// <param name="Delegations">Stand-ins, at most one per absent person.</param>
public sealed record PeopleOverlay(IReadOnlyDictionary<string, IReadOnlyList<string>> Roles, IReadOnlyList<Delegation> Delegations)
{
    /// <summary>People who left since their roles were set: once they are back, these give nothing, and still take away what they do not name.</summary>
    public IReadOnlySet<string> EndedRoles { get; init; } = new HashSet<string>();

    /// <summary>Slack users by person id; null: none. A person who is not in it has the configured one.</summary>
    public IReadOnlyDictionary<string, string?> SlackUsers { get; init; } = new Dictionary<string, string?>();

    /// <summary>Links of identities that were made at run time.</summary>
    public IReadOnlyDictionary<PlatformIdentity, IdentityLink> IdentityLinks { get; init; } = new Dictionary<PlatformIdentity, IdentityLink>();

    /// <summary>The product roles of a person as configured. Who left keeps theirs to be known by, can do nothing with them, and comes back with the configured ones alone.</summary>
    public IReadOnlyList<string> RolesOf(Person configured) =>
        !Roles.TryGetValue(configured.Id, out var set) ? configured.Roles
        : configured.Active && EndedRoles.Contains(configured.Id) ? Kept(configured, set)
        : set;

    /// <summary>The roles that a person who left will not have when they are back.</summary>
    public IReadOnlyList<string> EndingRoles(Person configured) =>
        Roles.TryGetValue(configured.Id, out var set) && !EndedRoles.Contains(configured.Id) ? [.. set.Except(configured.Roles, StringComparer.Ordinal)] : [];

    /// <summary>With other roles of a person.</summary>
    public PeopleOverlay With(string person, IReadOnlyList<string> roles) => this with
    {
        Roles = new Dictionary<string, IReadOnlyList<string>>(Roles, StringComparer.Ordinal) { [person] = roles },
        EndedRoles = EndedRoles.Where(other => other != person).ToHashSet(StringComparer.Ordinal),
    };

    private static List<string> Kept(Person configured, IReadOnlyList<string> set) => [.. configured.Roles.Intersect(set, StringComparer.Ordinal)];

    /// <summary>With further links; null takes one out.</summary>
    public PeopleOverlay With(IReadOnlyDictionary<PlatformIdentity, IdentityLink?> links)
    {
        var all = new Dictionary<PlatformIdentity, IdentityLink>(IdentityLinks);
        foreach (var (identity, link) in links)
        {
            if (link is null) all.Remove(identity);
            else all[identity] = link;
        }

        return this with { IdentityLinks = all };
    }

    public static PeopleOverlay Empty { get; } = new(new Dictionary<string, IReadOnlyList<string>>(), []);

    /// <summary>True where both say the same of the same people, in whatever order.</summary>
    public bool SaysTheSameAs(PeopleOverlay other) =>
        Roles.Count == other.Roles.Count
        && Roles.All(pair => other.Roles.TryGetValue(pair.Key, out var roles) && pair.Value.SequenceEqual(roles, StringComparer.Ordinal))
        && EndedRoles.SetEquals(other.EndedRoles)
        && SlackUsers.Count == other.SlackUsers.Count
        && SlackUsers.All(pair => other.SlackUsers.TryGetValue(pair.Key, out var user) && string.Equals(pair.Value, user, StringComparison.Ordinal))
        && IdentityLinks.Count == other.IdentityLinks.Count
        && IdentityLinks.All(pair => other.IdentityLinks.TryGetValue(pair.Key, out var link) && pair.Value == link)
        && Delegations.Count == other.Delegations.Count && Delegations.ToHashSet().SetEquals(other.Delegations);
}
