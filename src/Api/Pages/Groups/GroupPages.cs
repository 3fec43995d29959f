using AccessFunctions.Api.Handlers;
using AccessFunctions.Api.Pages.App;
using AccessFunctions.Api.Routing;
using AccessFunctions.Application.Ports;
using Microsoft.AspNetCore.Http;

namespace AccessFunctions.Api.Pages.Groups;

/// <summary>The access groups that the reader may read, in the order of their ids.</summary>
public sealed record AccessGroupsModel(IReadOnlyList<StoredGroup> Groups, IPeople People);

/// <summary>One access group.</summary>
/// <param name="MayEdit">True for administrators.</param>
/// <param name="Saved">True right after it was saved.</param>
public sealed record AccessGroupModel(StoredGroup Stored, IReadOnlyList<GroupSection> Sections, bool MayEdit, bool Saved);

/// <summary>Reads them, for those that the API lets read them.</summary>
internal static class GroupPages
{
    /// <summary>Set after a change.</summary>
    public static IReadOnlyList<QueryParameter> Parameters { get; } = [new("saved", typeof(bool), "true: says that it was saved.")];

    public static Task<IResult> List(ApiCall call) => call.Show<AccessGroupsPage, AccessGroupsModel>(new AccessGroupsModel(
        [.. call.Service<IAccessGroups>().All.Where(stored => GroupHandlers.MayRead(call.Caller, stored.Group))], call.Service<IDirectory>().Current));

    public static async Task<IResult> Show(ApiCall call)
    {
        if (call.Service<IAccessGroups>().Find(call.Id) is not { } stored || !GroupHandlers.MayRead(call.Caller, stored.Group)) return RequestHandlers.NotFound(call);
        return await call.Show<AccessGroupPage, AccessGroupModel>(new AccessGroupModel(
            stored, GroupWords.Sections(stored.Group, call.Service<IDirectory>().Current), call.Caller.IsAdministrator, new QueryReader(call).Flag("saved") == true));
    }

    /// <summary>The page of a group.</summary>
    public static string Address(string id) => $"/access-groups/{Uri.EscapeDataString(id)}";
}
