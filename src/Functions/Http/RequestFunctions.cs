using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace AccessFunctions.Functions.Http;

/// <summary>Requests: asked for, read, and every signal a person can send.</summary>
public sealed class RequestFunctions(HttpDoor door)
{
    /// <summary>Asks for access.</summary>
    [Function(nameof(SubmitRequest))]
    public Task<IResult> SubmitRequest(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/requests")] HttpRequest http,
        [DurableClient] DurableTaskClient client) => door.Run(http, client);

    /// <summary>Requests the caller may see.</summary>
    [Function(nameof(ListRequests))]
    public Task<IResult> ListRequests([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "api/requests")] HttpRequest http) =>
        door.Run(http);

    /// <summary>The same as CSV.</summary>
    [Function(nameof(ExportRequests))]
    public Task<IResult> ExportRequests([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "api/requests.csv")] HttpRequest http) =>
        door.Run(http);

    /// <summary>One request.</summary>
    [Function(nameof(GetRequest))]
    public Task<IResult> GetRequest([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "api/requests/{id}")] HttpRequest http) =>
        door.Run(http);

    /// <summary>Its audit chain.</summary>
    [Function(nameof(GetRequestAudit))]
    public Task<IResult> GetRequestAudit([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "api/requests/{id}/audit")] HttpRequest http) =>
        door.Run(http);

    /// <summary>Withdraws an open request.</summary>
    [Function(nameof(CancelRequest))]
    public Task<IResult> CancelRequest(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/requests/{id}/cancel")] HttpRequest http,
        [DurableClient] DurableTaskClient client) => door.Run(http, client);

    /// <summary>Skips approval.</summary>
    [Function(nameof(DeclareEmergency))]
    public Task<IResult> DeclareEmergency(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/requests/{id}/emergency")] HttpRequest http,
        [DurableClient] DurableTaskClient client) => door.Run(http, client);

    /// <summary>Gives access back before its end.</summary>
    [Function(nameof(ReleaseRequest))]
    public Task<IResult> ReleaseRequest(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/requests/{id}/release")] HttpRequest http,
        [DurableClient] DurableTaskClient client) => door.Run(http, client);

    /// <summary>Asks for a later end.</summary>
    [Function(nameof(ExtendRequest))]
    public Task<IResult> ExtendRequest(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/requests/{id}/extend")] HttpRequest http,
        [DurableClient] DurableTaskClient client) => door.Run(http, client);

    /// <summary>The secret of a live grant; each look is a signal.</summary>
    [Function(nameof(FetchSecret))]
    public Task<IResult> FetchSecret(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/requests/{id}/secret")] HttpRequest http,
        [DurableClient] DurableTaskClient client) => door.Run(http, client);
}
