using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Application.Inventory;

/// <summary>Reads the grants that are access somebody has, off the requests.</summary>
internal sealed class LiveGrantReader(IRequestReader requests, IPlatforms platforms)
{
    /// <summary>Live grants, newest request first.</summary>
    /// <param name="person">Only this requester's; null: everybody's.</param>
    /// <param name="platform">Only on this platform; null: on all.</param>
    public async Task<List<LiveGrant>> Read(string? person, string? platform, CancellationToken cancellation)
    {
        var found = new List<LiveGrant>();
        await foreach (var request in requests.All(new RequestFilter { Status = Status.Active, Requester = person, Platform = platform }, cancellation))
            found.AddRange(LiveGrants.Of(request).Select(grant => Of(request, grant)).Where(grant => platform is null || grant.Platform == platform));
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

    private LiveGrant Of(AccessRequest request, Grant grant)
    {
        var order = Orders.For(request, grant);
        var footprint = platforms.Find(order.Platform)?.Footprint(order);
        return new LiveGrant(order.Platform, request, grant, footprint is null ? null : footprint.Identity ?? grant.Login, footprint?.Role, grant.State == GrantState.AlreadyHeld);
    }
}
