using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Application.Inventory;

/// <summary>A platform's identities and memberships as the ledger knows them now.</summary>
/// <param name="Inventory">With what was given since the facts were read, and without what was proven gone since.</param>
/// <param name="Gone">Identities among the facts that were made for a grant and are proven gone.</param>
internal sealed record LedgerView(Inventoried Inventory, IReadOnlySet<string> Gone)
{
    public string Platform => Inventory.Platform;
    public InventoryGraph Graph => Inventory.Graph;

    /// <summary>Since when the facts may not have what happened.</summary>
    public DateTimeOffset Since => SinceFacts.Of(Inventory.Progress);
}

/// <summary>
/// Puts on a platform's facts what grants changed since they were read: between two runs the ledger knows better. Only what happened since: where newer facts
/// lack a grant's membership, somebody took it, and where they have one that was proven gone, somebody gave it again.
/// </summary>
internal static class SinceFacts
{
    private static readonly HashSet<string> None = [];

    /// <summary>Since when facts may not have what happened.</summary>
    public static DateTimeOffset Of(IngestProgress progress) => progress.FactsAt ?? progress.Started ?? DateTimeOffset.MinValue;

    /// <summary>The platform as it is now.</summary>
    /// <param name="grants">Grants of running requests: everybody's, or one person's.</param>
    /// <param name="everybodys">False: <paramref name="grants"/> are one person's.</param>
    public static async Task<LedgerView> Read(Inventoried inventory, RunningGrants grants, bool everybodys, LiveGrantReader reader, CancellationToken cancellation)
    {
        var (graph, since) = (inventory.Graph, Of(inventory.Progress));
        if (graph.Identities.Count == 0) return new LedgerView(inventory, None);
        List<LiveGrant> ended = [.. grants.Ended.Concat(await reader.Ended(inventory.Platform, since, cancellation))
            .Where(grant => grant.Platform == inventory.Platform && grant.Grant.ProvenGoneAt >= since && IsAmong(graph, grant))];
        if (ended.Count > 0)
        {
            // What somebody else's grant keeps is still there.
            var live = everybodys ? grants.Live : (await reader.Read(null, inventory.Platform, cancellation)).Live;
            ended.RemoveAll(one => live.Exists(kept => kept.Platform == one.Platform && kept.Identity == one.Identity && kept.Role == one.Role));
        }

        List<MembershipFact> given = [.. grants.Live.Where(grant => grant.Platform == inventory.Platform && grant.Grant.GrantedAt >= since).Select(grant => Given(graph, grant)).OfType<MembershipFact>()];
        if (ended.Count == 0 && given.Count == 0) return new LedgerView(inventory, None);
        var gone = ended.Where(static grant => grant.MadeIdentity).Select(static grant => grant.Identity!).ToHashSet(StringComparer.Ordinal);
        var over = ended.Where(static grant => grant.Role is not null).Select(static grant => (grant.Identity!, grant.Role!)).ToHashSet();
        return new LedgerView(inventory with { Graph = graph.With(given, gone, over) }, gone);
    }

    private static bool IsAmong(InventoryGraph graph, LiveGrant grant) => graph.Find(grant.Identity!) is not null && (grant.Role is not { } role || graph.Above(grant.Identity!).Any(membership => membership.Of == role));

    /// <summary>The membership that a grant made and the facts do not have; null: they have it, or do not know what it is a membership of.</summary>
    private static MembershipFact? Given(InventoryGraph graph, LiveGrant grant)
    {
        if (grant.Identity is not { } identity || (grant.Role ?? grant.MadeMemberOf) is not { } role || graph.Find(role) is null || graph.Above(identity).Any(membership => membership.Of == role)) return null;

        // Where users inherit nothing, they do not from this one either.
        var alike = graph.Above(identity).Concat(graph.Below(role).Where(below => graph.Find(below.Member) is { Kind: IdentityKind.Login })).FirstOrDefault();
        return new MembershipFact(identity, role, Inherit: alike is not { Inherit: false, Set: true }, Set: true);
    }
}
