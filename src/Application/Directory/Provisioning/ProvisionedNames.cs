namespace AccessFunctions.Application.Directory.Provisioning;

/// <summary>
/// What no other user (or group) of a source may have. A source that is read sees to that itself, and one fault of it must not hold up the rest: of its resources
/// no name is kept.
/// </summary>
internal static class ProvisionedNames
{
    /// <summary>User names compare without case, external ids with it.</summary>
    public static IReadOnlyList<string> Of(ProvisionedUser? user) => user is null or { Deleted: true } || user.Source != Sources.Scim
        ? []
        : [$"{user.Source} userName {user.UserName.ToUpperInvariant()}", .. user.ExternalId is { } external ? (string[])[$"{user.Source} user externalId {external}"] : []];

    public static IReadOnlyList<string> Of(ProvisionedGroup? group) => group is null || group.Source != Sources.Scim
        ? []
        : [$"{group.Source} displayName {group.DisplayName}", .. group.ExternalId is { } external ? (string[])[$"{group.Source} group externalId {external}"] : []];
}

/// <summary>What became of a write.</summary>
/// <param name="IsDone">It is stored.</param>
/// <param name="TakenName">The name that is another's; null where none is.</param>
public sealed record Saving(bool IsDone, string? TakenName = null)
{
    /// <summary>It is not as it was read.</summary>
    public static Saving Differs { get; } = new(false);

    public static Saving Done { get; } = new(true);

    public static Saving Taken(string name) => new(false, name);
}
