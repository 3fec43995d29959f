using AccessFunctions.Api.Handlers;
using AccessFunctions.Api.Pages.App;
using AccessFunctions.Api.Pages.One;
using AccessFunctions.Api.Pipeline;
using AccessFunctions.Api.Routing;
using AccessFunctions.Application;
using AccessFunctions.Application.Ports;
using AccessFunctions.Application.Retention;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;
using Microsoft.AspNetCore.Http;

namespace AccessFunctions.Api.Pages.Keeping;

/// <summary>Keeping times, what the last run came to, and what is held.</summary>
/// <param name="MayPseudonymise">True: the form that deletes a person's data is shown.</param>
/// <param name="Person">What was typed there.</param>
/// <param name="Done">What was just deleted.</param>
public sealed record RetentionModel(
    RetentionRules Rules, RetentionRun? LastRun, IReadOnlyList<LegalHold> Holds, IPeople People, bool MayPseudonymise, string? Person, PersonPseudonymised? Done, IReadOnlyList<PageError> Errors);

/// <summary>The page of keeping times, and the forms that hold a request or delete a person's data.</summary>
internal static class RetentionPages
{
    public const string Path = Menu.Audit + "/retention", PersonField = "person", StepField = "step", ReasonField = "hold-reason", LiftStep = "lift";

    public static IReadOnlyList<FormField> PersonFields { get; } = [new(PersonField, "The person's id.", Required: true)];

    public static IReadOnlyList<FormField> HoldFields { get; } =
        [new(StepField, $"`{LiftStep}` lifts the hold; anything else places one, or gives it another reason."), new(ReasonField, "Why the request is kept.")];

    public static async Task<IResult> Show(ApiCall call) => await call.Show<RetentionPage, RetentionModel>(await Read(call));

    public static async Task<IResult> Pseudonymise(ApiCall call)
    {
        var person = call.Form[PersonField]?.Trim();
        if (string.IsNullOrEmpty(person))
        {
            return await Show(call, await Read(call) with { Errors = [new PageError(PersonField, "Say whose data: the person's id.")] }, StatusCodes.Status422UnprocessableEntity);
        }

        var done = await call.Service<RetentionKeeper>().Pseudonymise(call.Caller, person, RetentionHandlers.Patience, call.Cancellation);
        return await Show(call, await Read(call) with { Person = person, Done = done }, StatusCodes.Status200OK);
    }

    /// <summary>The form on a request's page.</summary>
    public static async Task<IResult> Hold(ApiCall call)
    {
        if (await call.Service<RequestService>().Find(call.Caller, call.Id, call.Cancellation) is not { } request) return RequestHandlers.NotFound(call);
        var holding = call.Service<LegalHolding>();
        var refusal = call.Form[StepField] == LiftStep
            ? await holding.Lift(call.Caller, request.Id, call.Cancellation)
            : (await holding.Place(call.Caller, request.Id, call.Form[ReasonField] ?? "", call.Cancellation)).Refusal;
        if (refusal is { Reason: RefusalReason.InvalidAsk })
            return await OneRequestActions.Again(call, request, "legal-hold", new(), StatusCodes.Status422UnprocessableEntity, [new PageError(ReasonField, refusal.Detail)]);
        return refusal is null ? OneRequestActions.SeeOther(OneRequestModel.Address(request.Id)) : Answer.Problem(call.Http, refusal);
    }

    // The address stays that of the page: a reload asks for it and sends nothing again.
    private static async Task<IResult> Show(ApiCall call, RetentionModel model, int status) =>
        ((Answer)await call.Show<RetentionPage, RetentionModel>(model, status)).With(("HX-Push-Url", Path));

    private static async Task<RetentionModel> Read(ApiCall call) => new(
        call.Service<RetentionKeeper>().Rules, await call.Service<IRetentionStore>().LastRun(call.Cancellation), await call.Service<ILegalHolds>().All(call.Cancellation),
        call.Service<IDirectory>().Current, call.Caller.IsAdministrator, null, null, []);
}
