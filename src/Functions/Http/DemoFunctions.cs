using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace AccessFunctions.Functions.Http;

/// <summary>The mailboxes of a demo. This host is never one, so the shared pipeline answers that there is no such address.</summary>
public sealed class DemoFunctions(HttpDoor door)
{
    /// <summary>Lists mails.</summary>
    [Function(nameof(ListDemoMail))]
    public Task<IResult> ListDemoMail([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "demo/mail")] HttpRequest http) => door.Run(http);

    /// <summary>Shows a mail.</summary>
    [Function(nameof(ShowDemoMail))]
    public Task<IResult> ShowDemoMail([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "demo/mail/{name}")] HttpRequest http) => door.Run(http);

    /// <summary>Replies to a mail.</summary>
    [Function(nameof(ReplyToDemoMail))]
    public Task<IResult> ReplyToDemoMail([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "demo/mail/{name}")] HttpRequest http) => door.Run(http);
}
