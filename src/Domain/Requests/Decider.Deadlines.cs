using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Policy;

namespace AccessFunctions.Domain.Requests;

public static partial class Decider
{
    /// <summary>A person who has to do something by hand is reminded this often.</summary>
    private static readonly TimeSpan RemindFulfillersEvery = TimeSpan.FromHours(24);

    /// <summary>Applies one deadline at its due time, <see cref="Turn.At"/>. Each changes the state so that it is no longer due.</summary>
    private static void Reached(Turn turn, Deadline deadline)
    {
        switch (deadline)
        {
            case Deadline.Lapse: Lapse(turn); break;
            case Deadline.Escalate: Escalate(turn); break;
            case Deadline.Remind: Remind(turn); break;
            case Deadline.Start: Start(turn); break;
            case Deadline.End: Expire(turn); break;
            case Deadline.NoticeOverdue: NoticeOverdue(turn); break;
            case Deadline.ReviewOverdue: ReviewOverdue(turn); break;
            case Deadline.RemindFulfiller: RemindFulfillers(turn); break;
        }
    }

    /// <summary>The level's escalation list joins its approvers, once.</summary>
    private static void Escalate(Turn turn)
    {
        var level = turn.State.Levels[turn.State.Level - 1];
        var joined = level.Approvers.ToList();
        foreach (var person in level.EscalateTo)
        {
            if (Has(joined, person)) continue;
            joined.Add(person);
            if (!HasDecided(turn.State, person)) turn.Notify(NoticeKind.Escalated, person, level: level.Number);
        }

        turn.Change(level with { Approvers = joined, EscalatedAt = turn.At });
        turn.Record(EventTypes.Request.Escalated, level: level.Number, byHost: true);
    }

    /// <summary>Reminders that fell due while the host was away are one reminder.</summary>
    private static void Remind(Turn turn)
    {
        var level = turn.State.Levels[turn.State.Level - 1];
        turn.Change(level with { RemindedAt = turn.At });
        if (turn.At + turn.State.Policy.RemindEvery!.Value <= turn.Signal.At) return;
        foreach (var approver in level.Approvers)
        {
            if (!HasDecided(turn.State, approver)) turn.Notify(NoticeKind.ReviewReminder, approver, level: level.Number);
        }

        turn.Record(EventTypes.Request.Reminded, level: level.Number, byHost: true);
    }

    /// <summary>Windows are looked at once more: a start that is not usable moves on, and stays scheduled.</summary>
    private static void Start(Turn turn)
    {
        if (PeriodRules.Place(turn.State.Policy, turn.State.Period, turn.At) is not { } placed)
        {
            Lapse(turn);
            return;
        }

        if (placed.Start > turn.At)
        {
            turn.State = turn.State with { Period = placed };
            return;
        }

        turn.State = turn.State with { Phase = Phase.Provisioning, Period = placed };
        turn.Record(EventTypes.Request.Started, byHost: true);
    }

    private static void Expire(Turn turn)
    {
        End(turn, Outcome.Expired, SystemActors.Timer);
        turn.Record(EventTypes.Request.Expired, byHost: true);
        turn.Notify(NoticeKind.Expired, turn.State.Requester);
        turn.Notify(NoticeKind.Expired, Told(turn.State), turn.State.Requester);
    }

    private static void NoticeOverdue(Turn turn)
    {
        turn.State = turn.State with { Emergency = turn.State.Emergency! with { NoticeAlerted = true } };
        turn.Notify(NoticeKind.EmergencyNoticeUndelivered, Audience.Administrators);
        turn.Record(EventTypes.Request.EmergencyNoticeUndelivered, byHost: true, succeeded: false);
    }

    private static void ReviewOverdue(Turn turn)
    {
        turn.State = turn.State with { Emergency = turn.State.Emergency! with { ReviewAlerted = true } };
        turn.Notify(NoticeKind.EmergencyReviewOverdue, Audience.Administrators);
        turn.Notify(NoticeKind.EmergencyReviewOverdue, Everyone(turn.State), turn.State.Requester);
        turn.Record(EventTypes.Request.EmergencyReviewOverdue, byHost: true, succeeded: false);
    }

    private static void RemindFulfillers(Turn turn)
    {
        for (var i = 0; i < turn.State.Grants.Count; i++)
        {
            var grant = turn.State.Grants[i];
            if (grant.RemindAt is not { } due || due > turn.At) continue;
            turn.Change(i, grant with { RemindAt = due + RemindFulfillersEvery });
            if (due + RemindFulfillersEvery > turn.Signal.At) AskFulfillers(turn, grant);
        }
    }

    private static Refusal? PeopleChanged(Turn turn, DirectoryChanged changed)
    {
        var request = turn.State;
        if (request.Phase is Phase.Closed or Phase.Denied) return null;
        var shrunk = Shrink(request, changed, out var someoneLeft);
        if (someoneLeft) turn.State = request with { Levels = shrunk };
        if (!changed.RequesterActive && request.Phase != Phase.Revoking)
        {
            turn.Record(EventTypes.Request.DirectoryChanged, reason: "requester-left");
            if (request.Phase == Phase.Open) Close(turn, Outcome.Cancelled, changed.By);
            else End(turn, request.Phase == Phase.Scheduled ? Outcome.Cancelled : Outcome.Revoked, changed.By);
            turn.Record(request.Phase is Phase.Open or Phase.Scheduled ? EventTypes.Request.Cancelled : EventTypes.Request.Revoked, reason: "requester-left");
            turn.Notify(NoticeKind.Settled, Told(request), request.Requester);
            return null;
        }

        if (!someoneLeft) return null;
        turn.Record(EventTypes.Request.DirectoryChanged, reason: "approver-left");
        if (request.Phase != Phase.Open) return null;
        var level = turn.State.Levels[turn.State.Level - 1];
        if (Reachable(turn.State) > 0 && level is { EscalatedAt: null, EscalateTo.Count: > 0 }) Escalate(turn);
        DenyIfLost(turn, null, null);
        return null;
    }

    private static Level[] Shrink(AccessRequest request, DirectoryChanged changed, out bool someoneLeft)
    {
        someoneLeft = false;
        var levels = new Level[request.Levels.Count];
        for (var i = 0; i < levels.Length; i++)
        {
            var level = request.Levels[i];
            IReadOnlyList<string> approvers = i < changed.Approvers.Count ? changed.Approvers[i] : [];
            IReadOnlyList<string> escalateTo = i < changed.EscalateTo.Count ? changed.EscalateTo[i] : [];
            string[] stillThere = [.. level.Approvers.Where(person => Has(approvers, person) || (level.EscalatedAt is not null && Has(escalateTo, person)))];
            string[] stillEscalating = [.. level.EscalateTo.Where(person => Has(escalateTo, person))];
            someoneLeft |= stillThere.Length < level.Approvers.Count || stillEscalating.Length < level.EscalateTo.Count;
            levels[i] = level with { Approvers = stillThere, EscalateTo = stillEscalating };
        }

        return levels;
    }
}
