using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace AccessFunctions.Functions.Http;

/// <summary>What approvers, administrators and fulfillers decide.</summary>
public sealed class DecisionFunctions(HttpDoor door)
{
    /// <summary>Approves.</summary>
    [Function(nameof(ApproveRequest))]
    public Task<IResult> ApproveRequest(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/requests/{id}/approve")] HttpRequest http,
        [DurableClient] DurableTaskClient client) => door.Run(http, client);

    /// <summary>Denies.</summary>
    [Function(nameof(DenyRequest))]
    public Task<IResult> DenyRequest(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/requests/{id}/deny")] HttpRequest http,
        [DurableClient] DurableTaskClient client) => door.Run(http, client);

    /// <summary>Takes access away before its end.</summary>
    [Function(nameof(RevokeRequest))]
    public Task<IResult> RevokeRequest(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/requests/{id}/revoke")] HttpRequest http,
        [DurableClient] DurableTaskClient client) => door.Run(http, client);

    /// <summary>Reviews an emergency after the fact.</summary>
    [Function(nameof(RatifyEmergency))]
    public Task<IResult> RatifyEmergency(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/requests/{id}/ratify")] HttpRequest http,
        [DurableClient] DurableTaskClient client) => door.Run(http, client);

    /// <summary>A fulfiller confirms that access was given by hand.</summary>
    [Function(nameof(ConfirmDone))]
    public Task<IResult> ConfirmDone(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/requests/{id}/confirm-done")] HttpRequest http,
        [DurableClient] DurableTaskClient client) => door.Run(http, client);

    /// <summary>A named person confirms a removal.</summary>
    [Function(nameof(ConfirmRemoved))]
    public Task<IResult> ConfirmRemoved(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/requests/{id}/confirm-removed")] HttpRequest http,
        [DurableClient] DurableTaskClient client) => door.Run(http, client);

    /// <summary>Decides several requests.</summary>
    [Function(nameof(DecideBatch))]
    public Task<IResult> DecideBatch(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/decisions")] HttpRequest http,
        [DurableClient] DurableTaskClient client) => door.Run(http, client);

    /// <summary>What the caller decided, as CSV.</summary>
    [Function(nameof(ExportDecisions))]
    public Task<IResult> ExportDecisions([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "api/decisions.csv")] HttpRequest http) =>
        door.Run(http);
}
