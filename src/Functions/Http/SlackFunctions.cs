using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace AccessFunctions.Functions.Http;

/// <summary>What Slack posts.</summary>
public sealed class SlackFunctions(HttpDoor door)
{
    /// <summary>Reactions to messages; each decides through its request's orchestration.</summary>
    [Function(nameof(SlackEvents))]
    public Task<IResult> SlackEvents(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/slack/events")] HttpRequest http,
        [DurableClient] DurableTaskClient client) => door.Run(http, client);
}
