using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace AccessFunctions.Functions.Http;

/// <summary>Links to recordings of sessions; each view is a signal.</summary>
public sealed class RecordingFunctions(HttpDoor door)
{
    /// <summary>A recording, for the person whose link it is.</summary>
    [Function(nameof(RecordingPage))]
    public Task<IResult> RecordingPage(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "recordings/{token}")] HttpRequest http,
        [DurableClient] DurableTaskClient client) => door.Run(http, client);

    /// <summary>Its bytes.</summary>
    [Function(nameof(RecordingMedia))]
    public Task<IResult> RecordingMedia(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "recordings/{token}/media")] HttpRequest http,
        [DurableClient] DurableTaskClient client) => door.Run(http, client);
}
