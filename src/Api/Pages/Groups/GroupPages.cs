using AccessFunctions.Api.Handlers;
using AccessFunctions.Api.Pages.App;
using AccessFunctions.Api.Routing;
using AccessFunctions.Application;
using AccessFunctions.Application.Ports;
using Microsoft.AspNetCore.Http;

namespace AccessFunctions.Api.Pages.Groups;

/// <summary>The access groups that the reader may read, in the order of their ids.</summary>
/// <param name="MayEdit">True for administrators.</param>
/// <param name="Deleted">The id of one that was just deleted; null: none was.</param>
public sealed record AccessGroupsModel(IReadOnlyList<StoredGroup> Groups, IPeople People, bool MayEdit, string? Deleted);

/// <summary>One access group.</summary>
/// <param name="MayEdit">True for administrators.</param>
/// <param name="Saved">True right after it was saved.</param>
/// <param name="Versions">What became of it; null for those who do not oversee.</param>
public sealed record AccessGroupModel(StoredGroup Stored, IReadOnlyList<GroupSection> Sections, bool MayEdit, bool Saved, GroupVersions? Versions, IPeople People);

/// <summary>An access group that was deleted, for those who oversee.</summary>
public sealed record GoneGroupModel(string Id, GroupVersions Versions, bool MayEdit, IPeople People);

/// <summary>Reads them, for those that the API lets read them.</summary>
internal static class GroupPages
{
    public static IReadOnlyList<QueryParameter> ListParameters { get; } = [new("deleted", typeof(string), "Says that this access group was deleted.")];

    /// <summary>Set after a change, and where older versions are looked at.</summary>
    public static IReadOnlyList<QueryParameter> Parameters { get; } =
    [
        new("saved", typeof(bool), "true: says that it was saved."),
        new("cursor", typeof(string), "Where older versions begin; for administrators and auditors."),
    ];

    public static Task<IResult> List(ApiCall call)
    {
        var groups = call.Service<IAccessGroups>();

        // An address may say anything: only what is gone was deleted.
        var deleted = new QueryReader(call).Text("deleted") is { } id && groups.Find(id) is null && call.Caller.IsAdministrator ? id : null;
        return call.Show<AccessGroupsPage, AccessGroupsModel>(new AccessGroupsModel(
            [.. groups.All.Where(stored => GroupHandlers.MayRead(call.Caller, stored.Group))], call.Service<IDirectory>().Current, call.Caller.IsAdministrator, deleted));
    }

    public static async Task<IResult> Show(ApiCall call)
    {
        var query = new QueryReader(call);
        var people = call.Service<IDirectory>().Current;
        var stored = call.Service<IAccessGroups>().Find(call.Id);
        if (stored is not null && !GroupHandlers.MayRead(call.Caller, stored.Group)) return RequestHandlers.NotFound(call);
        var versions = Oversees(call.Caller) ? await query.Page((cursor, _) => GroupHistory.Read(call, call.Id, cursor)) : null;
        if (stored is null)
        {
            return versions is { Items.Count: > 0 }
                ? await call.Show<GoneAccessGroupPage, GoneGroupModel>(new GoneGroupModel(call.Id, versions, call.Caller.IsAdministrator, people), StatusCodes.Status404NotFound)
                : RequestHandlers.NotFound(call);
        }

        // An address may say anything: only what this caller saved last, and is in force, was saved just now.
        var saved = query.Flag("saved") == true && versions is { First: true, Items: [{ Deleted: false } newest, ..] } && newest.By == call.Caller.Id && newest.Version == stored.Version;
        return await call.Show<AccessGroupPage, AccessGroupModel>(new AccessGroupModel(
            stored, GroupWords.Sections(stored.Group, people), call.Caller.IsAdministrator, saved, versions, people));
    }

    /// <summary>The page of a group.</summary>
    public static string Address(string id) => $"/access-groups/{Uri.EscapeDataString(id)}";

    private static bool Oversees(Caller caller) => caller.IsAdministrator || caller.IsAuditor;
}
