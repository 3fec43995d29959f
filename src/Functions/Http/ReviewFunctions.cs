using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace AccessFunctions.Functions.Http;

/// <summary>The page behind a link in a mail.</summary>
public sealed class ReviewFunctions(HttpDoor door)
{
    /// <summary>Shows it.</summary>
    [Function(nameof(ShowReview))]
    public Task<IResult> ShowReview([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "review/{token}")] HttpRequest http) =>
        door.Run(http);

    /// <summary>Decides by its form.</summary>
    [Function(nameof(DecideReview))]
    public Task<IResult> DecideReview(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "review/{token}")] HttpRequest http,
        [DurableClient] DurableTaskClient client) => door.Run(http, client);
}
