using AccessFunctions.Api.Handlers;
using AccessFunctions.Api.Routing;
using Microsoft.AspNetCore.Http;

namespace AccessFunctions.Api.Scim;

/// <summary>The part of the route table that is SCIM's. Nobody signs in there: the credential is a token of its own (<see cref="ScimCall.Run"/>).</summary>
internal static class ScimRoutes
{
    public static IReadOnlyList<ApiRoute> All { get; } =
    [
        Route("GetScimConfig", "GET", "/ServiceProviderConfig", "What this SCIM 2.0 service can do (RFC 7643, section 5).", ScimHandlers.Config),
        Route("ListScimResourceTypes", "GET", "/ResourceTypes", "Users and groups.", ScimHandlers.ResourceTypes),
        Route("GetScimResourceType", "GET", "/ResourceTypes/{id}", "One of them.", ScimHandlers.ResourceType),
        Route("ListScimSchemas", "GET", "/Schemas", "The attributes that are kept; others are passed over.", ScimHandlers.Schemas),
        Route("GetScimSchema", "GET", "/Schemas/{id}", "Those of one schema, by its URN.", ScimHandlers.Schema),
        Route("ListScimUsers", "GET", "/Users", "People that the identity provider provisioned.", ScimHandlers.ListUsers) with { Query = ScimHandlers.Listed },
        Body("AddScimUser", "POST", "/Users", "Adds a person; product roles are refused.", ScimHandlers.AddUser) with { SuccessStatus = StatusCodes.Status201Created },
        Route("GetScimUser", "GET", "/Users/{id}", "One person.", ScimHandlers.FindUser) with { Query = ScimHandlers.Shown, Headers = GroupHandlers.ReadHeaders, OtherAnswers = GroupHandlers.ReadAnswers },
        Body("PutScimUser", "PUT", "/Users/{id}", "Replaces a person.", ScimHandlers.PutUser),
        Body("PatchScimUser", "PATCH", "/Users/{id}", "Changes a person; with `active` false they left.", ScimHandlers.PatchUser),
        Route("DeleteScimUser", "DELETE", "/Users/{id}", "Deletes a person: they left.", ScimHandlers.DeleteUser) with { SuccessStatus = StatusCodes.Status204NoContent, Headers = IfMatch },
        Route("ListScimGroups", "GET", "/Groups", "Groups that the identity provider provisioned.", ScimHandlers.ListGroups) with { Query = ScimHandlers.Listed },
        Body("AddScimGroup", "POST", "/Groups", "Adds a group, which policies name as `group:NAME`.", ScimHandlers.AddGroup) with { SuccessStatus = StatusCodes.Status201Created },
        Route("GetScimGroup", "GET", "/Groups/{id}", "One group.", ScimHandlers.FindGroup) with { Query = ScimHandlers.Shown, Headers = GroupHandlers.ReadHeaders, OtherAnswers = GroupHandlers.ReadAnswers },
        Body("PutScimGroup", "PUT", "/Groups/{id}", "Replaces a group.", ScimHandlers.PutGroup),
        Body("PatchScimGroup", "PATCH", "/Groups/{id}", "Changes a group's name or members.", ScimHandlers.PatchGroup) with { SuccessStatus = StatusCodes.Status204NoContent },
        Route("DeleteScimGroup", "DELETE", "/Groups/{id}", "Deletes a group; its members stay.", ScimHandlers.DeleteGroup) with { SuccessStatus = StatusCodes.Status204NoContent, Headers = IfMatch },
    ];

    private static IReadOnlyList<QueryParameter> IfMatch => [new("If-Match", typeof(string), "Only where the resource is at this version (its `ETag`).")];

    private static ApiRoute Route(string name, string method, string path, string summary, Func<ApiCall, Task<IResult>> handler) => new()
    {
        Name = name,
        Method = method,
        Template = $"/scim/v2{path}",
        Anonymous = true,
        EachCallCounts = true,
        Scheme = "scim",
        ResponseContentType = ScimCall.MediaType,
        Summary = summary,
        Handler = handler,
    };

    private static ApiRoute Body(string name, string method, string path, string summary, Func<ApiCall, Task<IResult>> handler) =>
        Route(name, method, path, summary, handler) with { BodyTypes = ScimHandlers.BodyTypes, Headers = method == "POST" ? [] : IfMatch };
}
