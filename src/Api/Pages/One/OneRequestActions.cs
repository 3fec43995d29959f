using System.Security.Cryptography;
using AccessFunctions.Api.Handlers;
using AccessFunctions.Api.Pages.App;
using AccessFunctions.Api.Pipeline;
using AccessFunctions.Api.Routing;
using AccessFunctions.Application;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;
using Microsoft.AspNetCore.Http;

namespace AccessFunctions.Api.Pages.One;

/// <summary>What the forms of a request send. What was taken is answered by the page anew (303), the rest by the page with what is wrong.</summary>
internal static class OneRequestActions
{
    public const string ActionValue = "action";

    public static async Task<IResult> Act(ApiCall call)
    {
        var action = (string)call.Http.Request.RouteValues[ActionValue]!;
        var input = ActionInput.Read(await PageForm.Read(call.Route, call.Http));
        if (await call.Service<RequestService>().Find(call.Caller, call.Id, call.Cancellation) is not { } request) return RequestHandlers.NotFound(call);
        if (input.Errors(action) is { Count: > 0 } errors) return await Again(call, request, action, input, StatusCodes.Status422UnprocessableEntity, errors);

        // The form's own key: sent twice, it is answered as the first time.
        if (Send(call, request, action, $"{action}-{call.IdempotencyKey}", input) is not { } sent) return Answer.Problem(call.Http, Fault.UnknownAddress);
        var answer = await sent;
        CallTrace.Of(call.Http).Note(answer);
        if (answer.ContentDiffers)
            return await Again(call, answer.State ?? request, action, input, StatusCodes.Status422UnprocessableEntity, [new PageError(null, "This form was sent before with something else in it. Look at what the request says now.")]);
        if (answer.Refusal is { } refusal) return await Refused(call, answer.State ?? request, action, input, refusal);
        return SeeOther(input.FromApprovals
            ? $"/approvals?decided={Uri.EscapeDataString(request.Id)}"
            : $"{OneRequestModel.Address(request.Id)}?{OneRequestHandlers.DoneParameter}={(answer.Settled ? action : ResultWords.Pending)}");
    }

    /// <summary>The secret on the request's page, once: this answer holds it and no other does.</summary>
    public static async Task<IResult> Secret(ApiCall call)
    {
        var form = await PageForm.Read(call.Route, call.Http);

        // Each look counts, so its signal's id is made here.
        var look = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var requests = call.Service<RequestService>();
        var (answer, secret) = await requests.LookAtSecret(call.Caller, call.Id, look, form["grant"], call.Cancellation);
        CallTrace.Of(call.Http).Note(answer);
        if ((answer.State ?? await requests.Find(call.Caller, call.Id, call.Cancellation)) is not { } request || answer.Refusal?.Reason == RefusalReason.NotFound) return RequestHandlers.NotFound(call);
        if (answer.Refusal is { } refusal) return await Refused(call, request, "secret", new(), refusal);
        if (secret is null)
        {
            var problem = Problems.Of(Fault.NoSecret);
            CallTrace.Of(call.Http).Reason = problem.Slug;
            return await Again(call, request, "secret", new(), problem.Status, [new PageError(null, $"{problem.Meaning} {problem.Remedy}")]);
        }

        return await Show(call, await OneRequestHandlers.Read(call, request) with { Secret = secret }, StatusCodes.Status200OK);
    }

    /// <summary>Leads the browser to another page, by GET.</summary>
    public static Answer SeeOther(string path) => Answer.Empty(StatusCodes.Status303SeeOther).With(("Location", path));

    private static Task<SignalAnswer>? Send(ApiCall call, AccessRequest request, string action, string signal, ActionInput input)
    {
        var (requests, caller, id, cancellation) = (call.Service<RequestService>(), call.Caller, call.Id, call.Cancellation);
        return action switch
        {
            "approve" => requests.Approve(caller, id, signal,
                new ApproveInput(input.Revision!.Value, input.Comment, input.StartAt, input.EndAt, input.Role == request.Role ? null : input.Role, input.Identity), cancellation),
            "deny" => requests.Deny(caller, id, signal, input.Revision!.Value, input.Comment, cancellation),
            "cancel" => requests.Cancel(caller, id, signal, cancellation),
            "emergency" => requests.DeclareEmergency(caller, id, signal, input.Justification!, cancellation),
            "revoke" => requests.Revoke(caller, id, signal, input.Comment!, cancellation),
            "release" => requests.Release(caller, id, signal, cancellation),
            "extend" => requests.Extend(caller, id, signal, input.EndAt!.Value, cancellation),
            "ratify" => requests.Ratify(caller, id, signal, input.Verdict!.Value, input.Comment, cancellation),
            "confirm-done" => requests.ConfirmDone(caller, id, signal, input.Grant, input.Comment, cancellation),
            "confirm-removed" => requests.ConfirmRemoved(caller, id, signal, input.Grant, input.Comment, cancellation),
            _ => null,
        };
    }

    private static Task<IResult> Refused(ApiCall call, AccessRequest request, string action, ActionInput input, Refusal refusal)
    {
        var problem = Problems.Of(refusal.Reason);
        IReadOnlyList<PageError> errors = refusal.Errors.Count > 0
            ? [.. refusal.Errors.SelectMany(field => field.Value.Select(message => new PageError(FieldOf(action, field.Key), message)))]
            : [new PageError(null, string.IsNullOrEmpty(refusal.Detail) ? $"{problem.Meaning}" : refusal.Detail)];
        return Again(call, request, action, input, problem.Status, errors);
    }

    private static string? FieldOf(string action, string field) => field switch
    {
        "comment" or "justification" or "start" or "end" or "role" or "identity" or "verdict" => ActionsModel.Id(action, field),
        "grantId" => ActionsModel.Id(action, "grant"),
        _ => null,
    };

    /// <summary>The page with what has to be mended.</summary>
    internal static async Task<IResult> Again(ApiCall call, AccessRequest request, string action, ActionInput input, int status, IReadOnlyList<PageError> errors)
    {
        var model = await OneRequestHandlers.Read(call, request);
        return await Show(call, model with { Actions = model.Actions with { Failed = action, Kept = input, Errors = errors } }, status);
    }

    // The address stays that of the page: a reload asks for it and sends nothing again.
    private static async Task<IResult> Show(ApiCall call, OneRequestModel model, int status) =>
        ((Answer)await call.Show<OneRequestPage, OneRequestModel>(model, status)).With(("HX-Push-Url", OneRequestModel.Address(model.Request.Id)));
}
