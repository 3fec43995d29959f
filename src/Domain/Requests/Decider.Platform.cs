using System.Diagnostics;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Policy;

namespace AccessFunctions.Domain.Requests;

public static partial class Decider
{
    /// <summary>A grant is tried this often before it is given up and undone.</summary>
    public const int MostProvisionAttempts = 10;

    /// <summary>Administrators are alerted after this many failures in a row to remove a grant.</summary>
    public const int AlertAfterFailures = 3;

    private static readonly TimeSpan FirstBackOff = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestBackOff = TimeSpan.FromMinutes(5);

    /// <summary>True in the phases whose grants are being worked on.</summary>
    internal static bool RunsWork(AccessRequest request) => request.Phase is Phase.Provisioning or Phase.Revoking || request is { Phase: Phase.Active, Extension: not null };

    /// <summary>How long to wait after so many failures in a row: doubling from two seconds to five minutes.</summary>
    public static TimeSpan BackOff(int failures) => failures >= 9 ? LongestBackOff : TimeSpan.FromTicks(Math.Min(FirstBackOff.Ticks << Math.Max(0, failures - 1), LongestBackOff.Ticks));

    /// <summary>Issues the next platform effect, where none runs and one is due: one attempt at a time in a request.</summary>
    private static void IssueWork(Turn turn)
    {
        var request = turn.State;
        if (request.InFlight is not null || !RunsWork(request)) return;
        if (request is { Phase: Phase.Active, Extension: { } extension })
        {
            Issue(turn, Work.Extend, extension.Done, extension.End);
            return;
        }

        for (var i = 0; i < request.Grants.Count; i++)
        {
            var grant = request.Grants[i];
            if (grant.RetryAt is { } retry && retry > turn.At) continue;
            Work? work = (request.Phase, grant.State) switch
            {
                (Phase.Provisioning, GrantState.Pending or GrantState.Attempted) => Work.Provision,
                (Phase.Revoking, GrantState.Attempted or GrantState.Granted or GrantState.AlreadyHeld or GrantState.AwaitingFulfiller) => Work.Revoke,
                (Phase.Revoking, GrantState.Removed) => Work.ReadBack,
                _ => null,
            };
            if (work is not { } next) continue;
            Issue(turn, next, i);
            return;
        }
    }

    private static void Issue(Turn turn, Work work, int index, DateTimeOffset? end = null)
    {
        var grant = turn.State.Grants[index];
        var attempted = grant with
        {
            Attempts = grant.Attempts + 1,
            RetryAt = null,
            State = work == Work.Provision ? GrantState.Attempted : grant.State,
        };
        turn.Change(index, attempted, new InFlight(work, grant.Id, attempted.Attempts));
        turn.Issue(work, attempted, attempted.Attempts, end);
        if (work == Work.Provision) turn.Record(EventTypes.Grant.ProvisionStarted, grant: attempted, host: SystemActors.Runner);
        if (work == Work.Revoke) turn.Record(EventTypes.Grant.RevokeStarted, grant: attempted, host: SystemActors.Runner);
    }

    /// <summary>Moves the phase on where every grant has got there.</summary>
    private static void Settle(Turn turn)
    {
        var request = turn.State;
        if (request.Phase == Phase.Provisioning && All(request, GrantState.Granted, GrantState.AlreadyHeld))
        {
            turn.Move(Phase.Active);
            turn.Notify(NoticeKind.Active, request.Requester);
        }
        else if (request.Phase == Phase.Revoking && All(request, GrantState.Gone, GrantState.Gone))
        {
            turn.Move(Phase.Closed);
            turn.Record(EventTypes.Request.Closed, host: SystemActors.Runner);
        }
    }

    private static Refusal? EffectEnded(Turn turn, EffectOutcome outcome)
    {
        var request = turn.State;
        var awaited = request.InFlight is { } running && running.Attempt == outcome.Attempt && string.Equals(running.GrantId, outcome.GrantId, StringComparison.Ordinal) && Reports(outcome, running.Work);
        if (Find(request, outcome.GrantId) is not (var index and >= 0)) return new Refusal(RefusalReason.NotFound, "The request has no such grant.");
        if (!awaited)
        {
            return outcome is ProvisionSucceeded late && request.Phase is Phase.Provisioning or Phase.Active or Phase.Revoking or Phase.Closed
                ? Resurfaced(turn, late, index)
                : new Refusal(RefusalReason.NotNow, "No such attempt is awaited.");
        }

        switch (outcome)
        {
            case ProvisionSucceeded done: Provisioned(turn, done, index); break;
            case ProvisionFailed failed: ProvisionMissed(turn, failed, index); break;
            case ProvisionAwaitsPerson waits: FulfilmentAwaited(turn, waits, index); break;
            case ExtendSucceeded: GrantExtended(turn, index); break;
            case ExtendFailed failed: ExtensionMissed(turn, failed, index); break;
            case RevokeSucceeded: Removed(turn, index); break;
            case RevokeFailed failed: RemovalMissed(turn, index, failed.Error, EventTypes.Grant.RevokeFailed); break;
            case ReadBack look: LookedBack(turn, look, index); break;
            default: throw new UnreachableException($"An outcome without an answer: {outcome.GetType().Name}.");
        }

        // The attempt is over; most answers changed the grant, and took it off with that.
        if (turn.State.InFlight is not null) turn.State = turn.State with { InFlight = null };
        return null;
    }

