using System.Security.Cryptography;
using System.Text;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Application.Inventory;

/// <summary>Access on a platform that no grant explains.</summary>
/// <param name="Identity">The login that has it directly.</param>
/// <param name="Role">What it is a member of; null: it was given privileges on <paramref name="Resource"/>.</param>
/// <param name="Resource"><c>platform/path</c>; the platform alone for a membership.</param>
/// <param name="Privileges">In the platform's words; empty for a membership.</param>
public sealed record Ungranted(string Platform, string Identity, string? Role, string Resource, IReadOnlyList<string> Privileges)
{
    /// <summary>Its name, the same in every run.</summary>
    public string Key => Role is not null ? $"{Platform} {Identity} is {Role}" : $"{Platform} {Identity} on {Resource}";

    /// <summary>What was found, in words.</summary>
    public string Words => Role is not null ? $"{Identity} is a member of {Role}." : $"{Identity} has {string.Join(", ", Privileges)} on {Resource}.";
}

/// <summary>What a look for it came to.</summary>
/// <param name="FactsAt">How old the facts are that were looked at.</param>
/// <param name="Rules">Names what was looked for: another one means that access groups changed.</param>
/// <param name="Cut">True: there are more.</param>
public sealed record UngrantedFound(DateTimeOffset FactsAt, string Rules, IReadOnlyList<Ungranted> Found, bool Cut = false);

/// <summary>
/// Finds, among a platform's facts, access to what access groups govern that no grant explains: a login that is a member of a role that is asked
/// for here, or has privileges on a resource that is asked for here. Looked at is what logins have directly. Logins with rights over the whole platform,
/// and what this product made, are left out.
/// </summary>
public sealed class UngrantedAccess(InventoryGraphs graphs, IInventoryStore store, IRequestReader requests, IPlatforms platforms, IAccessGroups groups, IDirectory directory)
{
    private const int PageSize = 200;

    /// <summary>Further findings of one platform are left out.</summary>
    public const int Most = 1000;

    private readonly LiveGrantReader _grants = new(requests, platforms);

    /// <summary>Looks at one platform.</summary>
    /// <param name="newerThan">Facts that were looked at already; null: none were.</param>
    /// <param name="rules">What they were looked at for.</param>
    /// <returns>Null: there are no facts, or none that are newer, and the same is looked for.</returns>
    public async Task<UngrantedFound?> Find(string platform, DateTimeOffset? newerThan, string? rules, CancellationToken cancellation)
    {
        if (await graphs.Find(platform, cancellation) is not { Progress.FactsAt: { } factsAt } inventory) return null;
        var governed = Governed(platform);
        var now = Name(governed);
        if (factsAt <= newerThan && now == rules) return null;
        var found = new List<Ungranted>();
        if (governed.Count == 0) return new UngrantedFound(factsAt, now, found);

        // A grant that ended since the facts were read is among them, and explains them.
        var grants = await _grants.Known(platform, factsAt, cancellation);
        var roles = governed.SelectMany(static rule => rule.Roles).SelectMany(role => (string[])[role, LiveGrantReader.Told(platforms.Find(platform), role)]).ToHashSet(StringComparer.Ordinal);
        foreach (var login in inventory.Graph.Identities.Where(static identity => identity is { Kind: IdentityKind.Login, Managed: false, Admin.Count: 0 }))
        {
            var own = grants[login.Name].ToList();
            foreach (var membership in inventory.Graph.Above(login.Name).Where(membership => roles.Contains(membership.Of) && own.TrueForAll(grant => grant.Role != membership.Of)))
                found.Add(new Ungranted(platform, login.Name, membership.Of, platform, []));
            await Privileges(platform, login.Name, governed, own, found, cancellation);
            if (found.Count > Most) break;
        }

        return new UngrantedFound(factsAt, now, [.. found.Take(Most)], found.Count > Most);
    }

    private static string Name(IEnumerable<GovernedRule> governed) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        string.Join('\n', governed.Select(static rule => $"{string.Join('\t', rule.Roles)}\r{string.Join('\t', rule.Patterns.Select(static pattern => pattern.Text))}")))).AsSpan(0, 8));

    private async Task Privileges(string platform, string login, List<GovernedRule> governed, List<LiveGrant> own, List<Ungranted> found, CancellationToken cancellation)
    {
        var user = directory.Current.LinkedTo(new PlatformIdentity(platform, login)) is [var person, ..] ? person.UserName ?? person.Id : login;
        string? after = null;
        do
        {
            var page = await store.PrivilegesOf(platform, login, after, PageSize, cancellation);
            found.AddRange(page.Items
                .Where(fact => own.TrueForAll(grant => grant.Role is not null && grant.Grant.Resource != fact.Resource) && governed.Exists(rule => rule.Governs(fact, user)))
                .Select(fact => new Ungranted(platform, login, null, fact.Resource, fact.Privileges)));
            after = page.Next;
        }
        while (after is not null && found.Count <= Most);
    }

    private List<GovernedRule> Governed(string platform) =>
    [
        .. groups.All.Select(static stored => stored.Group).Where(static group => group.Rules.ContainsKey(AccessKind.Role))
            .Select(group => new GovernedRule(group.Roles, [.. group.Resources.Select(static text => Pattern.TryParse(text, out var pattern, out _) ? pattern : null).OfType<Pattern>().Where(pattern => IsOn(pattern, platform))]))
            .Where(static rule => rule.Patterns.Count > 0),
    ];

    /// <summary>Whether a pattern may fit something on the platform: its first segment fits the platform's name.</summary>
    private static bool IsOn(Pattern pattern, string platform)
    {
        var slash = pattern.Text.IndexOf('/', StringComparison.Ordinal);
        var name = slash < 0 ? pattern.Text : pattern.Text[..slash];
        return Pattern.TryParse($"{name}/x", out var any, out _) && any!.Matches($"{platform}/x", "x");
    }

    private sealed record GovernedRule(IReadOnlyList<string> Roles, IReadOnlyList<Pattern> Patterns)
    {
        /// <summary>What an owner has by owning is given by nobody; a role under a condition is the role.</summary>
        public bool Governs(PrivilegeFact fact, string user) => !fact.Privileges.Contains("OWNER", StringComparer.Ordinal)
            && (Roles.Count == 0 || fact.Privileges.Select(static word => word.Split(" (", 2)[0]).Intersect(Roles, StringComparer.OrdinalIgnoreCase).Any())
            && Patterns.Any(pattern => pattern.Matches(fact.Resource, user));
    }
}
