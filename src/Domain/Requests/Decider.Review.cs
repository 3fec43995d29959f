using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Policy;

namespace AccessFunctions.Domain.Requests;

public static partial class Decider
{
    private static Refusal? Approved(Turn turn, Approve approve)
    {
        if (Seat(turn.State, approve, approve.Revision, approve.Level, out var seat) is { } refusal) return refusal;
        var level = turn.State.Levels[turn.State.Level - 1];
        if (approve.Channel < level.MinimumAssurance)
        {
            return new Refusal(RefusalReason.AssuranceTooLow, $"Level {level.Number} takes approvals through {level.MinimumAssurance} or stronger; sign in to approve.");
        }

        if (Change(turn.State, approve, turn.At, out var changed) is { } unfit) return unfit;
        var raised = changed.Revision != turn.State.Revision;
        var reviews = WithReview(turn.State, approve, Verdict.Approve, seat, approve.Comment, changed.Revision, keepApprovals: !raised);
        changed = changed with { Reviews = reviews, Level = raised ? 1 : changed.Level };
        if (Reachable(changed) is > 0 and var starved)
        {
            return new Refusal(RefusalReason.NotYourLevel, $"Your approval is needed at level {starved}, which has nobody to spare; leave level {level.Number} to another approver.");
        }

        var before = turn.State.Reviews;
        turn.State = changed;
        turn.Record(EventTypes.Request.Approved, approve.Comment, level.Number);
        RecordSuperseded(turn, before);
        if (raised) Reopen(turn, level.Number);
        else PassIfQuorum(turn);
        return null;
    }

    private static Refusal? Denied(Turn turn, Deny deny)
    {
        if (Seat(turn.State, deny, deny.Revision, deny.Level, out var seat) is { } refusal) return refusal;
        if (deny.Channel >= Channel.EmailLink && string.IsNullOrWhiteSpace(deny.Comment))
        {
            return Field(RefusalReason.CommentRequired, "comment", "Say why: a denial needs a comment.");
        }

        var level = turn.State.Level;
        var before = turn.State.Reviews;
        turn.State = turn.State with { Reviews = WithReview(turn.State, deny, Verdict.Deny, seat, deny.Comment, turn.State.Revision, keepApprovals: true) };
        turn.Record(EventTypes.Request.Denied, deny.Comment, level);
        RecordSuperseded(turn, before);
        DenyIfLost(turn, deny.By, deny.Comment);
        return null;
    }

    private static Refusal? Cancelled(Turn turn, Cancel cancel)
    {
        if (Finished(turn.State) is { } finished) return finished;
        var own = IsRequester(turn.State, cancel);
        if (!own && cancel.Facts is not { Active: true, IsAdministrator: true }) return new Refusal(RefusalReason.NotTheRequester, "Only the requester or an administrator may cancel.");
        if (turn.State.Phase != Phase.Open) return new Refusal(RefusalReason.NotNow, "Only an open request can be cancelled; release or revoke the access instead.");
        Close(turn, Outcome.Cancelled, cancel.By);
        turn.Record(EventTypes.Request.Cancelled);
        if (!own) turn.Notify(NoticeKind.Cancelled, turn.State.Requester, by: cancel.By);
        turn.Notify(NoticeKind.Settled, Told(turn.State), cancel.By, by: cancel.By);
        return null;
    }

