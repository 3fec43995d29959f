using AccessFunctions.Api.Reviewing;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Api.Pages.One;

/// <summary>What a reader is told after an action. Nothing is said that the request does not bear out: an address can be made up.</summary>
internal static class ResultWords
{
    public const string Submitted = "submit", Pending = "pending";

    /// <summary>What came of the action, in a sentence or two; null: nothing to say.</summary>
    /// <param name="done">The word of the route; null: nothing was done.</param>
    /// <param name="request">The request as it is now.</param>
    /// <param name="reader">Who did it.</param>
    /// <param name="events">What happened to it.</param>
    public static string? Of(string? done, AccessRequest request, string reader, IReadOnlyList<LoggedEvent> events) => done switch
    {
        Submitted when request.Requester == reader => $"Your request is in. {ReviewText.Following(request)}",
        Pending when request.Phase is not (Phase.Closed or Phase.Denied) => "What was sent last may not be settled yet. This page shows it as soon as it is.",
        "approve" when Has(request, reader, Verdict.Approve) => $"{ReviewText.Done(ReviewVerdict.Approve)}. {ReviewText.Following(request)}",
        "deny" when Has(request, reader, Verdict.Deny) => $"{ReviewText.Done(ReviewVerdict.Deny)}. {ReviewText.Following(request)}",
        "revoke" when request.Outcome is Outcome.Revoked && Did(events, reader, EventTypes.Request.Revoked) => $"{ReviewText.Done(ReviewVerdict.Revoke)}. {ReviewText.Following(request)}",
        "release" when request.Outcome is Outcome.Released => $"You gave the access back. {ReviewText.Following(request)}",
        "cancel" when request.Outcome is Outcome.Cancelled => "The request is cancelled.",
        "emergency" when request.Emergency is not null => $"The emergency is declared, and everyone who would have decided is told. {ReviewText.Following(request)}",
        "extend" when request.Extension is not null => "The new end is on its way to the platform. The old one holds until it is there.",
        "extend" when request.OriginalEnd is not null => $"The access is extended. {ReviewText.Following(request)}",
        "ratify" when request.Emergency is { Review: EmergencyVerdict.Ratified } => "The emergency is ratified.",
        "ratify" when request.Emergency is { Review: EmergencyVerdict.Objected } => $"You objected to the emergency. {ReviewText.Following(request)}",
        "confirm-done" when Did(events, reader, EventTypes.Grant.Fulfilled) => $"Your confirmation is recorded. {ReviewText.Following(request)}",
        "confirm-removed" when Did(events, reader, EventTypes.Grant.RemovalConfirmed) => $"Your confirmation is recorded. {ReviewText.Following(request)}",
        _ => null,
    };

    private static bool Did(IReadOnlyList<LoggedEvent> events, string reader, string type) => events.Any(logged => logged.Happened is { } happened && happened.Type == type && happened.Actor == reader);

    private static bool Has(AccessRequest request, string reader, Verdict verdict) => request.Reviews.Any(review => review.By == reader && review.Verdict == verdict);
}
