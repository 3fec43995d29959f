using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace AccessFunctions.Functions.Http;

/// <summary>What anyone may read: health, the API's description, what its problems mean.</summary>
public sealed class PageFunctions(HttpDoor door)
{
    /// <summary>The process is there.</summary>
    [Function(nameof(HealthLive))]
    public Task<IResult> HealthLive([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "health/live")] HttpRequest http) =>
        door.Run(http);

    /// <summary>It can serve, or cannot.</summary>
    [Function(nameof(HealthReady))]
    public Task<IResult> HealthReady([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "health/ready")] HttpRequest http) =>
        door.Run(http);

    /// <summary>The API's description.</summary>
    [Function(nameof(GetOpenApi))]
    public Task<IResult> GetOpenApi([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "openapi.json")] HttpRequest http) =>
        door.Run(http);

    /// <summary>What the problem types mean.</summary>
    [Function(nameof(ErrorsPage))]
    public Task<IResult> ErrorsPage([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "errors")] HttpRequest http) =>
        door.Run(http);
}
