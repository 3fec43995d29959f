using AccessFunctions.Application.Ports;

namespace AccessFunctions.Application.Inventory;

/// <summary>A way from an identity to one whose privileges it has.</summary>
/// <param name="Via">From the identity to the grantee, both included.</param>
/// <param name="SetRole">What the identity has to become first (<c>SET ROLE</c>); null: nothing.</param>
/// <param name="Grant">The grant that the way goes through; null: it stands by itself.</param>
public sealed record AccessPath(IReadOnlyList<string> Via, string? SetRole, LiveGrant? Grant)
{
    public string Identity => Via[0];
    public string Grantee => Via[^1];
}

/// <summary>
/// Reads the ways to access off the memberships of a platform. A way is first becoming (each step <see cref="MembershipFact.Set"/>), then inheriting
/// (each step <see cref="MembershipFact.Inherit"/>); either part may be empty. For each grantee and grant there is one way: the shortest that needs
/// no becoming, else the shortest. Cycles and diamonds are walked once.
/// </summary>
/// <param name="graph">The platform's identities and memberships.</param>
/// <param name="grants">Live grants on it: a membership that one of them made is the grant's way, any other stands by itself.</param>
public sealed class AccessPaths(InventoryGraph graph, IEnumerable<LiveGrant> grants)
{
    private readonly Dictionary<(string Member, string Of), LiveGrant> _edges = Edges(grants);
    private readonly Dictionary<string, LiveGrant> _made = Made(grants);

    /// <summary>What a way has done where it is read upwards, or will do where it is read downwards.</summary>
    private enum Part { Inherits, Becomes, InheritsAfter }

    /// <summary>The grant that an identity was made for, or null.</summary>
    public LiveGrant? MadeBy(string identity) => _made.GetValueOrDefault(identity);

    /// <summary>Every identity whose privileges this one has, itself and everyone's included; in order of grantee, what stands by itself first.</summary>
    /// <param name="notInherited">True: only those that it can become, or is.</param>
    public IReadOnlyList<AccessPath> From(string identity, bool notInherited)
    {
        var first = new Step(identity, Part.Becomes, MadeBy(identity), null, null);
        return Best(Walk(notInherited ? [first] : [first with { Part = Part.Inherits }, first], at => Up(at, notInherited)), static step => new AccessPath(step.ToStart(), step.SetRole, step.Grant));
    }

    /// <summary>Every identity that has what this one was given, itself included; the members of <see cref="InventoryGraph.Everyone"/> are not listed.</summary>
    /// <param name="notInherited">True: only those that can become it.</param>
    public IReadOnlyList<AccessPath> To(string grantee, bool notInherited) => Best(
        Walk([new Step(grantee, notInherited ? Part.Becomes : Part.Inherits, null, null, null)], Down),
        step => new AccessPath(step.FromHere(), step.SetRole, step.Grant ?? MadeBy(step.Name)));

    private IEnumerable<Step> Up(Step at, bool notInherited)
    {
        foreach (var membership in graph.Above(at.Name))
        {
            var grant = at.Grant ?? _edges.GetValueOrDefault((at.Name, membership.Of));
            // What inherits from the start is the other first step's.
            if (membership.Inherit && !notInherited && (at.Part != Part.Becomes || at.Before is not null))
                yield return new Step(membership.Of, at.Part == Part.Inherits ? Part.Inherits : Part.InheritsAfter, grant, at, at.SetRole);
            if (membership.Set && at.Part == Part.Becomes) yield return new Step(membership.Of, Part.Becomes, grant, at, membership.Of);
        }

        if (graph.Everyone is { } everyone && at.Name != everyone && at is { Part: Part.Inherits, Before: null }) yield return new Step(everyone, Part.Inherits, at.Grant, at, null);
    }

    private IEnumerable<Step> Down(Step at)
    {
        foreach (var membership in graph.Below(at.Name))
        {
            var grant = at.Grant ?? _edges.GetValueOrDefault((membership.Member, at.Name));
            if (membership.Inherit && at.Part == Part.Inherits) yield return new Step(membership.Member, Part.Inherits, grant, at, null);
            if (membership.Set) yield return new Step(membership.Member, Part.Becomes, grant, at, at.SetRole ?? at.Name);
        }
    }

    /// <summary>Breadth first, each state once.</summary>
    private static IEnumerable<Step> Walk(IReadOnlyList<Step> first, Func<Step, IEnumerable<Step>> next)
    {
        var (seen, queue) = (new HashSet<(string, Part, string?)>(), new Queue<Step>());
        foreach (var step in first) Enter(step);
        while (queue.TryDequeue(out var step))
        {
            yield return step;
            foreach (var further in next(step)) Enter(further);
        }

        void Enter(Step step)
        {
            if (seen.Add((step.Name, step.Part, step.Grant?.Grant.Id))) queue.Enqueue(step);
        }
    }

    /// <summary>One way for each pair and grant. Steps come shortest first, so that only one that needs no becoming replaces another.</summary>
    private static List<AccessPath> Best(IEnumerable<Step> steps, Func<Step, AccessPath> read)
    {
        var best = new Dictionary<(string, string, string?), AccessPath>();
        foreach (var path in steps.Select(read))
        {
            var key = (path.Identity, path.Grantee, path.Grant?.Grant.Id);
            if (!best.TryGetValue(key, out var other) || (other.SetRole is not null && path.SetRole is null)) best[key] = path;
        }

        return
        [
            .. best.Values.OrderBy(static path => path.Grantee, StringComparer.Ordinal).ThenBy(static path => path.Identity, StringComparer.Ordinal)
                .ThenBy(static path => path.Grant?.Grant.Id, StringComparer.Ordinal),
        ];
    }

    private static Dictionary<(string, string), LiveGrant> Edges(IEnumerable<LiveGrant> grants)
    {
        var edges = new Dictionary<(string, string), LiveGrant>();
        foreach (var grant in grants)
        {
            // Of several that share a membership the one that ends last is what keeps it.
            if (grant is not { Identity: { } identity, Role: { } role, Standing: false }) continue;
            if (!edges.TryGetValue((identity, role), out var other) || other.Request.Period.End < grant.Request.Period.End) edges[(identity, role)] = grant;
        }

        return edges;
    }

    private static Dictionary<string, LiveGrant> Made(IEnumerable<LiveGrant> grants)
    {
        var made = new Dictionary<string, LiveGrant>(StringComparer.Ordinal);
        foreach (var grant in grants.Where(static grant => grant.MadeIdentity)) made[grant.Identity!] = grant;
        return made;
    }

    private sealed record Step(string Name, Part Part, LiveGrant? Grant, Step? Before, string? SetRole)
    {
        /// <summary>Names from the first step to this one.</summary>
        public IReadOnlyList<string> ToStart() => [.. FromHere().Reverse()];

        /// <summary>Names from this step back to the first.</summary>
        public IReadOnlyList<string> FromHere()
        {
            List<string> names = [];
            for (var step = this; step is not null; step = step.Before) names.Add(step.Name);
            return names;
        }
    }
}
