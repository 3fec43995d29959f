using System.Security.Cryptography;
using System.Text;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Application.Inventory;

/// <summary>Who has access that no grant explains.</summary>
public enum UngrantedKind
{
    /// <summary>A login, or everyone, by itself.</summary>
    Direct,

    /// <summary>A role or group, and so whoever is in it.</summary>
    Shared,

    /// <summary>A login, by being in a role that is in the one that is asked for.</summary>
    Through,
}

/// <summary>Access on a platform that no grant explains.</summary>
/// <param name="Identity">The login, role or group that has it.</param>
/// <param name="Role">What it is a member of; null: it was given privileges on <paramref name="Resource"/>.</param>
/// <param name="Resource"><c>platform/path</c>; the platform alone for a membership.</param>
/// <param name="Privileges">In the platform's words; empty for a membership.</param>
/// <param name="Through">The role that the login is a member of directly, where that is another; else null.</param>
public sealed record Ungranted(string Platform, string Identity, string? Role, string Resource, IReadOnlyList<string> Privileges, UngrantedKind Kind = UngrantedKind.Direct, string? Through = null)
{
    /// <summary>Its name, the same in every run, whatever role it goes through.</summary>
    public string Key => Through is not null ? $"{Platform} {Identity} has {Role}" : Role is not null ? $"{Platform} {Identity} is {Role}" : $"{Platform} {Identity} on {Resource}";

    /// <summary>What was found, in words.</summary>
    public string Words => Through is not null ? $"{Identity} has {Role} through {Through}."
        : Role is not null ? $"{Identity} is a member of {Role}."
        : $"{Identity} has {string.Join(", ", Privileges)} on {Resource}.";
}

/// <summary>What a look for it came to.</summary>
/// <param name="FactsAt">How old the facts are that were looked at.</param>
/// <param name="Rules">Names what was looked for: another one means that access groups changed.</param>
/// <param name="Cut">Kinds of which there are more.</param>
public sealed record UngrantedFound(DateTimeOffset FactsAt, string Rules, IReadOnlyList<Ungranted> Found, IReadOnlySet<UngrantedKind> Cut);

/// <summary>
/// Finds, among a platform's facts, access to what access groups govern that no grant explains: who is a member of a role that is asked for here, or has
/// privileges on a resource that is asked for here. Looked at are logins, roles, groups and everyone, and logins that are in such a role through others.
/// Who may do anything on the platform anyway, what this product made, and what roles that are asked for hold themselves, are left out.
/// </summary>
public sealed class UngrantedAccess(InventoryGraphs graphs, IInventoryStore store, IRequestReader requests, IPlatforms platforms, IAccessGroups groups, IDirectory directory)
{
    private const int PageSize = 200;

    /// <summary>Of one platform, further findings of <see cref="UngrantedKind.Direct"/> are left out.</summary>
    public const int Most = 1000;

    /// <summary>The same of each other kind.</summary>
    public const int MostOfOthers = 500;

    /// <summary>What is looked at, in the name of what is looked for: who is looked at anew stood before.</summary>
    private const string LookedAt = "logins roles groups everyone through";

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
        var look = new Look(platform, governed);
        if (governed.Count == 0) return look.Found(factsAt, now);

        // A grant that ended since the facts were read is among them, and explains them.
        var grants = await _grants.Known(platform, factsAt, cancellation);
        var roles = governed.SelectMany(static rule => rule.Roles).SelectMany(role => (string[])[role, LiveGrantReader.Told(platforms.Find(platform), role)]).ToHashSet(StringComparer.Ordinal);
        var reach = new RoleReach(inventory.Graph, roles);
        foreach (var identity in inventory.Graph.Identities.Where(static identity => identity is { Managed: false, IsSuperuser: false }))
        {
            var own = grants[identity.Name].ToList();
            var kind = identity.Kind is IdentityKind.Login or IdentityKind.Everyone ? UngrantedKind.Direct : UngrantedKind.Shared;
            var memberships = inventory.Graph.Above(identity.Name).Where(membership => own.TrueForAll(grant => grant.Role != membership.Of)).ToList();
            foreach (var membership in memberships.Where(membership => roles.Contains(membership.Of))) look.Add(new Ungranted(platform, identity.Name, membership.Of, platform, [], kind));
            if (identity.Kind == IdentityKind.Login)
            {
                // What it is in directly is a finding already, or a grant's.
                foreach (var (role, through) in reach.Of(memberships).Where(pair => inventory.Graph.Above(identity.Name).All(membership => membership.Of != pair.Role)))
                    look.Add(new Ungranted(platform, identity.Name, role, platform, [], UngrantedKind.Through, through));
            }

            if (!roles.Contains(identity.Name)) await Privileges(look, identity.Name, kind, own, cancellation);
        }

        return look.Found(factsAt, now);
    }

    private static string Name(IEnumerable<GovernedRule> governed) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        $"{LookedAt}\n" + string.Join('\n', governed.Select(static rule => $"{string.Join('\t', rule.Roles)}\r{string.Join('\t', rule.Patterns.Select(static pattern => pattern.Text))}")))).AsSpan(0, 8));

    private async Task Privileges(Look look, string name, UngrantedKind kind, List<LiveGrant> own, CancellationToken cancellation)
    {
        var user = directory.Current.LinkedTo(new PlatformIdentity(look.Platform, name)) is [var person, ..] ? person.UserName ?? person.Id : name;
        for (string? after = null; !look.IsCut(kind);)
        {
            var page = await store.PrivilegesOf(look.Platform, name, after, PageSize, cancellation);
            foreach (var fact in page.Items.Where(fact => own.TrueForAll(grant => grant.Role is not null && grant.Grant.Resource != fact.Resource) && look.Governed.Exists(rule => rule.Governs(fact, user))))
                look.Add(new Ungranted(look.Platform, name, null, fact.Resource, fact.Privileges, kind));
            if ((after = page.Next) is null) return;
        }
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

    /// <summary>One look, and what was found so far.</summary>
    private sealed class Look(string platform, List<GovernedRule> governed)
    {
        private readonly List<Ungranted> _found = [];
        private readonly Dictionary<UngrantedKind, int> _count = [];
        private readonly HashSet<UngrantedKind> _cut = [];

        public string Platform => platform;
        public List<GovernedRule> Governed => governed;

        public bool IsCut(UngrantedKind kind) => _cut.Contains(kind);

        public void Add(Ungranted one)
        {
            var count = _count.GetValueOrDefault(one.Kind);
            if (count == (one.Kind == UngrantedKind.Direct ? Most : MostOfOthers)) _cut.Add(one.Kind);
            else
            {
                _found.Add(one);
                _count[one.Kind] = count + 1;
            }
        }

        public UngrantedFound Found(DateTimeOffset factsAt, string rules) => new(factsAt, rules, _found, _cut);
    }

    private sealed record GovernedRule(IReadOnlyList<string> Roles, IReadOnlyList<Pattern> Patterns)
    {
        /// <summary>What an owner has by owning is given by nobody; a role under a condition is the role.</summary>
        public bool Governs(PrivilegeFact fact, string user) => !fact.Privileges.Any(static word => word is "OWNER" or "OWNERSHIP")
            && (Roles.Count == 0 || fact.Privileges.Select(static word => word.Split(" (", 2)[0]).Intersect(Roles, StringComparer.OrdinalIgnoreCase).Any())
            && Patterns.Any(pattern => pattern.Matches(fact.Resource, user));
    }
}
