using AccessFunctions.Application.Ports;

namespace AccessFunctions.Application.Inventory;

/// <summary>
/// Which of some roles others reach by memberships of their own. Not walked through are these roles themselves (being in one is what is asked for), roles
/// that this product made, and those that may do anything anyway. Each role is walked once.
/// </summary>
internal sealed class RoleReach(InventoryGraph graph, IReadOnlySet<string> roles)
{
    private readonly Dictionary<string, IReadOnlyList<string>> _known = new(StringComparer.Ordinal);

    /// <summary>The roles that are reached by memberships in others, in order, each with the first of these by name.</summary>
    public IEnumerable<(string Role, string Through)> Of(IEnumerable<MembershipFact> memberships) => memberships
        .Where(IsWalked)
        .SelectMany(membership => Reached(membership.Of).Select(role => (Role: role, Through: membership.Of)))
        .GroupBy(static pair => pair.Role, StringComparer.Ordinal)
        .OrderBy(static group => group.Key, StringComparer.Ordinal)
        .Select(static group => (group.Key, group.Select(static pair => pair.Through).Min(StringComparer.Ordinal)!));

    private IReadOnlyList<string> Reached(string name)
    {
        if (_known.TryGetValue(name, out var known)) return known;
        var (seen, found, next) = (new HashSet<string>(StringComparer.Ordinal) { name }, new List<string>(), new Queue<string>([name]));
        while (next.TryDequeue(out var member))
        {
            foreach (var membership in graph.Above(member).Where(static one => one.Inherit || one.Set))
            {
                if (!seen.Add(membership.Of)) continue;
                if (roles.Contains(membership.Of)) found.Add(membership.Of);
                else if (IsWalked(membership)) next.Enqueue(membership.Of);
            }
        }

        return _known[name] = found;
    }

    private bool IsWalked(MembershipFact membership) =>
        (membership.Inherit || membership.Set) && !roles.Contains(membership.Of) && graph.Find(membership.Of) is not ({ Managed: true } or { IsSuperuser: true });
}