    private static bool Reports(EffectOutcome outcome, Work work) => work == outcome switch
    {
        ProvisionSucceeded or ProvisionFailed or ProvisionAwaitsPerson => Work.Provision,
        ExtendSucceeded or ExtendFailed => Work.Extend,
        RevokeSucceeded or RevokeFailed => Work.Revoke,
        ReadBack => Work.ReadBack,
        _ => throw new UnreachableException($"An outcome without its work: {outcome.GetType().Name}."),
    };

    private static void Provisioned(Turn turn, ProvisionSucceeded done, int index)
    {
        var grant = turn.State.Grants[index] with
        {
            State = done.AlreadyHeld is null ? GrantState.Granted : GrantState.AlreadyHeld,
            AlreadyHeld = done.AlreadyHeld,
            Login = done.Login,
            GrantedAt = turn.At,
            Failures = 0,
            LastError = null,
        };
        turn.Change(index, grant, running: null);
        turn.Record(EventTypes.Grant.Provisioned, done.AlreadyHeld, grant: grant, host: SystemActors.Runner);
    }

    /// <summary>A success nobody awaited any more: the access may be there, so it is removed and looked for again.</summary>
    private static Refusal? Resurfaced(Turn turn, ProvisionSucceeded late, int index)
    {
        var request = turn.State;
        var grant = request.Grants[index];
        var known = request.Phase is Phase.Provisioning or Phase.Active && grant.State is GrantState.Granted or GrantState.AlreadyHeld;
        var running = request.InFlight is { } work && string.Equals(work.GrantId, grant.Id, StringComparison.Ordinal);
        if (request.Phase == Phase.Closed) turn.State = request with { Phase = Phase.Revoking, ClosedAt = null };
        grant = known ? grant
            : running && request.Phase is Phase.Revoking ? grant with { Resurfaced = true }
            : grant with
            {
                State = late.AlreadyHeld is null ? GrantState.Granted : GrantState.AlreadyHeld,
                AlreadyHeld = late.AlreadyHeld,
                GrantedAt = grant.GrantedAt ?? turn.At,
                ProvenGoneAt = null,
                Proof = null,
                RetryAt = null,
            };
        turn.Change(index, grant with { Login = late.Login ?? grant.Login });
        turn.Record(EventTypes.Grant.Provisioned, late.AlreadyHeld, reason: "late", grant: grant, host: SystemActors.Runner);
        return null;
    }

    /// <summary>Access of a closed request is there again: only a look that proves it gone closes the request once more. Administrators are told.</summary>
    private static Refusal? Returned(Turn turn, AccessReturned found)
    {
        var request = turn.State;
        if (Find(request, found.GrantId) is not (var index and >= 0)) return new Refusal(RefusalReason.NotFound, "The request has no such grant.");
        var grant = request.Grants[index];
        if (request.Phase != Phase.Closed || grant is not { State: GrantState.Gone, GrantedAt: not null, ProvenGoneAt: not null, AlreadyHeld: null })
            return new Refusal(RefusalReason.NotNow, "This access was not proven gone.");
        turn.State = request with { Phase = Phase.Revoking, ClosedAt = null };
        grant = grant with { State = GrantState.Granted, ProvenGoneAt = null, Proof = null, RetryAt = null, Failures = 0, LastError = null };
        turn.Change(index, grant);
        turn.Record(EventTypes.Grant.Unexpected, found.Evidence, grant: grant, host: SystemActors.Reconciler);
        turn.Notify(NoticeKind.AccessReturned, Audience.Administrators, found.Evidence);
        return null;
    }

    private static void ProvisionMissed(Turn turn, ProvisionFailed failed, int index)
    {
        var grant = turn.State.Grants[index];
        turn.Record(EventTypes.Grant.ProvisionFailed, failed.Error, grant: grant, succeeded: false, host: SystemActors.Runner);

        // Access that is ending is undone whatever this attempt said; access that an earlier attempt's late success gave is there.
        if (turn.State.Phase != Phase.Provisioning || grant.State != GrantState.Attempted) return;
        grant = grant with { Failures = grant.Failures + 1, LastError = failed.Error };
        var givesUp = failed.Permanent || grant.Failures >= MostProvisionAttempts;
        turn.Change(index, grant with { RetryAt = givesUp ? null : Periods.Add(turn.At, BackOff(grant.Failures)) });
        if (grant.Failures == AlertAfterFailures) turn.Notify(NoticeKind.ProvisioningFailed, turn.State.Requester, failed.Error);
        if (givesUp) GiveUp(turn, failed.Error);
    }

