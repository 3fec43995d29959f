using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace AccessFunctions.Functions.Http;

/// <summary>The pages of those who are signed in, and what pages load.</summary>
public sealed class AppPageFunctions(HttpDoor door)
{
    /// <summary>A style, script or icon.</summary>
    [Function(nameof(GetAsset))]
    public Task<IResult> GetAsset([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "assets/{name}")] HttpRequest http) =>
        door.Run(http);

    /// <summary>The caller's own requests.</summary>
    [Function(nameof(HomePage))]
    public Task<IResult> HomePage([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = HttpDoor.Root)] HttpRequest http) =>
        door.Run(http);

    /// <summary>One request.</summary>
    [Function(nameof(RequestPage))]
    public Task<IResult> RequestPage([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "requests/{id}")] HttpRequest http) =>
        door.Run(http);
}
