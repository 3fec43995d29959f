using AccessFunctions.Api.Authentication;
using AccessFunctions.Api.Pipeline;
using AccessFunctions.Api.Routing;
using AccessFunctions.Application.Ports;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AccessFunctions.Api.Handlers;

/// <summary>What Slack posts. Its credential is the signature over the raw body.</summary>
internal static class SlackHandlers
{
    /// <summary>Far more than an event of ours has.</summary>
    private const int Limit = 256 * 1024;
    private const string Timestamp = "X-Slack-Request-Timestamp";
    private const string Signature = "X-Slack-Signature";

    public static IReadOnlyList<QueryParameter> Headers { get; } =
    [
        new(Timestamp, typeof(string), "When Slack signed it, in seconds since 1970; at most five minutes off."),
        new(Signature, typeof(string), "`v0=` and the HMAC-SHA256 of `v0:{timestamp}:{raw body}` with the app's signing secret."),
    ];

    public static async Task<IResult> Events(ApiCall call)
    {
        if (call.Http.RequestServices.GetService<ISlackEvents>() is not { } events) throw new ProblemException(Fault.UnknownAddress, "Slack is not set up here (section Slack).");
        var body = await BodyReader.Bytes(call.Http.Request, Limit);
        var reply = await events.Take(new SlackPost(body, Header(Timestamp), Header(Signature), Callers.Address(call.Http)), call.Cancellation);
        CallTrace.Of(call.Http).IsRecorded = reply.Kind is SlackReplyKind.Unsigned or SlackReplyKind.Foreign;
        return reply.Kind switch
        {
            SlackReplyKind.Taken => Answer.Empty(StatusCodes.Status200OK),
            SlackReplyKind.Challenge => Answer.Json(new { challenge = reply.Words }),

            // The same post would be refused again, so Slack need not repeat it.
            SlackReplyKind.Unsigned => Answer.Problem(call.Http, Fault.Unauthenticated, reply.Words, null, ("WWW-Authenticate", "Slack-Signature"), NoRetry),
            SlackReplyKind.Foreign => Answer.Problem(call.Http, Fault.Stranger, reply.Words, null, NoRetry),
            SlackReplyKind.Malformed => Answer.Problem(call.Http, Fault.Malformed, reply.Words, null, NoRetry),
        };

        string? Header(string name) => call.Http.Request.Headers[name] is [{ Length: > 0 } value] ? value : null;
    }

    private static (string Name, string Value) NoRetry => ("X-Slack-No-Retry", "1");
}
