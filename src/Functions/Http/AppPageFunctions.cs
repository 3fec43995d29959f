using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

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

    /// <summary>Does what a form of that page says.</summary>
    [Function(nameof(ActOnRequest))]
    public Task<IResult> ActOnRequest(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "requests/{id}/{action}")] HttpRequest http,
        [DurableClient] DurableTaskClient client) => door.Run(http, client);

    /// <summary>The page with the secret on it.</summary>
    [Function(nameof(ShowSecret))]
    public Task<IResult> ShowSecret(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "requests/{id}/secret")] HttpRequest http,
        [DurableClient] DurableTaskClient client) => door.Run(http, client);

    /// <summary>What waits for the caller's decision.</summary>
    [Function(nameof(ApprovalsPage))]
    public Task<IResult> ApprovalsPage([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "approvals")] HttpRequest http) =>
        door.Run(http);

    /// <summary>Decides on several requests.</summary>
    [Function(nameof(DecideApprovals))]
    public Task<IResult> DecideApprovals(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "approvals")] HttpRequest http,
        [DurableClient] DurableTaskClient client) => door.Run(http, client);

    /// <summary>What the caller may ask for.</summary>
    [Function(nameof(AskPage))]
    public Task<IResult> AskPage([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "request")] HttpRequest http) =>
        door.Run(http);

    /// <summary>Asks for access.</summary>
    [Function(nameof(AskForAccess))]
    public Task<IResult> AskForAccess(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "request")] HttpRequest http,
        [DurableClient] DurableTaskClient client) => door.Run(http, client);

    /// <summary>Who the caller is here.</summary>
    [Function(nameof(ProfilePage))]
    public Task<IResult> ProfilePage([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "profile")] HttpRequest http) =>
        door.Run(http);

    /// <summary>Names the caller's stand-in, or clears it.</summary>
    [Function(nameof(SetMyStandIn))]
    public Task<IResult> SetMyStandIn([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "profile/stand-in")] HttpRequest http) =>
        door.Run(http);

    /// <summary>Links the caller's Slack user.</summary>
    [Function(nameof(LinkMySlack))]
    public Task<IResult> LinkMySlack([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "profile/slack")] HttpRequest http) =>
        door.Run(http);
}
