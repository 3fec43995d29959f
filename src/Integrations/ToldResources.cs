using AccessFunctions.Application.Ports;

namespace AccessFunctions.Integrations;

/// <summary>Resources as platforms tell them.</summary>
internal static class ToldResources
{
    /// <summary>One entry for each name, in the names' order: where a schema and a role have the same one, it has both descriptions and the kinds of both.</summary>
    public static IReadOnlyList<PlatformResource> Merged(this IEnumerable<PlatformResource> told) =>
    [
        .. told.GroupBy(static one => one.Resource, StringComparer.Ordinal).OrderBy(static one => one.Key, StringComparer.Ordinal)
            .Select(static same => new PlatformResource(same.Key, string.Join(", ", same.Select(static one => one.Description)), [.. same.SelectMany(static one => one.Kinds).Distinct()])),
    ];
}
