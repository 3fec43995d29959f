using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Policy;

namespace AccessFunctions.Domain.Requests;

public static partial class Decider
{
    private static Refusal? Revoked(Turn turn, Revoke revoke)
    {
        var request = turn.State;
        if (Finished(request) is { } finished) return finished;
        if (!MayAct(request, revoke) && !(revoke.Facts is { Active: true, IsAdministrator: true }))
        {
            return new Refusal(RefusalReason.NotAnApprover, "Only an approver of this request or an administrator may revoke it.");
        }

        if (request.Phase == Phase.Revoking) return Settled(request);
        if (request.Phase == Phase.Open) return new Refusal(RefusalReason.NotNow, "There is no access yet; deny or cancel the request.");
        if (string.IsNullOrWhiteSpace(revoke.Comment)) return Field(RefusalReason.CommentRequired, "comment", "Say why: a revocation needs a comment.");
        End(turn, Outcome.Revoked, revoke.By);
        turn.Record(EventTypes.Request.Revoked, revoke.Comment);
        turn.Notify(NoticeKind.Revoked, request.Requester, revoke.Comment, by: revoke.By);
        turn.Notify(NoticeKind.Settled, Told(request), revoke.By, revoke.Comment, by: revoke.By);
        return null;
    }

    private static Refusal? Released(Turn turn, Release release)
    {
        var request = turn.State;
        if (Finished(request) is { } finished) return finished;
        if (!IsRequester(request, release)) return new Refusal(RefusalReason.NotTheRequester, "Only the requester may release; an approver revokes.");
        if (request.Phase == Phase.Revoking) return Settled(request);
        if (request.Phase == Phase.Open) return new Refusal(RefusalReason.NotNow, "There is no access yet; cancel the request.");
        End(turn, Outcome.Released, release.By);
        turn.Record(EventTypes.Request.Released);
        turn.Notify(NoticeKind.Released, Told(request), release.By, by: release.By);
        return null;
    }

    private static Refusal? ExtensionAsked(Turn turn, Extend extend)
    {
        var request = turn.State;
        if (Finished(request) is { } finished) return finished;
        if (!IsRequester(request, extend)) return new Refusal(RefusalReason.NotTheRequester, "Only the requester may extend.");
        if (!extend.Facts.Active) return new Refusal(RefusalReason.NotActive, "The directory no longer lists you as active.");
        if (request.Phase != Phase.Active) return new Refusal(RefusalReason.NotNow, "Only active access can be extended.");
        if (request.Emergency is not null) return new Refusal(RefusalReason.ExtensionNotAllowed, "Emergency access cannot be extended; ask again.");
        if (request.Policy.ExtendUpTo <= TimeSpan.Zero) return new Refusal(RefusalReason.ExtensionNotAllowed, "The access group does not allow extensions.");
        if (request.Extension is not null) return new Refusal(RefusalReason.NotNow, "An extension is under way.");

        var latest = Periods.Add(request.OriginalEnd ?? request.Period.End, request.Policy.ExtendUpTo);
        var longest = Periods.Add(request.Period.Start, request.Policy.MaxDuration);
        if (longest < latest) latest = longest;
        latest = PeriodRules.Place(request.Policy, request.Period with { End = latest, Fixed = true }, request.Period.Start)?.End ?? request.Period.End;
        if (extend.End <= request.Period.End) return Field(RefusalReason.PeriodInvalid, "end", $"It must be later than the present end, {request.Period.End:u}.");
        if (extend.End > latest) return Field(RefusalReason.PeriodInvalid, "end", $"This access may last until {latest:u} at the most.");

        turn.State = request with { Extension = new Extension(extend.End.ToUniversalTime(), 0) };
        turn.Record(EventTypes.Request.ExtensionAsked);
        return null;
    }

    private static Refusal? LookedAtSecret(Turn turn, SecretLooked look)
    {
        var request = turn.State;
        if (Finished(request) is { } finished) return finished;
        if (!IsRequester(request, look)) return new Refusal(RefusalReason.NotTheRequester, "Only the requester may see the secret.");
        if (!look.Facts.Active) return new Refusal(RefusalReason.NotActive, "The directory no longer lists you as active.");
        if (request.Phase != Phase.Active || turn.At >= request.Period.End) return new Refusal(RefusalReason.NotNow, "The secret is shown only while the access is active.");
        if (Find(request, look.GrantId) is not (var index and >= 0)) return new Refusal(RefusalReason.NotFound, "The request has no such grant.");
        turn.Record(EventTypes.Request.SecretLooked, grant: request.Grants[index]);
        return null;
    }

    private static Refusal? Viewed(Turn turn, RecordingViewed view)
    {
        var request = turn.State;
        if (Finished(request) is { } finished) return finished;
        if (!IsRequester(request, view)) return new Refusal(RefusalReason.NotTheRequester, "Only the requester may see the recording.");
        if (!view.Facts.Active) return new Refusal(RefusalReason.NotActive, "The directory no longer lists you as active.");
        if (request.Phase != Phase.Active || turn.At >= request.Period.End) return new Refusal(RefusalReason.NotNow, "The recording is shown only while the access is active.");
        if (Find(request, view.GrantId) is not (var index and >= 0)) return new Refusal(RefusalReason.NotFound, "The request has no such grant.");
        if (request.Grants[index].State is not (GrantState.Granted or GrantState.AlreadyHeld)) return new Refusal(RefusalReason.NotNow, "This recording is not given now.");
        turn.Record(EventTypes.Request.RecordingViewed, grant: request.Grants[index]);
        return null;
    }

    /// <summary>Access ends: from Scheduled at once, else it is taken away and proven gone.</summary>
    private static void End(Turn turn, Outcome outcome, string by)
    {
        if (turn.State.Phase == Phase.Scheduled)
        {
            Close(turn, outcome, by);
            return;
        }

        var grants = turn.State.Grants.ToArray();
        for (var i = 0; i < grants.Length; i++)
        {
            // A grant that was never tried has nothing to undo; one that was may have taken effect, whatever its outcome said.
            grants[i] = grants[i].State == GrantState.Pending
                ? grants[i] with { State = GrantState.Gone, RetryAt = null }
                : grants[i] with { Failures = 0, RetryAt = null, RemindAt = null };
        }

        turn.State = turn.State with { Phase = Phase.Revoking, Outcome = outcome, Extension = null, Grants = grants, Settled = new Settlement(by, turn.At) };
    }

    private static void Close(Turn turn, Outcome outcome, string by) => turn.State = turn.State with
    {
        Phase = Phase.Closed,
        Outcome = outcome,
        Level = 0,
        Settled = new Settlement(by, turn.At),
        ClosedAt = turn.At,
        Grants = NeverGranted(turn.State),
    };

    private static void Lapse(Turn turn)
    {
        Close(turn, Outcome.Lapsed, SystemActors.Timer);
        turn.Record(EventTypes.Request.Lapsed, host: SystemActors.Timer);
        turn.Notify(NoticeKind.Lapsed, turn.State.Requester);
        turn.Notify(NoticeKind.Lapsed, Told(turn.State), turn.State.Requester);
    }
}
