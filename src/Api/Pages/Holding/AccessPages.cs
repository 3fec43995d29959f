using AccessFunctions.Api.Handlers;
using AccessFunctions.Api.Pages.App;
using AccessFunctions.Api.Routing;
using AccessFunctions.Application;
using AccessFunctions.Application.Inventory;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;
using Microsoft.AspNetCore.Http;

namespace AccessFunctions.Api.Pages.Holding;

/// <summary>Access that somebody has now, and the request it came through.</summary>
public sealed record HeldAccess(Grant Grant, AccessRequest Request);

/// <summary>What one person has, or who has one resource.</summary>
/// <param name="Key">A person's id, or a resource.</param>
public sealed record HeldGroup(string Key, IReadOnlyList<HeldAccess> Held);

/// <summary>Who has access to what right now.</summary>
/// <param name="ByResource">True: grouped by resource; false: by person.</param>
/// <param name="SeesAll">False: only the reader's own.</param>
/// <param name="Next">The cursor of further requests; null: there are none.</param>
public sealed record AccessModel(PageQuery Query, IReadOnlyList<HeldGroup> Groups, bool ByResource, bool SeesAll, bool First, string? Next, IReadOnlyList<string> Platforms, IPeople People);

/// <summary>Reads it from the grants of active requests.</summary>
internal static class AccessPages
{
    public static IReadOnlyList<QueryParameter> Parameters { get; } =
    [
        new("by", typeof(AccessOrder), "What it is looked at by; `Person` where absent."),
        new("person", typeof(string), "Only this person's, by id."),
        new("resource", typeof(string), "Only to exactly this resource."),
        new("platform", typeof(string), "Only on this platform; by `Found` the first that was ingested where absent."),
        new("identity", typeof(string), "By `Way`: only this identity's, by its id."),
        new("text", typeof(string), "By `Identity`: only whose name or address contains this; by `Found`: only whose name does."),
        new("type", typeof(string), "By `Found`: only of exactly this type, in the platform's words."),
        new("kind", typeof(IdentityKind), "By `Identity`: only this kind."),
        new("orphan", typeof(bool), "By `Identity`: only logins that are nobody's, or only the others."),
        new("admin", typeof(bool), "By `Identity`: only with rights over the platform, or only the others."),
        .. QueryReader.Paging,
    ];

    public static Task<IResult> Show(ApiCall call)
    {
        var query = new QueryReader(call);
        return query.Choice<AccessOrder>("by") switch
        {
            AccessOrder.Platform => PlatformPages.Show(call),
            AccessOrder.Identity => IdentityPages.Show(call, query),
            AccessOrder.Way => WayPages.Show(call, query),
            AccessOrder.Found => FoundPages.Show(call, query),
            var order => Held(call, query, order == AccessOrder.Resource),
        };
    }

    private static async Task<IResult> Held(ApiCall call, QueryReader query, bool byResource)
    {
        var (resource, platform) = (query.Text("resource"), query.Text("platform"));
        var filter = new RequestFilter { Status = Status.Active, Requester = query.Text("person"), Resource = resource, Platform = platform };
        var seesAll = call.Caller.IsAdministrator || call.Caller.IsAuditor;
        var page = await query.Page((cursor, limit) =>
            call.Service<RequestService>().List(call.Caller, filter, mine: !seesAll, toReview: false, cursor, limit, call.Cancellation));

        // A request may hold several grants, of which the filters mean some.
        List<HeldAccess> held = [.. page.Items.SelectMany(static request => LiveGrants.Of(request).Select(grant => new HeldAccess(grant, request)))
            .Where(one => (resource is null || one.Grant.Resource == resource) && (platform is null || Resources.PlatformOf(one.Grant.Resource) == platform))];
        return await call.Show<AccessPage, AccessModel>(new AccessModel(PageQuery.Of(call.Http.Request),
            [.. held.GroupBy(one => byResource ? one.Grant.Resource : one.Request.Requester).OrderBy(static group => group.Key, StringComparer.Ordinal).Select(static group => new HeldGroup(group.Key, [.. group]))],
            byResource, seesAll, query.Cursor is null, page.Next,
            [.. call.Service<IPlatforms>().All.Select(static one => one.Name).Order(StringComparer.Ordinal)], call.Service<IDirectory>().Current));
    }
}

/// <summary>What access is looked at by.</summary>
internal enum AccessOrder { Person, Resource, Way, Platform, Identity, Found }
