using System.Diagnostics;
using AccessFunctions.Domain.Audit;

namespace AccessFunctions.Domain.Requests;

/// <summary>
/// Answers every signal in every phase (design, section 4). Total: an illegal signal is a refusal in the decision, never an exception.
/// Deadlines due by the signal's instant are applied first, in order of their due time, so that a late timer changes no outcome.
/// </summary>
public static partial class Decider
{
    /// <summary>How many answered signals a state remembers; older ones are the answer store's.</summary>
    public const int SeenLimit = 64;

    /// <summary>Decides one signal.</summary>
    /// <param name="request">The request as it is; null before submission.</param>
    /// <param name="signal">The signal, its instant stamped by the host.</param>
    public static Decision Decide(AccessRequest? request, Signal signal)
    {
        if (request is null)
        {
            return signal is Submit submit
                ? Submitted(submit)
                : new Decision(null, [], [], new Refusal(RefusalReason.NotFound, "There is no such request."));
        }

        for (var i = request.Seen.Count - 1; i >= 0; i--)
        {
            if (!string.Equals(request.Seen[i].Id, signal.Id, StringComparison.Ordinal) || !string.Equals(request.Seen[i].By, signal.By, StringComparison.Ordinal)) continue;
            var refused = request.Seen[i].Refused;
            return new Decision(request, [], [], refused is { } reason ? new Refusal(reason, "This signal was refused before.") : null, Repeated: true);
        }

        // A clock that went back must not reopen what is settled: time within a request only moves on.
        if (signal.At < request.ChangedAt) signal = signal with { At = request.ChangedAt };
        var turn = new Turn(request, signal);
        CatchUp(turn);
        var refusal = Apply(turn, signal);
        if (refusal is not null) turn.Record(EventTypes.Request.Refused, refusal.Detail, reason: refusal.Reason.ToString(), succeeded: false);
        Settle(turn);
        CatchUp(turn);
        IssueWork(turn);
        return Finish(turn, refusal);
    }

    private static Refusal? Apply(Turn turn, Signal signal) => signal switch
    {
        Submit => new Refusal(RefusalReason.AlreadySubmitted, "A request with this id exists already."),
        Approve approve => Approved(turn, approve),
        Deny deny => Denied(turn, deny),
        Cancel cancel => Cancelled(turn, cancel),
        DeclareEmergency emergency => EmergencyDeclared(turn, emergency),
        Ratify ratify => Ratified(turn, ratify),
        Revoke revoke => Revoked(turn, revoke),
        Release release => Released(turn, release),
        Extend extend => ExtensionAsked(turn, extend),
        SecretLooked look => LookedAtSecret(turn, look),
        RecordingViewed view => Viewed(turn, view),
        ConfirmDone done => DoneConfirmed(turn, done),
        ConfirmRemoved removed => RemovalConfirmed(turn, removed),
        EffectOutcome outcome => EffectEnded(turn, outcome),
        NoticeDelivered delivered => NoticeReached(turn, delivered),
        DirectoryChanged changed => PeopleChanged(turn, changed),
        AccessReturned found => Returned(turn, found),
        DeadlineReached => null,
        _ => throw new UnreachableException($"A signal without an answer: {signal.GetType().Name}."),
    };

    /// <summary>Applies what is due by the signal's instant, in order of due time; at equal instants the order of <see cref="Deadline"/>.</summary>
    private static void CatchUp(Turn turn)
    {
        while (Deadlines.Due(turn.State) is { } due && due.At <= turn.Signal.At)
        {
            turn.At = due.At;
            Reached(turn, due.Deadline);
            Settle(turn);
        }

        turn.At = turn.Signal.At;
    }

    private static Decision Finish(Turn turn, Refusal? refusal)
    {
        // The timer's own signals, and facts that change nothing, leave no trace where nothing was due.
        if (turn.Unchanged && turn.Signal is DeadlineReached or DirectoryChanged or NoticeDelivered) return new Decision(turn.State, [], [], Repeated: true);

        var seen = turn.State.Seen;
        if (turn.Signal is not DeadlineReached)
        {
            var kept = Math.Min(seen.Count, SeenLimit - 1);
            var next = new SeenSignal[kept + 1];
            for (var i = 0; i < kept; i++) next[i] = seen[seen.Count - kept + i];
            next[kept] = new SeenSignal(turn.Signal.Id, turn.Signal.By, turn.Sequence, refusal?.Reason);
            seen = next;
        }

        return new Decision(turn.Finished(seen), turn.Effects, turn.Events, refusal);
    }
}
