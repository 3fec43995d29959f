namespace AccessFunctions.Domain.Policy;

/// <summary>Checks references to people as groups write them.</summary>
internal static class References
{
    /// <summary>What is wrong with a reference, for people; null where it names somebody, or stands for the manager or everyone.</summary>
    public static string? Fault(string reference, IApproverDirectory directory)
    {
        if (reference is Approvers.Manager or Approvers.Everyone) return null;
        if (reference.StartsWith(Approvers.GroupPrefix, StringComparison.Ordinal))
        {
            var group = reference[Approvers.GroupPrefix.Length..];
            return directory.Members(group) is null ? $"nobody in the directory is in a group \"{group}\": correct the name, or put somebody in it" : null;
        }

        if (reference.StartsWith(Approvers.RolePrefix, StringComparison.Ordinal))
            return reference.Length == Approvers.RolePrefix.Length ? "write the role's name, such as \"role:Reviewer\"" : null;
        if (reference.Contains(':', StringComparison.Ordinal)) return $"\"{reference}\" is not a reference: write a person's id, \"group:name\", \"role:Reviewer\", \"manager\" or \"everyone\"";
        return directory.IsKnown(reference) ? null
            : directory.Members(reference) is not null ? $"there is no person \"{reference}\": for the group of that name write \"group:{reference}\""
            : $"there is no person \"{reference}\"";
    }
}
