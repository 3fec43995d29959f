using AccessFunctions.Api.Pipeline;
using AccessFunctions.Api.Routing;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Api.Assistants;

/// <summary>Lists what was found on platforms, one platform after the other in order of name, for those who oversee.</summary>
internal static class FoundResources
{
    private const int PageSize = 50;

    public static async Task<ToolAnswer> List(ApiCall call, ListResourcesArguments asked)
    {
        if (!call.Caller.IsAdministrator && !call.Caller.IsAuditor)
            throw new RefusedException(new Refusal(RefusalReason.NotPermitted, "You see what you may ask for. Administrators and auditors see everything that was found."));
        if (asked.Kind is not null) throw new ProblemException(Fault.Invalid, "kind", "Not with found: kinds are what may be asked for.");
        List<string> platforms = [.. call.Service<IPlatforms>().All.Select(static one => one.Name).Where(name => asked.Platform is null || name == asked.Platform).Order(StringComparer.Ordinal)];
        if (platforms.Count == 0) throw new ProblemException(Fault.Invalid, "platform", $"No platform of that name is connected; there are {string.Join(", ", call.Service<IPlatforms>().All.Select(static one => one.Name))}.");
        var ages = (await call.Service<IInventoryStore>().Progress(call.Cancellation)).Where(one => platforms.Contains(one.Platform) && one.FactsAt is not null)
            .ToDictionary(static one => one.Platform, static one => one.FactsAt!.Value, StringComparer.Ordinal);
        var page = await Paging.Read(asked.Cursor, cursor => Page(call, asked, platforms, cursor));
        return new ResourcesFound(
            [.. page.Items.Select(static one => new AssistantFoundResource(one.Resource, one.Type, Untrusted.Of(one.Description)))], [.. platforms.Where(name => !ages.ContainsKey(name))], page.Next)
        {
            AsOf = call.Service<TimeProvider>().GetUtcNow(),
            FactsAt = ages.Count > 0 ? ages.Values.Min() : null,
        };
    }

    /// <summary>A page, of several platforms where the first ones hold little. Its cursor is <c>platform/cursor of the store</c>.</summary>
    /// <exception cref="FormatException">It is no cursor.</exception>
    private static async Task<Page<ResourceFact>> Page(ApiCall call, ListResourcesArguments asked, List<string> platforms, string? cursor)
    {
        var (platform, after) = cursor?.Split('/', 2) switch
        {
            null => (platforms[0], null),
            [var name, var rest] when platforms.Contains(name) => (name, rest.Length == 0 ? null : rest),
            _ => throw new FormatException("Not a cursor."),
        };
        List<ResourceFact> found = [];
        for (var index = platforms.IndexOf(platform); index < platforms.Count; index++, after = null)
        {
            if (found.Count == PageSize) return new Page<ResourceFact>(found, $"{platforms[index]}/");
            var page = await call.Service<IInventoryStore>().Resources(platforms[index], asked.Text, asked.Type, after, PageSize - found.Count, call.Cancellation);
            found.AddRange(page.Items);
            if (page.Next is { } next) return new Page<ResourceFact>(found, $"{platforms[index]}/{next}");
        }

        return new Page<ResourceFact>(found, null);
    }
}
