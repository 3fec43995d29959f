using AccessFunctions.Api.Pipeline;
using AccessFunctions.Api.Routing;
using AccessFunctions.Api.Views;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;
using Microsoft.AspNetCore.Http;

namespace AccessFunctions.Api.Handlers;

/// <summary>What there is to ask for.</summary>
internal static class PlatformHandlers
{
    public static IReadOnlyList<QueryParameter> Parameters { get; } =
        [new("platform", typeof(string), "Only on this platform."), new("kind", typeof(AccessKind), "Only what this kind of access can be asked for.")];

    public static Task<IResult> Platforms(ApiCall call) => Task.FromResult<IResult>(Answer.Json(new ListView<PlatformView>(
        [.. call.Service<IPlatforms>().All.Select(platform => new PlatformView(platform.Name, platform.Type, platform.Kinds, platform.Parameters))], null)));

    /// <summary>Only what some rule lets the caller ask for: the rest would be refused anyway, and is none of their business.</summary>
    public static async Task<IResult> Resources(ApiCall call)
    {
        var query = new QueryReader(call);
        return Answer.Json(await Offered(call, query.Text("platform"), query.Choice<AccessKind>("kind")));
    }

    /// <summary>What some rule lets the caller ask for, in order of name.</summary>
    internal static async Task<ResourceList> Offered(ApiCall call, string? platform, AccessKind? kind)
    {
        var (resources, unavailable) = await call.Service<ResourceCatalog>().All(call.Cancellation);
        var person = call.Caller.Person;
        var asker = new Asker(person.Id, person.UserName ?? person.Id, person.Groups);
        IReadOnlyList<AccessGroup> groups = [.. call.Service<IAccessGroups>().All.Select(stored => stored.Group)];
        var now = call.Service<TimeProvider>().GetUtcNow();
        List<ResourceView> offered = [.. resources
            .Where(resource => platform is null || Domain.Requests.Resources.PlatformOf(resource.Resource) == platform)
            .Select(resource => new ResourceView(resource.Resource, resource.Description,
                [.. resource.Kinds.Where(candidate => (kind is null || candidate == kind) && Covered(resource.Resource, candidate))]))
            .Where(resource => resource.Kinds.Count > 0)
            .OrderBy(resource => resource.Resource, StringComparer.Ordinal)];
        return new ResourceList(offered, unavailable);

        bool Covered(string resource, AccessKind candidate) =>
            PolicyMatch.Resolve(groups, asker, new Ask { Resources = [resource], Kind = candidate }, now).Refusal?.Reason is not RefusalReason.NoRule;
    }
}

/// <summary>A connected system.</summary>
/// <param name="Parameters">What an ask for something on it may say as <c>parameters</c>.</param>
public sealed record PlatformView(string Name, string Type, IReadOnlyList<AccessKind> Kinds, IReadOnlyList<PlatformParameter> Parameters);

/// <summary>Something that can be asked for.</summary>
/// <param name="Kinds">What the caller may ask for on it.</param>
public sealed record ResourceView(string Resource, string? Description, IReadOnlyList<AccessKind> Kinds);

/// <summary>What the caller may ask for, all on one page.</summary>
/// <param name="Unavailable">Platforms that did not answer; their resources may be missing or old.</param>
public sealed record ResourceList(IReadOnlyList<ResourceView> Items, IReadOnlyList<string> Unavailable, string? Next = null);
