using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Application.Inventory;

/// <summary>Reads the grants that are access somebody has, off the requests.</summary>
internal sealed class LiveGrantReader(IRequestReader requests, IPlatforms platforms)
{
    /// <summary>Grants of running requests, newest request first.</summary>
    /// <param name="person">Only this requester's; null: everybody's.</param>
    /// <param name="platform">Only on this platform; null: on all.</param>
    public async Task<RunningGrants> Read(string? person, string? platform, CancellationToken cancellation)
    {
        var (live, ended) = (new List<LiveGrant>(), new List<LiveGrant>());
        await foreach (var request in requests.All(new RequestFilter { Status = Status.Active, Requester = person, Platform = platform }, cancellation))
        {
            live.AddRange(LiveGrants.Of(request).Select(grant => Of(request, grant)).Where(grant => platform is null || grant.Platform == platform));
            ended.AddRange(Ended(request).Where(grant => platform is null || grant.Platform == platform));
        }

        return new RunningGrants(live, ended);
    }

    /// <summary>Grants on a platform, of requests that closed since then, that were proven gone.</summary>
    public async Task<List<LiveGrant>> Ended(string platform, DateTimeOffset closedSince, CancellationToken cancellation)
    {
        var found = new List<LiveGrant>();
        await foreach (var request in requests.All(new RequestFilter { Phase = Phase.Closed, Platform = platform, ClosedFrom = closedSince }, cancellation))
            found.AddRange(Ended(request).Where(grant => grant.Platform == platform));
        return found;
    }

    /// <summary>Every grant on a platform that runs or ended since then, by identity; what stood before is not the grant's.</summary>
    public async Task<ILookup<string, LiveGrant>> Known(string platform, DateTimeOffset endedSince, CancellationToken cancellation)
    {
        var found = new List<LiveGrant>();
        foreach (var filter in (RequestFilter[])[new() { Status = Status.Active, Platform = platform }, new() { Phase = Phase.Closed, Platform = platform, ClosedFrom = endedSince }])
        {
            await foreach (var request in requests.All(filter, cancellation))
                found.AddRange(request.Grants.Select(grant => Of(request, grant)).Where(grant => grant.Platform == platform && grant is { Identity: not null, Standing: false }));
        }

        return found.ToLookup(static grant => grant.Identity!, StringComparer.Ordinal);
    }

    /// <summary>Given by the request, and proven gone by a look: a person's word is not enough against the facts.</summary>
    private IEnumerable<LiveGrant> Ended(AccessRequest request) => request.Grants
        .Where(static grant => grant is { State: GrantState.Gone, GrantedAt: not null, ProvenGoneAt: not null, AlreadyHeld: null, Fulfillers.Count: 0 })
        .Select(grant => Of(request, grant))
        .Where(static grant => grant.Identity is not null);

    private LiveGrant Of(AccessRequest request, Grant grant)
    {
        var order = Orders.For(request, grant);
        var platform = platforms.Find(order.Platform);
        var footprint = platform?.Footprint(order);
        return new LiveGrant(order.Platform, request, grant, footprint is null ? null : footprint.Identity ?? grant.Login, footprint?.Role, grant.State == GrantState.AlreadyHeld)
        {
            MadeMemberOf = footprint is { Role: null } && request.Role is { } role ? Told(platform!, role, grant.Resource) : null,
        };
    }

    /// <summary>What a role is called among a platform's facts, which tell roles from users of the same name: its adapter says so.</summary>
    /// <param name="resource">What it is asked for on; null: something.</param>
    public static string Told(IPlatform? platform, string role, string? resource = null) => platform?.Footprint(new PlatformOrder
    {
        RequestId = "",
        GrantId = "",
        Resource = resource ?? $"{platform.Name}/x",
        Kind = AccessKind.Role,
        Requester = "",
        Role = role,
        Identity = "x",
        End = default,
    })?.Role ?? role;
}

/// <summary>What running requests gave.</summary>
/// <param name="Live">Access that is there, or may be.</param>
/// <param name="Ended">Access that is proven gone.</param>
internal sealed record RunningGrants(List<LiveGrant> Live, List<LiveGrant> Ended);
