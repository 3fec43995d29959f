namespace AccessFunctions.Domain.Policy;

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
