using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Application;

/// <summary>
/// What a person may do with a request now, phase by phase, as the words of the routes. Mirrors <see cref="Decider"/>, which has the last
/// word: an action that depends on what is sent with it (a role still to choose, an end too late) is offered and may be refused.
/// </summary>
internal static class RequestActions
{
    /// <summary>Those that a request waits for: while one of them is open, it is among what waits for the person.</summary>
    public static IReadOnlySet<string> Awaited { get; } = new HashSet<string>(StringComparer.Ordinal) { "deny", "ratify", "confirm-done", "confirm-removed" };

    public static IReadOnlyList<string> Of(Caller caller, AccessRequest request, ActorFacts facts, DateTimeOffset now)
    {
        if (!facts.Active) return [];
        var self = request.Requester == caller.Id;
        var approver = facts.Seats.Any(seat => Holds(request, seat));
        var live = request.Phase is Phase.Scheduled or Phase.Provisioning or Phase.Active;
        (string Word, bool Offered)[] actions =
        [
            ("approve", MayDecide(caller, request, facts, Verdict.Approve) && caller.Channel >= request.Levels[request.Level - 1].MinimumAssurance && !NeededHigher(caller, request, facts, now)),
            ("deny", MayDecide(caller, request, facts, Verdict.Deny)),
            ("cancel", request.Phase == Phase.Open && (self || facts.IsAdministrator)),
            ("emergency", self && MayDeclareEmergency(request)),
            ("revoke", live && (approver || facts.IsAdministrator)),
            ("release", live && self),
            ("extend", self && MayExtend(request)),
            ("ratify", !self && approver && request.Emergency is { Review: null }),
            ("secret", self && request.Phase == Phase.Active && now < request.Period.End && MayHoldSecret(request.Ask.Kind)),
            ("confirm-done", request.Phase == Phase.Provisioning && MayConfirm(caller, request, facts, GrantState.AwaitingFulfiller)),
            ("confirm-removed", request.Phase == Phase.Revoking && MayConfirm(caller, request, facts, GrantState.AwaitingRemoval)),
        ];
        return [.. actions.Where(action => action.Offered).Select(action => action.Word)];
    }

    /// <summary>The seat has to be one of the level's, as frozen; the person must not have decided but the other way, on that same seat.</summary>
    private static bool MayDecide(Caller caller, AccessRequest request, ActorFacts facts, Verdict verdict)
    {
        if (request.Phase != Phase.Open || (request.Requester == caller.Id && !request.Policy.AllowSelfApproval)) return false;
        var level = request.Levels[request.Level - 1];
        var seats = facts.Seats.Where(seat => seat.Level == request.Level && level.Approvers.Contains(seat.Person, StringComparer.Ordinal)).Select(seat => seat.Person).ToList();
        var held = seats.FirstOrDefault(absent => absent != caller.Id && FilledBy(absent) == caller.Id);
        var seat = held ?? (seats.Contains(caller.Id, StringComparer.Ordinal) ? caller.Id : seats.FirstOrDefault(absent => FilledBy(absent) is null));
        return seat is not null && request.Reviews.Where(review => review.Counted && (review.By == caller.Id || review.Seat == seat))
            .All(review => review.By == caller.Id && review.Seat == seat && review.Level == request.Level && review.Verdict != verdict);

        string? FilledBy(string place) => request.Reviews.FirstOrDefault(review => review.Counted && review.Seat == place)?.By;
    }

    /// <summary>
    /// True where an approval here would leave a higher level without enough people. Only the decider can count that, so it is asked; which
    /// role is chosen makes no difference to it.
    /// </summary>
    private static bool NeededHigher(Caller caller, AccessRequest request, ActorFacts facts, DateTimeOffset now) => Decider.Decide(request, new Approve
    {
        Id = "offered?",
        By = caller.Id,
        Channel = caller.Channel,
        At = now < request.ChangedAt ? request.ChangedAt : now,
        Facts = facts,
        Revision = request.Revision,
        Role = request.Role ?? request.Ask.Role ?? (request.Policy.Roles is [var any, ..] ? any : null),
    }).Refusal?.Reason == RefusalReason.NotYourLevel;

    private static bool MayDeclareEmergency(AccessRequest request) =>
        request.Phase is Phase.Open or Phase.Scheduled && request.Policy.AllowEmergency && request.Emergency is null
        && (request.Role is not null || request.Policy.DefaultRole is not null || !AskRules.NeedsRole(request.Policy, request.Ask.Kind));

    private static bool MayExtend(AccessRequest request) =>
        request.Phase == Phase.Active && request.Emergency is null && request.Extension is null && request.Policy.ExtendUpTo > TimeSpan.Zero;

    private static bool MayConfirm(Caller caller, AccessRequest request, ActorFacts facts, GrantState awaited) => request.Requester != caller.Id
        && request.Grants.Any(grant => grant.State == awaited && (facts.IsAdministrator || grant.Fulfillers.Contains(caller.Id, StringComparer.Ordinal)));

    private static bool MayHoldSecret(AccessKind kind) => kind is AccessKind.Credential or AccessKind.Session or AccessKind.Certificate or AccessKind.Recording;

    private static bool Holds(AccessRequest request, SeatClaim seat) => request.Levels.Any(level => level.Number == seat.Level
        && (level.Approvers.Contains(seat.Person, StringComparer.Ordinal) || level.EscalateTo.Contains(seat.Person, StringComparer.Ordinal)));
}
