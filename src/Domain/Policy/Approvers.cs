namespace AccessFunctions.Domain.Policy;

/// <summary>Turns references into people: <c>person</c>, <c>group:name</c>, <c>role:Reviewer</c>, <c>manager</c>, <c>everyone</c>.</summary>
public static class Approvers
{
    public const string Manager = "manager";
    public const string Everyone = "everyone";
    public const string GroupPrefix = "group:";
    public const string RolePrefix = "role:";

    /// <summary>
    /// Approvers of every level for this requester: distinct ids in ordinal order, the manager (or fallback) put in, <c>addManager</c>
    /// added to level 1. The requester is not taken out: who may not decide is the decider's to say.
    /// </summary>
    public static IReadOnlyList<IReadOnlyList<string>> Expand(IReadOnlyList<LevelPolicy> levels, bool addManager, string requester, IApproverDirectory directory)
    {
        var expanded = new IReadOnlyList<string>[levels.Count];
        for (var i = 0; i < levels.Count; i++)
        {
            var people = new SortedSet<string>(StringComparer.Ordinal);
            Add(people, levels[i].Approvers, levels[i].ManagerFallback, requester, directory);
            if (addManager && i == 0) Add(people, [Manager], levels[i].ManagerFallback, requester, directory);
            expanded[i] = [.. people];
        }

        return expanded;
    }

    /// <summary>Each level's <see cref="LevelPolicy.EscalateTo"/>, expanded the same way.</summary>
    public static IReadOnlyList<IReadOnlyList<string>> ExpandEscalation(IReadOnlyList<LevelPolicy> levels, string requester, IApproverDirectory directory)
    {
        var expanded = new IReadOnlyList<string>[levels.Count];
        for (var i = 0; i < levels.Count; i++)
        {
            var people = new SortedSet<string>(StringComparer.Ordinal);
            Add(people, levels[i].EscalateTo, levels[i].ManagerFallback, requester, directory);
            expanded[i] = [.. people];
        }

        return expanded;
    }

    /// <summary>The people a group's members are: distinct ids in ordinal order.</summary>
    public static IReadOnlyList<string> ExpandMembers(IReadOnlyList<string> members, IApproverDirectory directory)
    {
        var people = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var member in members) people.UnionWith(Static(member, directory));
        return [.. people];
    }

    /// <summary>The manager who may sit for this requester: active, and another person; null where there is none.</summary>
    public static string? ManagerOf(string requester, IApproverDirectory directory) =>
        directory.Manager(requester) is { } manager && manager != requester && directory.IsActive(manager) ? manager : null;

    /// <summary>The people behind a reference that does not depend on the requester; none for <c>manager</c>.</summary>
    internal static IEnumerable<string> Static(string reference, IApproverDirectory directory) => reference switch
    {
        Manager => [],
        Everyone => directory.Everyone,
        _ when reference.StartsWith(GroupPrefix, StringComparison.Ordinal) => directory.Members(reference[GroupPrefix.Length..]) ?? [],
        _ when reference.StartsWith(RolePrefix, StringComparison.Ordinal) => directory.WithRole(reference[RolePrefix.Length..]),
        _ => directory.IsActive(reference) ? [reference] : [],
    };

    private static void Add(SortedSet<string> people, IReadOnlyList<string> references, IReadOnlyList<string> fallback, string requester, IApproverDirectory directory)
    {
        foreach (var reference in references)
        {
            if (reference != Manager) people.UnionWith(Static(reference, directory));
            else if (ManagerOf(requester, directory) is { } manager) people.Add(manager);
            else foreach (var instead in fallback) people.UnionWith(Static(instead, directory));
        }
    }
}