    /// <summary>The access could not be given: what was done is undone, and the requester hears why.</summary>
    private static void GiveUp(Turn turn, string error)
    {
        End(turn, Outcome.Failed, SystemActors.Runner);
        turn.Record(EventTypes.Request.Failed, error, host: SystemActors.Runner, succeeded: false);
        turn.Notify(NoticeKind.Failed, turn.State.Requester, error);
        turn.Notify(NoticeKind.ProvisioningFailed, Audience.Administrators, error);
    }

    /// <summary>A grant that was tried and is not there; null where none was, as after an absence of the host over the whole period.</summary>
    private static Grant? Tried(AccessRequest request)
    {
        foreach (var grant in request.Grants)
        {
            if (grant.State is GrantState.Attempted or GrantState.AwaitingFulfiller) return grant;
        }

        return null;
    }

    private static void FulfilmentAwaited(Turn turn, ProvisionAwaitsPerson waits, int index)
    {
        var grant = turn.State.Grants[index] with { Fulfillers = waits.Fulfillers, Failures = 0, LastError = null };
        var asks = turn.State.Phase == Phase.Provisioning && grant.State == GrantState.Attempted;
        if (asks) grant = grant with { State = GrantState.AwaitingFulfiller, RemindAt = Periods.Add(turn.At, RemindFulfillersEvery) };
        turn.Change(index, grant);
        turn.Record(EventTypes.Grant.FulfilmentAsked, reason: asks ? null : "no-longer-needed", grant: grant, succeeded: asks, host: SystemActors.Runner);
        if (asks) AskFulfillers(turn, grant);
    }

    private static void AskFulfillers(Turn turn, Grant grant)
    {
        var kind = grant.State == GrantState.AwaitingRemoval ? NoticeKind.RemovalAsked : NoticeKind.FulfilmentAsked;
        turn.Notify(kind, grant.Fulfillers, turn.State.Requester, grant.Resource);
        if (grant.Fulfillers.All(person => string.Equals(person, turn.State.Requester, StringComparison.Ordinal))) turn.Notify(kind, Audience.Administrators, grant.Resource);
    }

    private static void GrantExtended(Turn turn, int index)
    {
        if (turn.State.Extension is not { } extension)
        {
            turn.Record(EventTypes.Request.ExtendFailed, reason: "ended-meanwhile", grant: turn.State.Grants[index], succeeded: false, host: SystemActors.Runner);
            return;
        }

        var done = extension.Done + 1;
        if (done < turn.State.Grants.Count)
        {
            turn.State = turn.State with { Extension = extension with { Done = done } };
            turn.Record(EventTypes.Request.Extended, reason: "others-to-follow", grant: turn.State.Grants[index], host: SystemActors.Runner);
            return;
        }

        var request = turn.State;
        turn.State = request with { Extension = null, OriginalEnd = request.OriginalEnd ?? request.Period.End, Period = request.Period with { End = extension.End } };
        turn.Record(EventTypes.Request.Extended, grant: turn.State.Grants[index], host: SystemActors.Runner);
        turn.Notify(NoticeKind.Extended, request.Requester);
        turn.Notify(NoticeKind.Extended, Told(request), request.Requester);
    }

    private static void ExtensionMissed(Turn turn, ExtendFailed failed, int index)
    {
        var asked = turn.State.Extension is not null;
        turn.State = turn.State with { Extension = null };
        turn.Record(EventTypes.Request.ExtendFailed, failed.Error, grant: turn.State.Grants[index], succeeded: false, host: SystemActors.Runner);
        if (asked) turn.Notify(NoticeKind.ExtendFailed, turn.State.Requester, failed.Error);
    }

    private static void Removed(Turn turn, int index)
    {
        var grant = turn.State.Grants[index];
        grant = grant with { State = grant.Resurfaced ? GrantState.Granted : GrantState.Removed, Resurfaced = false, RevokedAt = grant.RevokedAt ?? turn.At };
        turn.Change(index, grant, running: null);
        turn.Record(EventTypes.Grant.Removed, grant: grant, host: SystemActors.Runner);
    }

