using AccessFunctions.Api.Pipeline;
using AccessFunctions.Api.Routing;
using AccessFunctions.Api.Views;
using AccessFunctions.Application.Ports;
using AccessFunctions.Application.Retention;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;
using Microsoft.AspNetCore.Http;

namespace AccessFunctions.Api.Handlers;

/// <summary>Keeping times, legal holds, and the deletion of a person's data.</summary>
internal static class RetentionHandlers
{
    /// <summary>Below what callers wait for an answer.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(60);

    public static async Task<IResult> Show(ApiCall call)
    {
        var rules = call.Service<RetentionKeeper>().Rules;
        var run = await call.Service<IRetentionStore>().LastRun(call.Cancellation);
        return Answer.Json(new RetentionView(Text(rules.Requests), Text(rules.Events), Text(rules.PersonalData), run is null ? null : RetentionRunView.Of(run)));
    }

    public static async Task<IResult> Holds(ApiCall call) =>
        Answer.Json(new ListView<LegalHoldView>([.. (await call.Service<ILegalHolds>().All(call.Cancellation)).Select(hold => View(call, hold))], null));

    public static async Task<IResult> Hold(ApiCall call)
    {
        var (hold, refusal) = await call.Service<LegalHolding>().Place(call.Caller, call.Id, call.Body<LegalHoldBody>().Reason, call.Cancellation);
        return hold is null ? Answer.Problem(call.Http, refusal!) : Answer.Json(View(call, hold));
    }

    public static async Task<IResult> Lift(ApiCall call)
    {
        var refusal = await call.Service<LegalHolding>().Lift(call.Caller, call.Id, call.Cancellation);
        return refusal is null ? Answer.Empty(StatusCodes.Status204NoContent) : Answer.Problem(call.Http, refusal);
    }

    public static async Task<IResult> Pseudonymise(ApiCall call) =>
        await call.Service<RetentionKeeper>().Pseudonymise(call.Caller, call.Id, Patience, call.Cancellation) is { } done
            ? Answer.Json(done)
            : Answer.Problem(call.Http, new Refusal(RefusalReason.NotPermitted, "Only administrators may do this."));

    private static string? Text(TimeSpan? time) => time is { } keep ? Duration.Format(keep) : null;

    private static LegalHoldView View(ApiCall call, LegalHold hold) =>
        new(hold.RequestId, hold.Reason, PersonRef.Of(call.Service<IDirectory>().Current, hold.By), hold.At);
}

/// <summary>How long things are kept (durations such as <c>365d</c>), and what the last run came to.</summary>
/// <param name="Requests">Requests with their audit chains, from when they were finished; null: for good.</param>
/// <param name="Events">Audit events outside requests, from the day they happened; null: for good.</param>
/// <param name="PersonalData">Free text, names and addresses in either; null: as long as these.</param>
/// <param name="LastRun">Null: there was none yet.</param>
public sealed record RetentionView(string? Requests, string? Events, string? PersonalData, RetentionRunView? LastRun);

/// <summary>What a run came to.</summary>
/// <param name="Requests">Requests purged.</param>
/// <param name="EventStreams">Days of hosts purged.</param>
/// <param name="Pseudonymised">Requests, and days of hosts, that lost their personal data.</param>
/// <param name="Kept">What is kept beyond its time, by why.</param>
/// <param name="Complete">False: there was not the time for all; the next run goes on.</param>
public sealed record RetentionRunView(DateTimeOffset At, int Requests, int EventStreams, int Pseudonymised, IReadOnlyList<KeptView> Kept, bool Complete)
{
    internal static RetentionRunView Of(RetentionRun run) => new(
        run.At, run.Requests, run.EventStreams, run.Pseudonymised, [.. run.Kept.OrderBy(static kept => kept.Key).Select(static kept => new KeptView(kept.Key, kept.Value))], run.Complete);
}

/// <summary>How many are kept beyond their time, and why.</summary>
public sealed record KeptView(KeptFor Why, int Number);

/// <summary>A request under legal hold.</summary>
public sealed record LegalHoldView(string RequestId, string Reason, PersonRef By, DateTimeOffset At);

/// <summary>Why a request is put under legal hold, in at most 1,000 characters.</summary>
public sealed record LegalHoldBody
{
    public required string Reason { get; init; }
}
