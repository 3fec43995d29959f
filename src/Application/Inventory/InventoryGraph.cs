using AccessFunctions.Application.Ports;

namespace AccessFunctions.Application.Inventory;

/// <summary>Who lives on a platform and who is a member of what, in memory; never changes. Names compare ordinally.</summary>
public sealed class InventoryGraph
{
    private static readonly IReadOnlyList<MembershipFact> None = [];
    private readonly Dictionary<string, IdentityFact> _identities;
    private readonly Dictionary<string, List<MembershipFact>> _above = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<MembershipFact>> _below = new(StringComparer.Ordinal);

    /// <summary>Indexes facts of one platform; a name is one identity.</summary>
    public InventoryGraph(string platform, IEnumerable<IdentityFact> identities, IEnumerable<MembershipFact> memberships)
    {
        Platform = platform;
        Identities = [.. identities.OrderBy(static identity => identity.Name, StringComparer.Ordinal)];
        _identities = Identities.ToDictionary(static identity => identity.Name, StringComparer.Ordinal);
        Everyone = Identities.FirstOrDefault(static identity => identity.Kind == IdentityKind.Everyone)?.Name;
        foreach (var membership in memberships.OrderBy(static one => one.Member, StringComparer.Ordinal).ThenBy(static one => one.Of, StringComparer.Ordinal))
        {
            Add(_above, membership.Member, membership);
            Add(_below, membership.Of, membership);
        }

        static void Add(Dictionary<string, List<MembershipFact>> index, string name, MembershipFact membership)
        {
            if (!index.TryGetValue(name, out var list)) index.Add(name, list = []);
            list.Add(membership);
        }
    }

    private InventoryGraph(InventoryGraph before, IReadOnlyList<IdentityFact> identities)
    {
        (Platform, Everyone, Identities) = (before.Platform, before.Everyone, identities);
        _identities = ReferenceEquals(identities, before.Identities) ? before._identities : identities.ToDictionary(static identity => identity.Name, StringComparer.Ordinal);
        (_above, _below) = (new(before._above, StringComparer.Ordinal), new(before._below, StringComparer.Ordinal));
    }

    public string Platform { get; }

    /// <summary>In order of name.</summary>
    public IReadOnlyList<IdentityFact> Identities { get; }

    /// <summary>The name that stands for every identity; null: the platform has none.</summary>
    public string? Everyone { get; }

    /// <summary>The identity of that name, or null.</summary>
    public IdentityFact? Find(string name) => _identities.GetValueOrDefault(name);

    /// <summary>What the identity is a member of, as the platform says: not what everyone has.</summary>
    public IReadOnlyList<MembershipFact> Above(string name) => _above.TryGetValue(name, out var list) ? list : None;

    /// <summary>Who is a member of it.</summary>
    public IReadOnlyList<MembershipFact> Below(string name) => _below.TryGetValue(name, out var list) ? list : None;

    /// <summary>The same with further memberships, whose members are logins where they were not known, and without some identities and memberships.</summary>
    public InventoryGraph With(IReadOnlyCollection<MembershipFact> more, IReadOnlySet<string> goneIdentities, IReadOnlySet<(string Member, string Of)> goneMemberships)
    {
        List<IdentityFact> logins = [.. more.Select(static one => one.Member).Distinct(StringComparer.Ordinal).Where(name => Find(name) is null).Select(static name => new IdentityFact(name, IdentityKind.Login))];
        var same = logins.Count == 0 && goneIdentities.Count == 0;
        var graph = new InventoryGraph(this, same ? Identities : [.. Identities.Where(identity => !goneIdentities.Contains(identity.Name)).Concat(logins).OrderBy(static identity => identity.Name, StringComparer.Ordinal)]);
        foreach (var (member, of) in goneMemberships.Concat(goneIdentities.SelectMany(name => Above(name).Concat(Below(name)).Select(static one => (one.Member, one.Of)))))
        {
            graph._above[member] = [.. graph.Above(member).Where(one => one.Of != of)];
            graph._below[of] = [.. graph.Below(of).Where(one => one.Member != member)];
        }

        // Lists are this graph's too, and are not changed.
        foreach (var one in more)
        {
            graph._above[one.Member] = [.. graph.Above(one.Member), one];
            graph._below[one.Of] = [.. graph.Below(one.Of), one];
        }

        return graph;
    }

    /// <summary>Roles with rights over the whole platform that the identity has or can become, by memberships; in order of name, itself aside.</summary>
    public IReadOnlyList<string> AdminThrough(string name)
    {
        if (!_above.ContainsKey(name)) return [];
        var (seen, found, next) = (new HashSet<string>(StringComparer.Ordinal) { name }, new SortedSet<string>(StringComparer.Ordinal), new Queue<string>([name]));
        while (next.TryDequeue(out var member))
        {
            foreach (var membership in Above(member))
            {
                if (!(membership.Inherit || membership.Set) || !seen.Add(membership.Of)) continue;
                if (Find(membership.Of) is { Admin.Count: > 0 }) found.Add(membership.Of);
                next.Enqueue(membership.Of);
            }
        }

        return [.. found];
    }
}
