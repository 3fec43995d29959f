using AccessFunctions.Api.Handlers;
using AccessFunctions.Domain.Policy;
using Microsoft.AspNetCore.Http;

namespace AccessFunctions.Api.Routing;

/// <summary>The part of the route table that is about access groups.</summary>
internal static class PolicyRoutes
{
    public static IReadOnlyList<ApiRoute> All { get; } =
    [
        new()
        {
            Name = "ListAccessGroups", Method = "GET", Template = "/api/access-groups", ResponseType = typeof(GroupList),
            Headers = GroupHandlers.ReadHeaders, OtherAnswers = GroupHandlers.ReadAnswers,
            Summary = "Access groups the caller may read.", Handler = GroupHandlers.List,
        },
        new()
        {
            Name = "GetAccessGroup", Method = "GET", Template = "/api/access-groups/{id}", ResponseType = typeof(AccessGroup),
            Headers = GroupHandlers.ReadHeaders, OtherAnswers = GroupHandlers.ReadAnswers,
            Summary = "One access group, with its ETag.", Handler = GroupHandlers.Find,
        },
        new()
        {
            Name = "PutAccessGroup", Method = "PUT", Template = "/api/access-groups/{id}", Roles = RouteParts.Administrators,
            RequestType = typeof(AccessGroup), DomainForm = true,
            ResponseType = typeof(AccessGroup), Headers = GroupHandlers.PutHeaders, OtherAnswers = GroupHandlers.PutAnswers,
            Summary = "Replaces an access group, or creates it (201).",
            Handler = GroupHandlers.Put,
        },
        new()
        {
            Name = "DeleteAccessGroup", Method = "DELETE", Template = "/api/access-groups/{id}", Roles = RouteParts.Administrators,
            SuccessStatus = StatusCodes.Status204NoContent,
            Headers = GroupHandlers.DeleteHeaders, Summary = "Deletes an access group; requests made under it keep their copy.",
            Handler = GroupHandlers.Delete,
        },
    ];
}
