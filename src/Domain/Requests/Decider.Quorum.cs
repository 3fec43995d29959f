using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Policy;

namespace AccessFunctions.Domain.Requests;

public static partial class Decider
{
    /// <summary>Opens a level, tells its approvers, and passes on where votes already there (a changer's own) fill it.</summary>
    private static void OpenLevel(Turn turn, int number)
    {
        var level = turn.State.Levels[number - 1] with { OpenedAt = turn.At, RemindedAt = null };
        turn.Change(level, deciding: number);
        if (!DenyIfLost(turn, null, null)) PassIfQuorum(turn);
        if (turn.State is not { Phase: Phase.Open } || turn.State.Level != number) return;
        TellUndecided(turn, NoticeKind.ReviewAsked, level);
    }

    /// <summary>Tells those approvers of a level whose seat is still free.</summary>
    private static void TellUndecided(Turn turn, NoticeKind kind, Level level, string? by = null)
    {
        for (var i = 0; i < level.Approvers.Count; i++)
        {
            if (!HasDecided(turn.State, level.Approvers[i])) turn.Notify(kind, level.Approvers[i], level: level.Number, by: by);
        }
    }

    /// <summary>What is asked became something else: every level is asked again, from the lowest; the changer's vote waits at its own.</summary>
    private static void Reopen(Turn turn, int changedAt)
    {
        var levels = turn.State.Levels.ToArray();
        turn.Record(EventTypes.Request.Changed, level: changedAt);
        foreach (var person in Told(turn.State))
        {
            if (!HasDecided(turn.State, person) && !Has(levels[0].Approvers, person)) turn.Notify(NoticeKind.Superseded, person, by: turn.Signal.By);
        }

        for (var i = 0; i < levels.Length; i++) levels[i] = levels[i] with { OpenedAt = null, RemindedAt = null };
        turn.State = turn.State with { Levels = levels };
        OpenLevel(turn, 1);
    }

    private static void PassIfQuorum(Turn turn)
    {
        var level = turn.State.Levels[turn.State.Level - 1];
        if (Count(turn.State, level.Number, Verdict.Approve) < level.ApprovalsRequired) return;
        turn.Record(EventTypes.Request.LevelPassed, level: level.Number);
        TellUndecided(turn, NoticeKind.Settled, level, by: turn.Signal.By);
        if (level.Number < turn.State.Levels.Count) OpenLevel(turn, level.Number + 1);
        else Schedule(turn);
    }

    /// <summary>The last level passed: the period takes its place in time, or nothing usable is left of it.</summary>
    private static void Schedule(Turn turn)
    {
        if (PeriodRules.Place(turn.State.Policy, turn.State.Period, turn.At) is not { } placed)
        {
            Lapse(turn);
            return;
        }

        turn.State = turn.State with { Phase = Phase.Scheduled, Level = 0, Period = placed, Settled = new Settlement(turn.Signal.By, turn.At) };
        turn.Record(EventTypes.Request.Scheduled);
        turn.Notify(placed.Start > turn.Signal.At ? NoticeKind.Scheduled : NoticeKind.Approved, turn.State.Requester, by: turn.Signal.By);
    }

    /// <summary>Denies where the denial quorum is there, or the approvals still possible no longer suffice (no silent deadlock).</summary>
    private static bool DenyIfLost(Turn turn, string? by, string? comment)
    {
        var level = turn.State.Levels[turn.State.Level - 1];
        var denied = Count(turn.State, level.Number, Verdict.Deny) >= level.DenialsRequired;
        if (!denied && Reachable(turn.State) == 0) return false;
        turn.State = turn.State with { Phase = Phase.Denied, Level = 0, ClosedAt = turn.At, Settled = new Settlement(turn.Signal.By, turn.At), Grants = NeverGranted(turn.State) };
        turn.Record(EventTypes.Request.Closed, level: level.Number, reason: denied ? "denial-quorum" : "approval-out-of-reach");
        turn.Notify(NoticeKind.Denied, turn.State.Requester, comment, by: by);
        turn.Notify(NoticeKind.Settled, Told(turn.State), by, by: by);
        return true;
    }

    /// <summary>0 where every seat still open, from the current level up, can be filled by a person of its own; else the first level that cannot.</summary>
    private static int Reachable(AccessRequest request)
    {
        var first = request.Level - 1;
        var demands = new SeatDemand[request.Levels.Count - first];
        for (var i = 0; i < demands.Length; i++)
        {
            var level = request.Levels[first + i];
            var missing = level.ApprovalsRequired - Count(request, level.Number, Verdict.Approve);
            demands[i] = missing > 0 ? new SeatDemand(missing, Undecided(request, level.Approvers)) : SeatDemand.None;
        }

        var unmet = SeatMatching.FirstUnmet(demands);
        return unmet < 0 ? 0 : first + unmet + 1;
    }

    /// <summary>The people of a list whose seat is still free; the list itself where that is all of them.</summary>
    private static IReadOnlyList<string> Undecided(AccessRequest request, IReadOnlyList<string> people)
    {
        List<string>? free = null;
        for (var i = 0; i < people.Count; i++)
        {
            if (!HasDecided(request, people[i])) free?.Add(people[i]);
            else free ??= [.. people.Take(i)];
        }

        return free ?? people;
    }

    private static int Count(AccessRequest request, int level, Verdict verdict)
    {
        var count = 0;
        for (var i = 0; i < request.Reviews.Count; i++)
        {
            var review = request.Reviews[i];
            if (review.Counted && review.Level == level && review.Verdict == verdict) count++;
        }

        return count;
    }

    /// <summary>True where the person or their seat is used up by a review that counts.</summary>
    private static bool HasDecided(AccessRequest request, string person)
    {
        for (var i = 0; i < request.Reviews.Count; i++)
        {
            var review = request.Reviews[i];
            if (review.Counted && (string.Equals(review.By, person, StringComparison.Ordinal) || string.Equals(review.Seat, person, StringComparison.Ordinal))) return true;
        }

        return false;
    }

    private static Grant[] NeverGranted(AccessRequest request) => [.. request.Grants.Select(grant => grant with { State = GrantState.Gone })];
}
