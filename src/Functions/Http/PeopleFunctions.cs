using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace AccessFunctions.Functions.Http;

/// <summary>The directory, stand-ins, product roles and Slack users. Requests hear of changes from the timer that sweeps the directory.</summary>
public sealed class PeopleFunctions(HttpDoor door)
{
    /// <summary>The directory.</summary>
    [Function(nameof(ListPeople))]
    public Task<IResult> ListPeople([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "api/people")] HttpRequest http) =>
        door.Run(http);

    /// <summary>Names a stand-in.</summary>
    [Function(nameof(SetDelegate))]
    public Task<IResult> SetDelegate([HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "api/people/{id}/delegate")] HttpRequest http) =>
        door.Run(http);

    /// <summary>Clears it.</summary>
    [Function(nameof(ClearDelegate))]
    public Task<IResult> ClearDelegate([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/people/{id}/delegate")] HttpRequest http) =>
        door.Run(http);

    /// <summary>Replaces a person's product roles.</summary>
    [Function(nameof(SetRoles))]
    public Task<IResult> SetRoles([HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "api/people/{id}/roles")] HttpRequest http) =>
        door.Run(http);

    /// <summary>Links a Slack user to a person.</summary>
    [Function(nameof(LinkSlack))]
    public Task<IResult> LinkSlack([HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "api/people/{id}/slack")] HttpRequest http) =>
        door.Run(http);

    /// <summary>Removes the link.</summary>
    [Function(nameof(UnlinkSlack))]
    public Task<IResult> UnlinkSlack([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/people/{id}/slack")] HttpRequest http) =>
        door.Run(http);
}
