using System.Security.Cryptography;
using AccessFunctions.Api.Handlers;
using AccessFunctions.Api.Pages.App;
using AccessFunctions.Api.Pipeline;
using AccessFunctions.Api.Reviewing;
using AccessFunctions.Api.Routing;
using AccessFunctions.Application;
using AccessFunctions.Application.Audit;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;
using Microsoft.AspNetCore.Http;

namespace AccessFunctions.Api.Recordings;

/// <summary>
/// A link to a recording: its page and its bytes. The link opens for its person alone, signed in, while the access is active; whether it
/// still is gets looked up at every call, and again while bytes leave. A view is recorded before anything of the recording leaves.
/// </summary>
internal static class RecordingHandlers
{
    public const string Template = "/recordings/{token}", MediaTemplate = Template + "/media";

    public static IReadOnlyDictionary<int, string> Answers { get; } = new Dictionary<int, string>
    {
        [StatusCodes.Status403Forbidden] = "Somebody else's link.",
        [StatusCodes.Status404NotFound] = "No link of ours, or the recording is gone.",
        [StatusCodes.Status410Gone] = "The access has ended.",
    };

    /// <summary>A link that opens nothing is refused whoever comes, so that nobody has to sign in for it, and anybody can see that it is over.</summary>
    public static async Task<IResult?> Unopened(ApiCall call)
    {
        if (!call.Service<IRecordingLinks>().TryRead(PathToken.Of(call.Http), out var link)) return RequestHandlers.NotFound(call);
        return await call.Service<RecordingViewing>().IsOpen(link, call.Cancellation) ? null : Answer.Problem(call.Http, Fault.LinkOver);
    }

    /// <summary>The page with the player, or with the words of a transcript.</summary>
    public static async Task<IResult> Show(ApiCall call)
    {
        var (access, refusal) = await Enter(call);
        if (access is null) return refusal!;
        var viewing = call.Service<RecordingViewing>();
        if (await viewing.Open(access, call.Cancellation) is not { } recording) return RequestHandlers.NotFound(call);
        if (!HttpMethods.IsHead(call.Http.Request.Method))
        {
            if (await Record(call, access) is { } untold) return untold;
            call.Service<ViewLog>().Opened(access.Link);
        }

        var transcript = Transcripts.Is(recording) ? await Transcripts.Read(recording, call.Cancellation) : null;
        var page = (Answer)await call.Show<RecordingPage, RecordingModel>(new RecordingModel(access.Request, recording, $"/recordings/{PathToken.Of(call.Http)}/media", access.Until, transcript));
        return page.With(("Content-Security-Policy", AppPolicy.WithMedia));
    }

    /// <summary>The bytes, or a part of them.</summary>
    public static async Task<IResult> Play(ApiCall call)
    {
        var (access, refusal) = await Enter(call);
        if (access is null) return refusal!;
        if (await call.Service<RecordingViewing>().Open(access, call.Cancellation) is not { } recording) return RequestHandlers.NotFound(call);
        var media = new RecordingMedia(call, access, recording);
        if (media.Leaves)
        {
            var views = call.Service<ViewLog>();
            if (views.IsView(access.Link, media.FromStart))
            {
                if (await Record(call, access) is { } untold) return untold;
                views.Began(access.Link);
            }
        }

        return media.Answer();
    }

    /// <summary>The access behind the call's link, where the caller is its person and it is live.</summary>
    private static async Task<(RecordingAccess? Access, IResult? Refusal)> Enter(ApiCall call)
    {
        if (!call.Service<IRecordingLinks>().TryRead(PathToken.Of(call.Http), out var link)) return (null, RequestHandlers.NotFound(call));

        // What a refusal is about, for its event: the path names a token.
        call.Http.Request.RouteValues["id"] = link.RequestId;
        if (link.Person != call.Caller.Id) return (null, Answer.Problem(call.Http, new Refusal(RefusalReason.NotTheRequester, "A link to a recording opens for its requester alone.")));
        if (await call.Service<RecordingViewing>().Find(link, call.Cancellation) is { } access) return (access, null);
        await call.Service<RefusedCalls>().Record(call.Route, call.Http, call.Caller.Id, Problems.Of(Fault.LinkOver).Slug, link.RequestId);
        return (null, Answer.Problem(call.Http, Fault.LinkOver));
    }

    /// <summary>Records that somebody still reads, where the last event of it is old; false where that could not be recorded.</summary>
    internal static async Task<bool> GoesOn(ApiCall call, RecordingAccess access)
    {
        var views = call.Service<ViewLog>();
        if (!views.IsView(access.Link, fromStart: false)) return true;
        if (await Record(call, access) is not null) return false;
        views.Began(access.Link);
        return true;
    }

    /// <summary>Records the view; what to answer instead where it is not recorded.</summary>
    private static async Task<IResult?> Record(ApiCall call, RecordingAccess access)
    {
        var view = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var answer = await call.Service<RecordingViewing>().Record(call.Caller, access, view, call.Cancellation);
        CallTrace.Of(call.Http).Note(answer);
        if (answer.Refusal is { Reason: RefusalReason.NotActive } left) return Answer.Problem(call.Http, left);
        if (answer.Refusal is not null) return Answer.Problem(call.Http, Fault.LinkOver);
        return answer.Settled ? null : Answer.Problem(call.Http, Fault.Unavailable, "The view is not recorded yet. Open the link again in a moment.", null, ("Retry-After", "5"));
    }
}
