using AccessFunctions.Api.Routing;
using AccessFunctions.Application;

namespace AccessFunctions.Api.Pages.App;

/// <summary>The navigation: the pages there are, in order, as far as the route table has them and lets the caller in.</summary>
internal static class Menu
{
    public const string Home = "/", RequestAccess = "/request", Approvals = "/approvals", Requests = "/requests", Audit = "/audit",
        Access = "/access", AccessGroups = "/access-groups", Profile = "/profile";

    private static readonly (string Path, string Label)[] Labels =
    [
        (Home, "My requests"), (RequestAccess, "Request access"), (Approvals, "My approvals"), (Requests, "Requests"), (Audit, "Audit"),
        (Access, "Access"), (AccessGroups, "Access groups"),
    ];

    private static readonly Lazy<(ApiRoute Route, string Label)[]> Entries = new(static () =>
    [
        .. Labels.Select(static entry => (ApiRoutes.All.FirstOrDefault(route => route.Template == entry.Path && route is { Method: "GET", Page: true })!, entry.Label))
            .Where(static entry => entry.Item1 is not null),
    ]);

    /// <summary>The navigation of a caller.</summary>
    /// <param name="caller">Whose navigation.</param>
    /// <param name="approvals">What waits for their decision; null: nothing.</param>
    public static IReadOnlyList<MenuEntry> For(Caller caller, string? approvals) =>
    [
        .. Entries.Value.Where(entry => entry.Route.Roles.Count == 0 || entry.Route.Roles.Any(caller.Has)).Select(entry =>
            entry.Route.Template == Approvals ? new MenuEntry(Approvals, entry.Label, approvals, "waiting for you") : new MenuEntry(entry.Route.Template, entry.Label)),
    ];

    /// <summary>True where the page is the entry's, or below it.</summary>
    public static bool IsAt(string path, MenuEntry entry) =>
        path == entry.Path || (entry.Path == AccessGroups && path == Groups.GroupCreating.Address) || (entry.Path != Home && path.StartsWith(entry.Path + "/", StringComparison.OrdinalIgnoreCase));
}
