using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace AccessFunctions.Functions.Http;

/// <summary>Access groups, and what can be asked for under them.</summary>
public sealed class PolicyFunctions(HttpDoor door)
{
    /// <summary>Which rule would apply to an ask.</summary>
    [Function(nameof(PreviewPolicy))]
    public Task<IResult> PreviewPolicy([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/policy/preview")] HttpRequest http) =>
        door.Run(http);

    /// <summary>Access groups the caller may read.</summary>
    [Function(nameof(ListAccessGroups))]
    public Task<IResult> ListAccessGroups([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "api/access-groups")] HttpRequest http) =>
        door.Run(http);

    /// <summary>One access group.</summary>
    [Function(nameof(GetAccessGroup))]
    public Task<IResult> GetAccessGroup([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "api/access-groups/{id}")] HttpRequest http) =>
        door.Run(http);

    /// <summary>Replaces or creates one.</summary>
    [Function(nameof(PutAccessGroup))]
    public Task<IResult> PutAccessGroup([HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "api/access-groups/{id}")] HttpRequest http) =>
        door.Run(http);

    /// <summary>Deletes one.</summary>
    [Function(nameof(DeleteAccessGroup))]
    public Task<IResult> DeleteAccessGroup([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "api/access-groups/{id}")] HttpRequest http) =>
        door.Run(http);

    /// <summary>What the caller may ask for.</summary>
    [Function(nameof(ListResources))]
    public Task<IResult> ListResources([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "api/resources")] HttpRequest http) =>
        door.Run(http);

    /// <summary>The connected systems.</summary>
    [Function(nameof(ListPlatforms))]
    public Task<IResult> ListPlatforms([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "api/platforms")] HttpRequest http) =>
        door.Run(http);
}
