using System.Security.Cryptography;
using AccessFunctions.Api.Pipeline;
using AccessFunctions.Api.Routing;
using AccessFunctions.Api.Views;
using AccessFunctions.Application;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;
using Microsoft.AspNetCore.Http;

namespace AccessFunctions.Api.Handlers;

/// <summary>Requests and the signals people send them: one use case per handler.</summary>
internal static class RequestHandlers
{
    /// <summary>The one signal whose path does not name the request.</summary>
    public const string SubmitName = "SubmitRequest";

    public static Task<IResult> Submit(ApiCall call) =>
        Signalled(call, requests => requests.Submit(call.Caller, call.Body<Ask>(), call.IdempotencyKey, call.Cancellation));

    public static async Task<IResult> Preview(ApiCall call) =>
        Answer.Json(PreviewView.Of(await call.Service<RequestService>().Preview(call.Caller, call.Body<Ask>(), call.Cancellation), People(call)));

    public static Task<IResult> Approve(ApiCall call)
    {
        var body = call.Body<ApproveBody>();
        var input = new ApproveInput(body.Revision, body.Comment, body.Start, body.End, body.Role, body.Identity);
        return Signalled(call, requests => requests.Approve(call.Caller, call.Id, call.IdempotencyKey, input, call.Cancellation));
    }

    public static Task<IResult> Deny(ApiCall call)
    {
        var body = call.Body<DenyBody>();
        return string.IsNullOrWhiteSpace(body.Comment)
            ? CommentRequired(call)
            : Signalled(call, requests => requests.Deny(call.Caller, call.Id, call.IdempotencyKey, body.Revision, body.Comment, call.Cancellation));
    }

    public static Task<IResult> Cancel(ApiCall call) =>
        Signalled(call, requests => requests.Cancel(call.Caller, call.Id, call.IdempotencyKey, call.Cancellation));

    public static Task<IResult> Emergency(ApiCall call) =>
        Signalled(call, requests =>
            requests.DeclareEmergency(call.Caller, call.Id, call.IdempotencyKey, call.Body<EmergencyBody>().Justification, call.Cancellation));

    public static Task<IResult> Ratify(ApiCall call)
    {
        var body = call.Body<RatifyBody>();
        return Signalled(call, requests => requests.Ratify(call.Caller, call.Id, call.IdempotencyKey, body.Verdict, body.Comment, call.Cancellation));
    }

    public static Task<IResult> Revoke(ApiCall call)
    {
        var body = call.Body<RevokeBody>();
        return string.IsNullOrWhiteSpace(body.Comment)
            ? CommentRequired(call)
            : Signalled(call, requests => requests.Revoke(call.Caller, call.Id, call.IdempotencyKey, body.Comment, call.Cancellation));
    }

    public static Task<IResult> Release(ApiCall call) =>
        Signalled(call, requests => requests.Release(call.Caller, call.Id, call.IdempotencyKey, call.Cancellation));

    public static Task<IResult> Extend(ApiCall call) =>
        Signalled(call, requests => requests.Extend(call.Caller, call.Id, call.IdempotencyKey, call.Body<ExtendBody>().End, call.Cancellation));

    public static Task<IResult> ConfirmDone(ApiCall call)
    {
        var body = call.Body<ConfirmBody>();
        return Signalled(call, requests => requests.ConfirmDone(call.Caller, call.Id, call.IdempotencyKey, body.GrantId, body.Comment, call.Cancellation));
    }

    public static Task<IResult> ConfirmRemoved(ApiCall call)
    {
        var body = call.Body<ConfirmBody>();
        return Signalled(call, requests => requests.ConfirmRemoved(call.Caller, call.Id, call.IdempotencyKey, body.GrantId, body.Comment, call.Cancellation));
    }

    /// <summary>
    /// The secret itself: the one answer that holds one. The use case records the look before it reads. The signal's id is made here, whatever
    /// key was sent: a repeat releases the bytes again, so it is a look of its own in the audit.
    /// </summary>
    public static async Task<IResult> Secret(ApiCall call)
    {
        var look = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var (answer, secret) = await call.Service<RequestService>().LookAtSecret(call.Caller, call.Id, look, call.Body<SecretBody>().GrantId, call.Cancellation);
        if (Problem(call, answer) is { } problem) return problem;
        if (!answer.Settled) return Pending(call.Id);
        return secret is null ? Answer.Problem(call.Http, Fault.NoSecret) : Answer.Json(new SecretView(secret.Fields));
    }

    public static async Task<IResult> Find(ApiCall call) =>
        await call.Service<RequestService>().Find(call.Caller, call.Id, call.Cancellation) is { } request
            ? Answer.Json(View(call, request))
            : NotFound(call);

    public static async Task<IResult> List(ApiCall call)
    {
        var query = new QueryReader(call);
        var filters = RequestFilters.Read(query);
        var page = await query.Page((cursor, limit) =>
            call.Service<RequestService>().List(call.Caller, filters.Filter, filters.Mine, filters.ToReview, cursor, limit, call.Cancellation));
        return Answer.Json(new ListView<RequestView>([.. page.Items.Select(request => View(call, request))], page.Next));
    }

    internal static RequestView View(ApiCall call, AccessRequest request) =>
        RequestView.Of(request, People(call), call.Service<RequestService>().Actions(call.Caller, request));

    internal static IResult NotFound(ApiCall call) => Answer.Problem(call.Http, new Refusal(RefusalReason.NotFound, ""));

    /// <summary>The problem of an answered signal; null where it was taken.</summary>
    internal static Answer? Problem(ApiCall call, SignalAnswer answer)
    {
        CallTrace.Of(call.Http).Note(answer);
        if (answer.ContentDiffers) return Answer.Problem(call.Http, Fault.IdempotencyKeyReused);
        return answer.Refusal is { } refusal ? Answer.Problem(call.Http, refusal) : null;
    }

    private static IPeople People(ApiCall call) => call.Service<IDirectory>().Current;

    private static Task<IResult> CommentRequired(ApiCall call) =>
        Task.FromResult<IResult>(Answer.Problem(call.Http, new Refusal(RefusalReason.CommentRequired, "")
        {
            Errors = new Dictionary<string, IReadOnlyList<string>> { ["comment"] = ["Say why."] },
        }));

    private static async Task<IResult> Signalled(ApiCall call, Func<RequestService, Task<SignalAnswer>> signal)
    {
        var answer = await signal(call.Service<RequestService>());
        if (Problem(call, answer) is { } problem) return problem;
        if (!answer.Settled)
            return Pending(answer.State?.Id ?? (call.Route.Name == SubmitName ? RequestIds.For(call.Caller.Id, call.IdempotencyKey) : call.Id));
        var request = answer.State ?? throw new InvalidOperationException($"{call.Route.Name} was settled without a request.");
        return call.Route.SuccessStatus == StatusCodes.Status201Created
            ? Answer.Json(View(call, request), StatusCodes.Status201Created, headers: ("Location", Address(request.Id)))
            : Answer.Json(View(call, request));
    }

    private static Answer Pending(string id) => Answer.Json(new PendingView(id), StatusCodes.Status202Accepted, headers: ("Location", Address(id)));

    private static string Address(string id) => $"/api/requests/{Uri.EscapeDataString(id)}";
}
