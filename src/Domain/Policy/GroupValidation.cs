namespace AccessFunctions.Domain.Policy;

/// <summary>Checks an access group before it is saved. Messages say what is wrong, where and what to do.</summary>
public static class GroupValidation
{
    /// <summary>Errors by field path (<c>levels[1].approvers</c>); empty where the group is sound.</summary>
    /// <param name="directory">Finds people and groups, so that solvability is checked for every possible requester.</param>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> Validate(AccessGroup group, IApproverDirectory directory) => throw new NotSupportedException();
}

/// <summary>What expansion of references needs to know of the directory, at one moment.</summary>
public interface IApproverDirectory
{
    /// <summary>Ids of every active person.</summary>
    IReadOnlyList<string> Everyone { get; }
    bool IsActive(string person);

    /// <summary>Active members; null where no such group exists.</summary>
    IReadOnlyList<string>? Members(string group);

    /// <summary>Active holders of a product role.</summary>
    IReadOnlyList<string> WithRole(string role);

    /// <summary>The person's manager where active; else null.</summary>
    string? Manager(string person);
}

/// <summary>Turns references into people: <c>person</c>, <c>group:name</c>, <c>role:Reviewer</c>, <c>manager</c>, <c>everyone</c>.</summary>
public static class Approvers
{
    /// <summary>Approvers of every level for this requester: distinct ids in ordinal order, the manager (or fallback) put in, <c>addManager</c> added to level 1.</summary>
    public static IReadOnlyList<IReadOnlyList<string>> Expand(IReadOnlyList<LevelPolicy> levels, bool addManager, string requester, IApproverDirectory directory) => throw new NotSupportedException();

    /// <summary>Each level's <see cref="LevelPolicy.EscalateTo"/>, expanded the same way.</summary>
    public static IReadOnlyList<IReadOnlyList<string>> ExpandEscalation(IReadOnlyList<LevelPolicy> levels, string requester, IApproverDirectory directory) => throw new NotSupportedException();

    /// <summary>The people a group's members are.</summary>
    public static IReadOnlyList<string> ExpandMembers(IReadOnlyList<string> members, IApproverDirectory directory) => throw new NotSupportedException();
}
