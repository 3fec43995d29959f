using AccessFunctions.Api.Handlers;
using AccessFunctions.Api.Views;
using Microsoft.AspNetCore.Http;

namespace AccessFunctions.Api.Routing;

/// <summary>The part of the route table that is about people and what is set of them.</summary>
internal static class PeopleRoutes
{
    public static IReadOnlyList<ApiRoute> All { get; } =
    [
        new()
        {
            Name = "ListPeople", Method = "GET", Template = "/api/people", ResponseType = typeof(ListView<PersonView>),
            Query = PeopleHandlers.Parameters,
            Summary = "The directory; more than names for administrators and auditors.", Handler = PeopleHandlers.List,
        },
        new()
        {
            Name = "SetDelegate", Method = "PUT", Template = "/api/people/{id}/delegate", RequestType = typeof(DelegateBody),
            ResponseType = typeof(PersonView),
            Summary = "Names a stand-in; that person or an administrator.", Handler = PeopleHandlers.SetDelegate,
        },
        new()
        {
            Name = "ClearDelegate", Method = "DELETE", Template = "/api/people/{id}/delegate", SuccessStatus = StatusCodes.Status204NoContent,
            Summary = "Clears the stand-in; that person or an administrator.", Handler = PeopleHandlers.ClearDelegate,
        },
        new()
        {
            Name = "SetRoles", Method = "PUT", Template = "/api/people/{id}/roles", Roles = RouteParts.Administrators, RequestType = typeof(RolesBody),
            ResponseType = typeof(PersonView),
            Summary = "Replaces a person's product roles.", Handler = PeopleHandlers.SetRoles,
        },
        new()
        {
            Name = "LinkSlack", Method = "PUT", Template = "/api/people/{id}/slack", Roles = RouteParts.Administrators, RequestType = typeof(SlackUserBody),
            ResponseType = typeof(PersonView),
            Summary = "Links a Slack user to a person, whose reactions then count as theirs.", Handler = PeopleHandlers.LinkSlack,
        },
        new()
        {
            Name = "UnlinkSlack", Method = "DELETE", Template = "/api/people/{id}/slack", Roles = RouteParts.Administrators, SuccessStatus = StatusCodes.Status204NoContent,
            Summary = "Removes the link of a person's Slack user, also a configured one.", Handler = PeopleHandlers.UnlinkSlack,
        },
    ];
}