    /// <summary>Finds the seat an approver fills with this decision, or says why there is none.</summary>
    private static Refusal? Seat(AccessRequest request, PersonSignal signal, int revision, int? asked, out string seat)
    {
        seat = signal.By;
        if (Finished(request) is { } finished) return finished;
        if (signal.Channel == Channel.System) return new Refusal(RefusalReason.NotPermitted, "The host itself decides on nothing.");
        if (!signal.Facts.Active) return new Refusal(RefusalReason.NotActive, "The directory no longer lists you as active.");
        if (IsRequester(request, signal) && !request.Policy.AllowSelfApproval) return new Refusal(RefusalReason.SelfReview, "Nobody decides on their own request.");

        int here = 0, passed = 0, later = 0;
        string? stoodIn = null, held = null, filledBy = null;
        for (var i = 0; i < signal.Facts.Seats.Count; i++)
        {
            var claim = signal.Facts.Seats[i];

            // A requester who may decide does so on their own seat only: a stand-in may not be the requester.
            if (IsRequester(request, signal) && !string.Equals(claim.Person, signal.By, StringComparison.Ordinal)) continue;
            if (claim.Level < 1 || claim.Level > request.Levels.Count || !Has(request.Levels[claim.Level - 1].Approvers, claim.Person)) continue;
            if (claim.Level < request.Level) passed = claim.Level;
            else if (claim.Level > request.Level) later = claim.Level;
            else if (string.Equals(claim.Person, signal.By, StringComparison.Ordinal)) here = claim.Level;
            else if (CountedOn(request, claim.Person) is not { } taken) stoodIn ??= claim.Person;
            else if (string.Equals(taken.By, signal.By, StringComparison.Ordinal)) held = claim.Person;
            else filledBy = taken.By;
        }

        stoodIn = held ?? stoodIn;
        if (here == 0 && stoodIn is null && filledBy is null && passed == 0 && later == 0) return new Refusal(RefusalReason.NotAnApprover, "You are not an approver of this request.");
        if (request.Phase != Phase.Open) return Settled(request);
        if (here == 0 && stoodIn is null)
        {
            if (filledBy is not null) return new Refusal(RefusalReason.AlreadyDecided, $"This seat was filled by {filledBy}.");
            return passed > 0
                ? new Refusal(RefusalReason.AlreadySettled, $"Level {passed} was settled by {SettledBy(request, passed)}.")
                : new Refusal(RefusalReason.NotYourLevel, $"Level {request.Level} decides now; your level {later} is asked when it passed.");
        }

        if (here == 0 || held is not null) seat = stoodIn!;
        if (revision != request.Revision)
        {
            return new Refusal(RefusalReason.StaleRevision, $"The request changed: it is at revision {request.Revision}, you decided on {revision}. Look at it again.");
        }

        // A person of several levels: what was asked at one is not said at another.
        if (asked is { } level && level != request.Level)
        {
            return level < request.Level
                ? new Refusal(RefusalReason.AlreadySettled, $"Level {level} was settled by {SettledBy(request, level)}.")
                : new Refusal(RefusalReason.NotYourLevel, $"Level {request.Level} decides now; your level {level} is asked when it passed.");
        }

        var verdict = signal is Deny ? Verdict.Deny : Verdict.Approve;
        for (var i = 0; i < request.Reviews.Count; i++)
        {
            var review = request.Reviews[i];
            if (!review.Counted) continue;
            var mine = string.Equals(review.By, signal.By, StringComparison.Ordinal);
            var sameSeat = string.Equals(review.Seat, seat, StringComparison.Ordinal);
            if (mine && sameSeat && review.Level == request.Level && review.Verdict != verdict) continue; // replaced by its author
            if (mine || sameSeat)
            {
                return new Refusal(RefusalReason.AlreadyDecided, mine
                    ? $"You decided on this request already, at level {review.Level}; a person fills one seat."
                    : $"This seat was filled by {review.By}.");
            }
        }

        return null;
    }

    /// <summary>Applies what an approver changed: narrowing keeps the revision, anything else raises it (design, section 4, rule 3).</summary>
    private static Refusal? Change(AccessRequest request, Approve approve, DateTimeOffset at, out AccessRequest changed)
    {
        changed = request;
        var policy = request.Policy;
        var role = approve.Role ?? request.Role;
        if (approve.Role is not null && !Has(policy.Roles, approve.Role))
        {
            return Field(RefusalReason.RoleNotOffered, "role", $"The access group offers {string.Join(", ", policy.Roles)}.");
        }

        if (role is null && AskRules.NeedsRole(policy, request.Ask.Kind)) return Field(RefusalReason.RoleRequired, "role", $"Choose a role before you approve: {string.Join(", ", policy.Roles)}.");
        var identity = approve.Identity ?? request.Identity;
        if (IdentityUnfit(request, approve, identity) is { } unfit) return unfit;

        var before = Periods.Float(request.Period, at);
        var period = request.Period;
        var start = approve.Start is { } s && s != request.Period.Start ? s.ToUniversalTime() : before.Start;
        var end = approve.End is { } e && e != request.Period.End ? e.ToUniversalTime() : before.End;
        if (start < at && start != before.Start) start = at;
        if (start != before.Start || end != before.End)
        {
            if (!policy.ApproversMayChangePeriod) return new Refusal(RefusalReason.PeriodNotChangeable, "The access group does not let approvers change the period.");
            if (start < at) start = at;
            if (PeriodRules.Unfit(policy, start, end, at) is { } wrong) return wrong;
            period = new Period(start, end, Fixed: true);
            if (PeriodRules.Place(policy, period, at) is null) return new Refusal(RefusalReason.OutsideWindows, "No access window is open in this period; choose another.");
        }
        else if (before.End <= at)
        {
            return new Refusal(RefusalReason.PeriodPassed, "The period has passed; approve with a new one.");
        }

        var narrowed = start >= before.Start && end <= before.End
            && string.Equals(role, request.Role, StringComparison.Ordinal) && string.Equals(identity, request.Identity, StringComparison.Ordinal);
        if (!narrowed || !ReferenceEquals(period, request.Period)) changed = request with { Role = role, Identity = identity, Period = period, Revision = narrowed ? request.Revision : request.Revision + 1 };
        return null;
    }

