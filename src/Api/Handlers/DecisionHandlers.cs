using AccessFunctions.Api.Pipeline;
using AccessFunctions.Api.Routing;
using AccessFunctions.Api.Views;
using AccessFunctions.Application;
using AccessFunctions.Application.Audit;
using AccessFunctions.Domain.Requests;
using Microsoft.AspNetCore.Http;

namespace AccessFunctions.Api.Handlers;

/// <summary>Several decisions in one call, where the access groups let batches decide.</summary>
internal static class DecisionHandlers
{
    public const int Most = 100;

    public static async Task<IResult> Decide(ApiCall call)
    {
        var decisions = call.Body<DecisionsBody>().Decisions;
        if (decisions.Count is 0 or > Most) throw new ProblemException(Fault.Invalid, "decisions", $"1 to {Most} decisions are expected.");
        if (decisions.GroupBy(item => item.Id).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new ProblemException(Fault.Invalid, "decisions", $"{twice.Key} is decided twice.");

        // One after another: each stands by itself, and the order given is the order decided.
        var results = new List<DecisionResult>(decisions.Count);
        foreach (var item in decisions) results.Add(await Decide(call, item, call.IdempotencyKey));
        return Answer.Json(new ListView<DecisionResult>(results, null));
    }

    /// <summary>Decides one of them.</summary>
    /// <param name="signal">The id of its signal.</param>
    internal static async Task<DecisionResult> Decide(ApiCall call, DecisionItem item, string signal)
    {
        var requests = call.Service<RequestService>();
        if (await requests.Find(call.Caller, item.Id, call.Cancellation) is not { } request)
        {
            await Record(Problems.Of(RefusalReason.NotFound).Slug);
            return Refused(call, item, ProblemView.Of(call.Http, new Refusal(RefusalReason.NotFound, "")));
        }

        if (!request.Policy.AllowBatch)
        {
            await Record(Problems.Of(Fault.BatchNotAllowed).Slug);
            return Refused(call, item, ProblemView.Of(call.Http, Problems.Of(Fault.BatchNotAllowed)));
        }

        if (item.Verdict == Verdict.Deny && string.IsNullOrWhiteSpace(item.Comment))
        {
            await Record(Problems.Of(RefusalReason.CommentRequired).Slug);
            return Refused(call, item, ProblemView.Of(call.Http, new Refusal(RefusalReason.CommentRequired, "")));
        }

        var answer = item.Verdict switch
        {
            Verdict.Approve => await requests.Approve(call.Caller, item.Id, signal,
                new ApproveInput(item.Revision, item.Comment, null, null, null, null), call.Cancellation),
            Verdict.Deny => await requests.Deny(call.Caller, item.Id, signal, item.Revision, item.Comment, call.Cancellation),
        };
        if (RequestHandlers.Problem(call, answer) is { Value: ProblemView problem, Slug: { } slug })
        {
            if (answer.ContentDiffers || answer.IsUnrecorded) await Record(slug);
            return Refused(call, item, problem);
        }

        return new DecisionResult(item.Id, answer.Settled ? StatusCodes.Status200OK : StatusCodes.Status202Accepted,
            answer.State is { } state ? RequestHandlers.View(call, state) : null, null);

        // Each item is a try of its own, whatever the call as a whole is answered with.
        Task Record(string reason) => call.Service<RefusedCalls>().Record(call.Route, call.Http, call.Caller.Id, reason, item.Id);
    }

    private static DecisionResult Refused(ApiCall call, DecisionItem item, ProblemView problem) => new(item.Id, problem.Status, null, problem);
}
