using AccessFunctions.Api.Handlers;
using AccessFunctions.Api.Pages.App;
using AccessFunctions.Api.Pipeline;
using AccessFunctions.Api.Routing;
using AccessFunctions.Application.Inventory;
using AccessFunctions.Application.Ports;
using Microsoft.AspNetCore.Http;

namespace AccessFunctions.Api.Pages.Holding;

/// <summary>Resources that were found on one platform.</summary>
/// <param name="Platform">Whose; null: none is connected.</param>
/// <param name="FactsAt">How old the facts may be; null: no run was completed.</param>
/// <param name="Next">The cursor of further ones; null: there are none.</param>
public sealed record FoundModel(PageQuery Query, string? Platform, DateTimeOffset? FactsAt, IReadOnlyList<ResourceFact> Resources, bool First, string? Next, IReadOnlyList<string> Platforms)
{
    /// <summary>The page of a platform.</summary>
    public static string Address(string platform) => $"{Menu.Access}?by={nameof(AccessOrder.Found)}&platform={Uri.EscapeDataString(platform)}";

    /// <summary>The page of who has access to a resource.</summary>
    public static string WhoHas(string resource) => $"{Menu.Access}?by={nameof(AccessOrder.Way)}&resource={Uri.EscapeDataString(resource)}";
}

/// <summary>Reads them from the facts, for those who may read them by the API.</summary>
internal static class FoundPages
{
    public static async Task<IResult> Show(ApiCall call, QueryReader query)
    {
        if (!RouteParts.Overseers.Any(call.Caller.Has)) return Answer.Problem(call.Http, Fault.RoleMissing, $"This is for holders of {string.Join(" or ", RouteParts.Overseers)}.");
        var ingested = (await call.Service<IInventoryStore>().Progress(call.Cancellation)).ToDictionary(static one => one.Platform, StringComparer.Ordinal);
        List<string> platforms = [.. call.Service<IPlatforms>().All.Select(static one => one.Name).Order(StringComparer.Ordinal)];
        var platform = query.Text("platform") ?? platforms.Find(ingested.ContainsKey) ?? platforms.FirstOrDefault();
        if (platform is not null && !platforms.Contains(platform)) return RequestHandlers.NotFound(call);
        var (text, type) = (query.Text("text"), query.Text("type"));
        var page = platform is null ? new Page<ResourceFact>([], null)
            : await query.Page((cursor, limit) => call.Service<IInventoryStore>().Resources(platform, text, type, cursor, limit, call.Cancellation));
        var shown = PageQuery.Of(call.Http.Request);
        if (platform is not null && shown["platform"] is null) shown = shown with { Given = [.. shown.Given, new("platform", platform)] }; // so that further pages are of the same
        return await call.Show<FoundPage, FoundModel>(new FoundModel(
            shown, platform, platform is null ? null : ingested.GetValueOrDefault(platform)?.FactsAt, page.Items, query.Cursor is null, page.Next, platforms));
    }
}
