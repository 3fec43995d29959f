using AccessFunctions.Application.Ports;

namespace AccessFunctions.Application.Inventory;

/// <summary>Tells where facts cannot rule access out: a group that was given it has members that only another system knows (<see cref="IdentityFact.MembersUnknown"/>).</summary>
public sealed class UnknownMembers(InventoryGraphs graphs, IInventoryStore store, IPlatforms platforms)
{
    private readonly ResourcePrivileges _privileges = new(store, platforms);

    /// <summary>True where what was asked may be so through such a group, though no way is known.</summary>
    /// <param name="platform">The platform asked about; null: all.</param>
    /// <param name="resource">The resource asked about; null: any, so that each such group counts.</param>
    public async Task<bool> MayHave(string? platform, string? resource, CancellationToken cancellation)
    {
        var inventories = platform is null ? await graphs.All(cancellation) : await graphs.Find(platform, cancellation) is { } one ? [one] : [];
        foreach (var inventory in inventories)
        {
            var open = inventory.Graph.Identities.Where(static identity => identity.MembersUnknown).Select(static identity => identity.Name).ToHashSet(StringComparer.Ordinal);
            if (open.Count == 0) continue;
            if (resource is null) return true;
            var given = (await _privileges.On(inventory.Platform, resource, cancellation)).Select(static fact => fact.Grantee).ToHashSet(StringComparer.Ordinal);
            var paths = new AccessPaths(inventory.Graph, []);
            if (open.Any(name => paths.From(name, notInherited: false).Any(path => given.Contains(path.Grantee)))) return true;
        }

        return false;
    }
}
