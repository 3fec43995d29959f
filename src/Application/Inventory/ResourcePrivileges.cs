using AccessFunctions.Application.Ports;

namespace AccessFunctions.Application.Inventory;

/// <summary>What was given on a resource: on itself, on what its platform passes access down from, and on everything there is.</summary>
public sealed class ResourcePrivileges(IInventoryStore store, IPlatforms platforms)
{
    private const int PageSize = 200;

    /// <summary>The resource, and those whose access is access to it.</summary>
    public IReadOnlyList<string> Covering(string platform, string resource) =>
        [.. new[] { resource }.Concat(platforms.Find(platform)?.Covering(resource) ?? []).Append(PrivilegeFact.Everything(platform)).Distinct(StringComparer.Ordinal)];

    /// <summary>Each fact once.</summary>
    public async Task<IReadOnlyList<PrivilegeFact>> On(string platform, string resource, CancellationToken cancellation)
    {
        var facts = new List<PrivilegeFact>();
        foreach (var named in Covering(platform, resource))
        {
            for (string? after = null; ;)
            {
                var page = await store.PrivilegesOn(platform, named, after, PageSize, cancellation);
                facts.AddRange(page.Items);
                if ((after = page.Next) is null) break;
            }
        }

        return [.. facts.Distinct()];
    }
}
