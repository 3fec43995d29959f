using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Policy;

namespace AccessFunctions.Domain.Requests;

public static partial class Decider
{
    private static Refusal? EmergencyDeclared(Turn turn, DeclareEmergency declared)
    {
        var request = turn.State;
        if (Finished(request) is { } finished) return finished;
        if (!IsRequester(request, declared)) return new Refusal(RefusalReason.NotTheRequester, "Only the requester may declare an emergency.");
        if (!declared.Facts.Active) return new Refusal(RefusalReason.NotActive, "The directory no longer lists you as active.");
        if (!request.Policy.AllowEmergency) return new Refusal(RefusalReason.EmergencyNotAllowed, "The access group does not allow emergency access.");
        if (request.Emergency is not null) return new Refusal(RefusalReason.EmergencyInForce, "The emergency is declared already.");
        if (request.Phase is not (Phase.Open or Phase.Scheduled)) return new Refusal(RefusalReason.NotNow, "The access is there already, or is ending.");
        if (string.IsNullOrWhiteSpace(declared.Justification)) return Field(RefusalReason.InvalidAsk, "justification", "Say why it cannot wait: an emergency needs a justification of its own.");
        foreach (var debt in declared.Emergency.Debts)
        {
            if (debt.ReviewDueAt <= turn.At && !string.Equals(debt.RequestId, request.Id, StringComparison.Ordinal))
            {
                return new Refusal(RefusalReason.EmergencyDebt, $"The review of your emergency {debt.RequestId} is overdue; an approver has to review it first.");
            }
        }

        var role = request.Role ?? request.Policy.DefaultRole;
        if (role is null && AskRules.NeedsRole(request.Policy, request.Ask.Kind)) return Field(RefusalReason.RoleRequired, "role", "The request names no role and the access group has no default role.");
        if (request.Ask.Kind == AccessKind.Role && request.Identity is null && request.Grants.Any(grant => grant.Identity is null))
        {
            return Field(RefusalReason.IdentityRequired, "identity", "No identity of yours on this platform is known.");
        }

        // The asked length: windows that cut the period do not hold an emergency, what an approver shortened stays short.
        var length = Periods.Asked(request.Ask, request.Policy.DefaultDuration, request.CreatedAt).Length;
        if (request.Period is { Fixed: true } set && set.Length < length) length = set.Length;
        if (request.Policy.MaxDuration < length) length = request.Policy.MaxDuration;
        var end = Periods.Add(turn.At, length);
        if (request.Policy.FreezeBlocksEmergency)
        {
            end = Windows.UsableUntil(turn.At, end, [], request.Policy.Freezes, request.Policy.TimeZone);
            if (end <= turn.At) return new Refusal(RefusalReason.EmergencyNotAllowed, "A freeze is in force that holds emergencies too.");
        }

        turn.State = request with
        {
            Phase = Phase.Provisioning,
            Level = 0,
            Role = role,
            Period = new Period(turn.At, end, Fixed: true),
            Emergency = new Emergency
            {
                Justification = declared.Justification,
                DeclaredAt = turn.At,
                ReviewDueAt = Periods.Add(turn.At, request.Policy.EmergencyReviewWithin),
                RecentlyDenied = declared.Emergency.RecentlyDenied,
            },
        };
        turn.Record(EventTypes.Request.EmergencyDeclared, declared.Justification);
        var approvers = Everyone(turn.State);
        turn.Notify(NoticeKind.EmergencyDeclared, approvers, turn.State.Requester, declared.Justification, by: declared.By);
        if (approvers.Count == 0) turn.Notify(NoticeKind.EmergencyDeclared, Audience.Administrators, declared.Justification, by: declared.By);
        return null;
    }

    private static Refusal? Ratified(Turn turn, Ratify ratify)
    {
        var request = turn.State;
        if (request.Emergency is not { Review: null } emergency) return Finished(request) ?? new Refusal(RefusalReason.ReviewNotOwed, "No review of an emergency is owed.");
        if (IsRequester(request, ratify)) return new Refusal(RefusalReason.SelfReview, "Nobody reviews their own emergency.");
        if (!MayAct(request, ratify)) return new Refusal(RefusalReason.NotAnApprover, "Only an approver of this request may review its emergency.");
        turn.State = request with { Emergency = emergency with { Review = ratify.Verdict, ReviewedBy = ratify.By, ReviewedAt = turn.At } };
        turn.Record(EventTypes.Request.EmergencyReviewed, ratify.Comment, reason: ratify.Verdict.ToString());
        turn.Notify(NoticeKind.EmergencyReviewed, request.Requester, ratify.Comment, by: ratify.By);
        turn.Notify(NoticeKind.EmergencyReviewed, Everyone(request), ratify.By, ratify.Comment, by: ratify.By);
        if (ratify.Verdict == EmergencyVerdict.Objected && HasAccess(turn.State.Phase))
        {
            End(turn, Outcome.Revoked, ratify.By);
            turn.Record(EventTypes.Request.Revoked, ratify.Comment);
            turn.Notify(NoticeKind.Revoked, request.Requester, ratify.Comment, by: ratify.By);
        }

        return null;
    }

    private static Refusal? NoticeReached(Turn turn, NoticeDelivered delivered)
    {
        if (delivered.Kind != NoticeKind.EmergencyDeclared || turn.State.Emergency is not { NoticeReachedAt: null } emergency || !Has(Everyone(turn.State), delivered.To)) return null;
        turn.State = turn.State with { Emergency = emergency with { NoticeReachedAt = turn.At } };
        turn.Record(EventTypes.Request.EmergencyNoticeDelivered);
        return null;
    }

    /// <summary>An approver of any level, as frozen and as the directory has it now.</summary>
    private static bool MayAct(AccessRequest request, PersonSignal signal)
    {
        if (!signal.Facts.Active) return false;
        foreach (var claim in signal.Facts.Seats)
        {
            foreach (var level in request.Levels)
            {
                if (level.Number == claim.Level && (Has(level.Approvers, claim.Person) || Has(level.EscalateTo, claim.Person))) return true;
            }
        }

        return false;
    }

    private static bool HasAccess(Phase phase) => phase is Phase.Scheduled or Phase.Provisioning or Phase.Active;
}
