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
    /// <summary>Slack users by person id; null: none. A person who is not in it has the configured one.</summary>
    public IReadOnlyDictionary<string, string?> SlackUsers { get; init; } = new Dictionary<string, string?>();

    /// <summary>Links of identities that were made at run time.</summary>
    public IReadOnlyDictionary<PlatformIdentity, IdentityLink> IdentityLinks { get; init; } = new Dictionary<PlatformIdentity, IdentityLink>();

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
        && SlackUsers.Count == other.SlackUsers.Count
        && SlackUsers.All(pair => other.SlackUsers.TryGetValue(pair.Key, out var user) && string.Equals(pair.Value, user, StringComparison.Ordinal))
        && IdentityLinks.Count == other.IdentityLinks.Count
        && IdentityLinks.All(pair => other.IdentityLinks.TryGetValue(pair.Key, out var link) && pair.Value == link)
        && Delegations.Count == other.Delegations.Count && Delegations.ToHashSet().SetEquals(other.Delegations);
}
