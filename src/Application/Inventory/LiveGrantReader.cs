using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Application.Inventory;

/// <summary>Reads the grants that are access somebody has, off the requests.</summary>
internal sealed class LiveGrantReader(IRequestReader requests, IPlatforms platforms)
{
    private const int PageSize = 200;

    /// <summary>Live grants, newest request first.</summary>
    /// <param name="person">Only this requester's; null: everybody's.</param>
    /// <param name="platform">Only on this platform; null: on all.</param>
    public async Task<List<LiveGrant>> Read(string? person, string? platform, CancellationToken cancellation)
    {
        var (filter, found) = (new RequestFilter { Status = Status.Active, Requester = person, Platform = platform }, new List<LiveGrant>());
        string? cursor = null;
        do
        {
            var page = await requests.List(filter, cursor, PageSize, cancellation);
            foreach (var request in page.Items)
                found.AddRange(LiveGrants.Of(request).Select(grant => Of(request, grant)).Where(grant => platform is null || grant.Platform == platform));
            cursor = page.Next;
        }
        while (cursor is not null);
        return found;
    }

    private LiveGrant Of(AccessRequest request, Grant grant)
    {
        var order = Orders.For(request, grant);
        var footprint = platforms.Find(order.Platform)?.Footprint(order);
        return new LiveGrant(order.Platform, request, grant, footprint is null ? null : footprint.Identity ?? grant.Login, footprint?.Role, grant.State == GrantState.AlreadyHeld);
    }
}
