using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace AccessFunctions.Functions.Http;

/// <summary>Replies that a mail gateway hands over.</summary>
public sealed class MailFunctions(HttpDoor door)
{
    /// <summary>One mail, signed.</summary>
    [Function(nameof(PostMail))]
    public Task<IResult> PostMail(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/mail/inbound")] HttpRequest http,
        [DurableClient] DurableTaskClient client) => door.Run(http, client);
}
