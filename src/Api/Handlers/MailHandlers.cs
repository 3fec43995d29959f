using System.Net.Http.Headers;
using AccessFunctions.Api.Authentication;
using AccessFunctions.Api.Pipeline;
using AccessFunctions.Api.Routing;
using AccessFunctions.Application;
using AccessFunctions.Application.Channels.Replies;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AccessFunctions.Api.Handlers;

/// <summary>Takes mails from gateways. Their credential is the signature over the body; where none is configured, there is no such address.</summary>
internal static class MailHandlers
{
    /// <summary>A mail as it went over the wire, or as Microsoft Graph shows it.</summary>
    public static IReadOnlyList<string> BodyTypes { get; } = ["message/rfc822", "application/json"];

    public static IReadOnlyList<QueryParameter> Headers { get; } =
        [new(PostSignature.Header, typeof(string), "`t=SECONDS,v1=HEX`: HMAC-SHA256 of the seconds, a dot and the body; at most 5 minutes old.")];

    public static async Task<IResult> Post(ApiCall call)
    {
        if (call.Http.RequestServices.GetService<MailPosts>() is not { } posts) throw new ProblemException(Fault.UnknownAddress);
        var peer = Callers.Address(call.Http);
        var body = await BodyReader.Bytes(call.Http.Request);
        var signature = call.Http.Request.Headers[PostSignature.Header] is [{ } only] ? only : null;
        if (!await posts.IsSigned(signature, body, peer))
        {
            CallTrace.Of(call.Http).IsRecorded = true;
            throw new ProblemException(Fault.Unauthenticated, $"{PostSignature.Header} is missing, wrong or too old.");
        }

        if (!MediaTypeHeaderValue.TryParse(call.Http.Request.ContentType, out var type) || posts.ReaderOf(type.MediaType ?? "") is not { } reader)
            throw new ProblemException(Fault.UnsupportedMediaType, $"Send {string.Join(" or ", BodyTypes)}.");

        // From here on whoever reads the mail records what they refuse.
        CallTrace.Of(call.Http).IsRecorded = true;
        var outcome = await posts.Take(reader, body, peer, call.Cancellation);
        return outcome.Status switch
        {
            PostStatus.Handled => Answer.Json(new MailView(outcome.Result.ToString().ToLowerInvariant())),
            PostStatus.Unreadable => Answer.Problem(call.Http, Fault.Malformed, "The body is not a mail."),
            PostStatus.TryAgain => Answer.Problem(call.Http, Fault.Unavailable, null, null, ("Retry-After", "30")),
        };
    }
}

/// <summary>What came of a mail: <c>decided</c>, <c>refused</c> or <c>ignored</c>. Why, only its sender is told, where they are proven.</summary>
public sealed record MailView(string Result);
