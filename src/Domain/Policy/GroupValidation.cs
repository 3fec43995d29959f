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

    /// <summary>True for everyone in the directory, people who left too; the active ones where the directory cannot tell.</summary>
    bool IsKnown(string person) => IsActive(person);

    /// <summary>Active members; null where no such group exists.</summary>
    IReadOnlyList<string>? Members(string group);

    /// <summary>Active holders of a product role.</summary>
    IReadOnlyList<string> WithRole(string role);

    /// <summary>The person's manager where active; else null.</summary>
    string? Manager(string person);
}
