using System.Text.Json.Serialization;
using AccessFunctions.Api.Pipeline;
using AccessFunctions.Api.Routing;
using AccessFunctions.Api.Views;
using AccessFunctions.Application;
using AccessFunctions.Application.Inventory;
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

    public static IReadOnlyList<QueryParameter> DifferenceParameters { get; } =
        [new("platform", typeof(string), "Only on this platform."), new("drift", typeof(Drift), "Only this kind."), .. QueryReader.Paging];

    public static IReadOnlyList<QueryParameter> FoundParameters { get; } =
    [
        new("text", typeof(string), "Only whose name contains this, in any case; a page may then hold fewer, and a cursor."),
        new("type", typeof(string), "Only of exactly this type, in the platform's words, such as `table`; a page may then hold fewer, too."), .. QueryReader.Paging,
    ];

    public static async Task<IResult> Platforms(ApiCall call)
    {
        var progress = Oversees(call) ? (await call.Service<IInventoryStore>().Progress(call.Cancellation)).ToDictionary(static one => one.Platform, StringComparer.Ordinal) : [];
        var compared = Oversees(call) ? (await call.Service<IReconcileMemory>().Load(call.Cancellation)).Results : new Dictionary<string, ReconcileResult>();
        return Answer.Json(new ListView<PlatformView>(
            [.. call.Service<IPlatforms>().All.Select(platform => View(call, platform, progress.GetValueOrDefault(platform.Name), compared.GetValueOrDefault(platform.Name)))], null));
    }

    public static async Task<IResult> Platform(ApiCall call) => await One(call) is { } view ? Answer.Json(view) : RequestHandlers.NotFound(call);

    public static async Task<IResult> Ingest(ApiCall call)
    {
        if (await call.Service<Ingester>().Ask(call.Caller, call.Id, call.IdempotencyKey, call.Cancellation) is { } refusal) return Answer.Problem(call.Http, refusal);
        return await One(call) is { } view
            ? Answer.Json(view, StatusCodes.Status202Accepted, headers: ("Location", $"/api/platforms/{Uri.EscapeDataString(call.Id)}"))
            : RequestHandlers.NotFound(call);
    }

    /// <summary>What was found on a platform.</summary>
    public static async Task<IResult> Found(ApiCall call)
    {
        var query = new QueryReader(call);
        var (text, type) = (query.Text("text"), query.Text("type"));
        if (call.Service<IPlatforms>().Find(call.Id) is null) return RequestHandlers.NotFound(call);
        var page = await query.Page((cursor, limit) => call.Service<IInventoryStore>().Resources(call.Id, text, type, cursor, limit, call.Cancellation));
        return Answer.Json(new ListView<FoundResourceView>([.. page.Items.Select(static found => new FoundResourceView(found.Resource, found.Type, found.Description))], page.Next));
    }

    /// <summary>How platforms differ from what was given here.</summary>
    public static async Task<IResult> Differences(ApiCall call)
    {
        var query = new QueryReader(call);
        var (platform, drift) = (query.Text("platform"), query.Choice<Drift>("drift"));
        var page = await query.Page(async (cursor, limit) => DifferenceList.Page(await call.Service<IReconcileMemory>().Load(call.Cancellation), platform, drift, cursor, limit));
        return Answer.Json(new ListView<DifferenceView>([.. page.Items.Select(DifferenceView.Of)], page.Next));
    }

    private static async Task<PlatformView?> One(ApiCall call)
    {
        if (call.Service<IPlatforms>().Find(call.Id) is not { } platform) return null;
        if (!Oversees(call)) return View(call, platform, null, null);
        var compared = await call.Service<IReconcileMemory>().Load(call.Cancellation);
        return View(call, platform, await call.Service<IInventoryStore>().Progress(platform.Name, call.Cancellation), compared.Results.GetValueOrDefault(platform.Name));
    }

    private static PlatformView View(ApiCall call, IPlatform platform, IngestProgress? progress, ReconcileResult? compared) => new(platform.Name, platform.Type, platform.Kinds, platform.Parameters)
    {
        Ingestion = progress is null ? null : IngestionView.Of(call.Service<IDirectory>().Current, progress),
        Compared = compared is null ? null : ComparisonView.Of(compared),
    };

    private static bool Oversees(ApiCall call) => call.Caller.IsAdministrator || call.Caller.IsAuditor;

    /// <summary>Only what some rule lets the caller ask for: the rest would be refused anyway, and is none of their business.</summary>
    public static async Task<IResult> Resources(ApiCall call)
    {
        var query = new QueryReader(call);
        return Answer.Json(await Offered(call, query.Text("platform"), query.Choice<AccessKind>("kind")));
    }

    /// <summary>What some rule lets the caller ask for, in order of name.</summary>
    internal static async Task<ResourceList> Offered(ApiCall call, string? platform, AccessKind? kind)
    {
        var (resources, unavailable, partial) = await call.Service<ResourceCatalog>().All(call.Cancellation);
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
        return new ResourceList(offered, unavailable, [.. partial.Where(name => platform is null || name == platform)]);

        bool Covered(string resource, AccessKind candidate) =>
            PolicyMatch.Resolve(groups, asker, new Ask { Resources = [resource], Kind = candidate }, now).Refusal?.Reason is not RefusalReason.NoRule;
    }
}

/// <summary>A connected system.</summary>
/// <param name="Parameters">What an ask for something on it may say as <c>parameters</c>.</param>
public sealed record PlatformView(string Name, string Type, IReadOnlyList<AccessKind> Kinds, IReadOnlyList<PlatformParameter> Parameters)
{
    /// <summary>How far ingesting it got; only for administrators and auditors, and where it was begun.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IngestionView? Ingestion { get; init; }

    /// <summary>What the last comparison with requests and ledger came to; only for administrators and auditors, and where there was one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ComparisonView? Compared { get; init; }
}

/// <summary>Something that can be asked for.</summary>
/// <param name="Kinds">What the caller may ask for on it.</param>
public sealed record ResourceView(string Resource, string? Description, IReadOnlyList<AccessKind> Kinds);

/// <summary>What the caller may ask for, all on one page.</summary>
/// <param name="Unavailable">Platforms that did not answer; their resources may be missing or old.</param>
/// <param name="Partial">Platforms that hold more than they list; the rest can be asked for by name.</param>
public sealed record ResourceList(IReadOnlyList<ResourceView> Items, IReadOnlyList<string> Unavailable, IReadOnlyList<string> Partial, string? Next = null);