    private static void LookedBack(Turn turn, ReadBack look, int index)
    {
        var grant = turn.State.Grants[index];
        if (grant.Resurfaced)
        {
            turn.Change(index, grant with { State = GrantState.Granted, Resurfaced = false });
            turn.Record(EventTypes.Grant.ReadBack, look.Proof, reason: "superseded", grant: grant, host: SystemActors.Runner);
            return;
        }

        switch (look.Finding)
        {
            case Finding.Gone:
                grant = grant with { State = GrantState.Gone, ProvenGoneAt = turn.At, Proof = look.Proof, Failures = 0, LastError = null };
                turn.Change(index, grant, running: null);
                turn.Record(EventTypes.Grant.ProvenGone, look.Proof, grant: grant, host: SystemActors.Runner);
                break;
            case Finding.AwaitsPerson:
                grant = grant with { State = GrantState.AwaitingRemoval, Proof = look.Proof, Fulfillers = look.Fulfillers, RemindAt = Periods.Add(turn.At, RemindFulfillersEvery), Failures = 0 };
                turn.Change(index, grant);
                turn.Record(EventTypes.Grant.RemovalAsked, look.Proof, grant: grant, host: SystemActors.Runner);
                AskFulfillers(turn, grant);
                break;
            default: // still there, or a look that says nothing: remove again
                turn.Change(index, grant with { State = GrantState.Granted });
                RemovalMissed(turn, index, look.Proof, EventTypes.Grant.ReadBack);
                break;
        }
    }

    /// <summary>A removal that failed, or that a look disproved, is tried again for ever, with capped back-off.</summary>
    private static void RemovalMissed(Turn turn, int index, string error, string type)
    {
        var grant = turn.State.Grants[index];
        grant = grant with { Failures = grant.Failures + 1, LastError = error, Resurfaced = false };
        turn.Change(index, grant with { RetryAt = Periods.Add(turn.At, BackOff(grant.Failures)) });
        turn.Record(type, error, grant: grant, succeeded: false, host: SystemActors.Runner);
        if (grant.Failures != AlertAfterFailures) return;
        turn.Notify(NoticeKind.RevocationFailing, Audience.Administrators, error);
        turn.Record(EventTypes.Grant.RevocationFailing, error, grant: grant, succeeded: false, host: SystemActors.Runner);
    }

    private static Refusal? DoneConfirmed(Turn turn, ConfirmDone done)
    {
        if (Fulfils(turn.State, done, done.GrantId, GrantState.AwaitingFulfiller, out var index) is { } refusal) return refusal;
        var grant = turn.State.Grants[index] with { State = GrantState.Granted, GrantedAt = turn.At, RemindAt = null };
        turn.Change(index, grant);
        turn.Record(EventTypes.Grant.Fulfilled, done.Comment, grant: grant);
        return null;
    }

    private static Refusal? RemovalConfirmed(Turn turn, ConfirmRemoved removed)
    {
        if (Fulfils(turn.State, removed, removed.GrantId, GrantState.AwaitingRemoval, out var index) is { } refusal) return refusal;
        var grant = turn.State.Grants[index];
        // A fulfiller's word is the proof of what people give by hand; of a secret that nobody can test it is not.
        var proven = turn.State.Ask.Kind == AccessKind.Other ? turn.At : (DateTimeOffset?)null;
        grant = grant with { State = GrantState.Gone, ProvenGoneAt = proven, Proof = $"{grant.Proof}; removal confirmed by {removed.By}", RemindAt = null };
        turn.Change(index, grant);
        turn.Record(EventTypes.Grant.RemovalConfirmed, removed.Comment, grant: grant);
        return null;
    }

    private static Refusal? Fulfils(AccessRequest request, PersonSignal signal, string grantId, GrantState awaited, out int index)
    {
        index = Find(request, grantId);
        if (Finished(request) is { } finished) return finished;
        if (index < 0) return new Refusal(RefusalReason.NotFound, "The request has no such grant.");
        if (IsRequester(request, signal)) return new Refusal(RefusalReason.SelfReview, "Nobody confirms their own access.");
        if (!signal.Facts.Active || !(signal.Facts.IsAdministrator || Has(request.Grants[index].Fulfillers, signal.By)))
        {
            return new Refusal(RefusalReason.NotPermitted, "Only a named fulfiller or an administrator may confirm.");
        }

        return request.Grants[index].State == awaited ? null : new Refusal(RefusalReason.NotNow, "Nothing of this grant awaits a confirmation now.");
    }

    private static int Find(AccessRequest request, string grantId)
    {
        for (var i = 0; i < request.Grants.Count; i++)
        {
            if (string.Equals(request.Grants[i].Id, grantId, StringComparison.Ordinal)) return i;
        }

        return -1;
    }

    private static bool All(AccessRequest request, GrantState one, GrantState other)
    {
        for (var i = 0; i < request.Grants.Count; i++)
        {
            if (request.Grants[i].State != one && request.Grants[i].State != other) return false;
        }

        return true;
    }
}
