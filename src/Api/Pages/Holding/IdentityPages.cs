using AccessFunctions.Api.Handlers;
using AccessFunctions.Api.Pages.App;
using AccessFunctions.Api.Routing;
using AccessFunctions.Application.Directory;
using AccessFunctions.Application.Ports;
using Microsoft.AspNetCore.Http;

namespace AccessFunctions.Api.Pages.Holding;

/// <summary>Who somebody is on a platform.</summary>
public sealed record LinkedIdentity(Person Person, string Platform, string Name);

/// <summary>Identities that the directory links to people.</summary>
/// <param name="Identities">By person, then by platform.</param>
/// <param name="More">How many match besides those shown.</param>
/// <param name="SeesAll">False: only the reader's own.</param>
public sealed record IdentitiesModel(PageQuery Query, IReadOnlyList<LinkedIdentity> Identities, int More, bool SeesAll, IReadOnlyList<string> Platforms);

/// <summary>Reads them off the directory; everybody's are for administrators and auditors.</summary>
internal static class IdentityPages
{
    private const int Shown = 200;

    public static async Task<IResult> Show(ApiCall call, QueryReader query)
    {
        var seesAll = call.Caller.IsAdministrator || call.Caller.IsAuditor;
        var (person, platform) = (query.Text("person"), query.Text("platform"));
        var people = call.Service<IDirectory>().Current;
        IEnumerable<Person> whose = seesAll ? people.All : people.All.Where(one => one.Id == call.Caller.Id);
        List<LinkedIdentity> all = [.. whose.Where(one => person is null || one.Id == person).OrderBy(static one => one.Id, StringComparer.Ordinal)
            .SelectMany(static one => one.PlatformIdentities().OrderBy(static identity => identity.Platform, StringComparer.Ordinal).Select(identity => new LinkedIdentity(one, identity.Platform, identity.Name)))
            .Where(linked => platform is null || linked.Platform == platform)];
        return await call.Show<IdentitiesPage, IdentitiesModel>(new IdentitiesModel(
            PageQuery.Of(call.Http.Request), [.. all.Take(Shown)], Math.Max(0, all.Count - Shown), seesAll,
            [.. call.Service<IPlatforms>().All.Select(static one => one.Name).Order(StringComparer.Ordinal)]));
    }
}