    private static Refusal? IdentityUnfit(AccessRequest request, Approve approve, string? identity)
    {
        if (approve.Identity is { } chosen && !Has(request.Policy.Identities, chosen) && !IsRequestersOwn(request, approve, chosen))
        {
            return Field(RefusalReason.IdentityNotAllowed, "identity", "It is neither linked to the requester nor among the access group's identities.");
        }

        for (var i = 0; i < request.Grants.Count; i++)
        {
            var grant = request.Grants[i];
            if ((identity ?? grant.Identity) is not { } given)
            {
                if (request.Ask.Kind == AccessKind.Role) return Field(RefusalReason.IdentityRequired, "identity", $"Choose the identity that gets the role on {grant.Resource}.");
                continue;
            }

            if (!IsRequester(request, approve) && approve.Facts.Identities.Count > 0 && approve.Facts.Identities.Contains(new PlatformIdentity(Resources.PlatformOf(grant.Resource), given)))
            {
                return Field(RefusalReason.IdentityNotAllowed, "identity", "It is linked to you: nobody directs access to their own identity.");
            }
        }

        return null;
    }

    /// <summary>True where it is the requester's on the platform of every grant: the one that the grant would go to anyway, or another one.</summary>
    private static bool IsRequestersOwn(AccessRequest request, Approve approve, string identity) => request.Grants.All(grant =>
        string.Equals(grant.Identity, identity, StringComparison.Ordinal)
        || approve.RequesterIdentities?.Contains(new PlatformIdentity(Resources.PlatformOf(grant.Resource), identity)) == true);

    /// <summary>The reviews with one more; an earlier one by the same author gives way, and all approvals do where the content changed.</summary>
    private static Review[] WithReview(AccessRequest request, PersonSignal signal, Verdict verdict, string seat, string? comment, int revision, bool keepApprovals)
    {
        var reviews = new Review[request.Reviews.Count + 1];
        for (var i = 0; i < request.Reviews.Count; i++)
        {
            var review = request.Reviews[i];
            var superseded = review.Counted
                && ((!keepApprovals && review.Verdict == Verdict.Approve) || string.Equals(review.By, signal.By, StringComparison.Ordinal));
            reviews[i] = superseded ? review with { Counted = false } : review;
        }

        reviews[^1] = new Review
        {
            By = signal.By,
            Seat = seat,
            Verdict = verdict,
            Level = request.Level,
            Revision = revision,
            Channel = signal.Channel,
            At = signal.At,
            Comment = string.IsNullOrWhiteSpace(comment) ? null : comment,
            Counted = true,
        };
        return reviews;
    }

    /// <summary>One event for each level that lost votes by this decision: to their author's new one, or to a new revision.</summary>
    private static void RecordSuperseded(Turn turn, IReadOnlyList<Review> before)
    {
        var last = 0;
        for (var i = 0; i < before.Count; i++)
        {
            if (!before[i].Counted || turn.State.Reviews[i].Counted || before[i].Level == last) continue;
            last = before[i].Level;
            turn.Record(EventTypes.Request.ReviewSuperseded, level: last, reason: string.Equals(before[i].By, turn.Signal.By, StringComparison.Ordinal) ? "replaced" : "new-revision");
        }
    }

    private static Refusal? Finished(AccessRequest request) => request.Phase is Phase.Closed or Phase.Denied
        ? new Refusal(RefusalReason.NoActionsAvailable, $"There are no actions for a request that is {(request.Phase == Phase.Closed ? "closed" : "denied")}.")
        : null;

    private static Refusal Settled(AccessRequest request) => new(RefusalReason.AlreadySettled,
        request.Settled is { } settled ? $"Settled by {settled.By} at {settled.At:u}." : "The approval of this request is settled.");

    private static string SettledBy(AccessRequest request, int level)
    {
        var people = new List<string>();
        for (var i = 0; i < request.Reviews.Count; i++)
        {
            if (request.Reviews[i] is { Counted: true, Verdict: Verdict.Approve } review && review.Level == level) people.Add(review.By);
        }

        return string.Join(", ", people);
    }

    private static Refusal Field(RefusalReason reason, string field, string message) =>
        new(reason, message) { Errors = new Dictionary<string, IReadOnlyList<string>> { [field] = [message] } };

    private static Review? CountedOn(AccessRequest request, string seat)
    {
        for (var i = 0; i < request.Reviews.Count; i++)
        {
            var review = request.Reviews[i];
            if (review.Counted && string.Equals(review.Seat, seat, StringComparison.Ordinal)) return review;
        }

        return null;
    }

    private static bool IsRequester(AccessRequest request, Signal signal) => string.Equals(signal.By, request.Requester, StringComparison.Ordinal);

    private static bool Has(IReadOnlyList<string> list, string item)
    {
        for (var i = 0; i < list.Count; i++)
        {
            if (string.Equals(list[i], item, StringComparison.Ordinal)) return true;
        }

        return false;
    }
}
