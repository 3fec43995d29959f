using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace AccessFunctions.Functions.Http;

/// <summary>The SCIM 2.0 service. Requests of people who leave by a change of a user hear of it at once, so those changes have the client of orchestrations.</summary>
public sealed class ScimFunctions(HttpDoor door)
{
    /// <summary>What the service can do.</summary>
    [Function(nameof(GetScimConfig))]
    public Task<IResult> GetScimConfig([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "scim/v2/ServiceProviderConfig")] HttpRequest http) => door.Run(http);

    /// <summary>Users and groups.</summary>
    [Function(nameof(ListScimResourceTypes))]
    public Task<IResult> ListScimResourceTypes([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "scim/v2/ResourceTypes")] HttpRequest http) => door.Run(http);

    /// <summary>One of them.</summary>
    [Function(nameof(GetScimResourceType))]
    public Task<IResult> GetScimResourceType([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "scim/v2/ResourceTypes/{id}")] HttpRequest http) => door.Run(http);

    /// <summary>The attributes that are kept.</summary>
    [Function(nameof(ListScimSchemas))]
    public Task<IResult> ListScimSchemas([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "scim/v2/Schemas")] HttpRequest http) => door.Run(http);

    /// <summary>Those of one schema.</summary>
    [Function(nameof(GetScimSchema))]
    public Task<IResult> GetScimSchema([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "scim/v2/Schemas/{id}")] HttpRequest http) => door.Run(http);

    /// <summary>Provisioned people.</summary>
    [Function(nameof(ListScimUsers))]
    public Task<IResult> ListScimUsers([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "scim/v2/Users")] HttpRequest http) => door.Run(http);

    /// <summary>Adds a person.</summary>
    [Function(nameof(AddScimUser))]
    public Task<IResult> AddScimUser(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "scim/v2/Users")] HttpRequest http,
        [DurableClient] DurableTaskClient client) => door.Run(http, client);

    /// <summary>One person.</summary>
    [Function(nameof(GetScimUser))]
    public Task<IResult> GetScimUser([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "scim/v2/Users/{id}")] HttpRequest http) => door.Run(http);

    /// <summary>Replaces a person.</summary>
    [Function(nameof(PutScimUser))]
    public Task<IResult> PutScimUser(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "scim/v2/Users/{id}")] HttpRequest http,
        [DurableClient] DurableTaskClient client) => door.Run(http, client);

    /// <summary>Changes a person.</summary>
    [Function(nameof(PatchScimUser))]
    public Task<IResult> PatchScimUser(
        [HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = "scim/v2/Users/{id}")] HttpRequest http,
        [DurableClient] DurableTaskClient client) => door.Run(http, client);

    /// <summary>Deletes a person.</summary>
    [Function(nameof(DeleteScimUser))]
    public Task<IResult> DeleteScimUser(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "scim/v2/Users/{id}")] HttpRequest http,
        [DurableClient] DurableTaskClient client) => door.Run(http, client);

    /// <summary>Provisioned groups.</summary>
    [Function(nameof(ListScimGroups))]
    public Task<IResult> ListScimGroups([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "scim/v2/Groups")] HttpRequest http) => door.Run(http);

    /// <summary>Adds a group.</summary>
    [Function(nameof(AddScimGroup))]
    public Task<IResult> AddScimGroup([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "scim/v2/Groups")] HttpRequest http) => door.Run(http);

    /// <summary>One group.</summary>
    [Function(nameof(GetScimGroup))]
    public Task<IResult> GetScimGroup([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "scim/v2/Groups/{id}")] HttpRequest http) => door.Run(http);

    /// <summary>Replaces a group.</summary>
    [Function(nameof(PutScimGroup))]
    public Task<IResult> PutScimGroup([HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "scim/v2/Groups/{id}")] HttpRequest http) => door.Run(http);

    /// <summary>Changes a group.</summary>
    [Function(nameof(PatchScimGroup))]
    public Task<IResult> PatchScimGroup([HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = "scim/v2/Groups/{id}")] HttpRequest http) => door.Run(http);

    /// <summary>Deletes a group.</summary>
    [Function(nameof(DeleteScimGroup))]
    public Task<IResult> DeleteScimGroup([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "scim/v2/Groups/{id}")] HttpRequest http) => door.Run(http);
}
