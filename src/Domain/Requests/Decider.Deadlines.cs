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
            case Deadline.Escalate: Escalate(turn, turn.State.Level, SystemActors.Timer); break;
            case Deadline.Remind: Remind(turn); break;
            case Deadline.Start: Start(turn); break;
            case Deadline.End: Expire(turn); break;
            case Deadline.NoticeOverdue: NoticeOverdue(turn); break;
            case Deadline.ReviewOverdue: ReviewOverdue(turn); break;
            case Deadline.RemindFulfiller: RemindFulfillers(turn); break;
        }
    }

    /// <summary>A level's escalation list joins its approvers, once. A level above the current one hears of it when it opens.</summary>
    private static void Escalate(Turn turn, int number, string host)
    {
        var level = turn.State.Levels[number - 1];
        var joined = level.Approvers.ToList();
        foreach (var person in level.EscalateTo)
        {
            if (Has(joined, person)) continue;
            joined.Add(person);
            if (number == turn.State.Level && !HasDecided(turn.State, person)) turn.Notify(NoticeKind.Escalated, person, level: number);
        }

        turn.Change(level with { Approvers = joined, EscalatedAt = turn.At });
        turn.Record(EventTypes.Request.Escalated, level: number, host: host);
    }

    /// <summary>Reminders that fell due while the host was away are one reminder.</summary>
    private static void Remind(Turn turn)
    {
        var level = turn.State.Levels[turn.State.Level - 1];
        var every = turn.State.Policy.RemindEvery!.Value;
        var lapse = Periods.Add(turn.State.CreatedAt, turn.State.Policy.LapseAfter);
        var lapsed = lapse <= turn.Signal.At;

        // All those before the next escalation or lapse at once: a short interval and a long absence must not add up to endless steps.
        var until = lapsed ? lapse : turn.Signal.At;
        if (level is { EscalateAfter: { } after, EscalatedAt: null, OpenedAt: { } opened } && Periods.Add(opened, after) is var due && due < until) until = due;
        var reminded = Latest(turn.At, every, until);
        turn.Change(level with { RemindedAt = reminded });
        if (lapsed || Periods.Add(reminded, every) <= turn.Signal.At) return;
        TellUndecided(turn, NoticeKind.ReviewReminder, level);
        turn.Record(EventTypes.Request.Reminded, level: level.Number, host: SystemActors.Timer);
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
            turn.Record(EventTypes.Request.Scheduled, reason: "start-moved", host: SystemActors.Timer);
            turn.Notify(NoticeKind.Scheduled, turn.State.Requester);
            return;
        }

        turn.State = turn.State with { Phase = Phase.Provisioning, Period = placed };
        turn.Record(EventTypes.Request.Started, host: SystemActors.Timer);
    }

    private static void Expire(Turn turn)
    {
        if (turn.State.Phase == Phase.Provisioning && Tried(turn.State) is { } tried)
        {
            GiveUp(turn, tried.LastError ?? "The period ended before the access was there.");
            return;
        }

        End(turn, Outcome.Expired, SystemActors.Timer);
        turn.Record(EventTypes.Request.Expired, host: SystemActors.Timer);
        turn.Notify(NoticeKind.Expired, turn.State.Requester);
        turn.Notify(NoticeKind.Expired, Told(turn.State), turn.State.Requester);
    }

    private static void NoticeOverdue(Turn turn)
    {
        turn.State = turn.State with { Emergency = turn.State.Emergency! with { NoticeAlerted = true } };
        turn.Notify(NoticeKind.EmergencyNoticeUndelivered, Audience.Administrators);
        turn.Record(EventTypes.Request.EmergencyNoticeUndelivered, host: SystemActors.Timer, succeeded: false);
    }

    private static void ReviewOverdue(Turn turn)
    {
        turn.State = turn.State with { Emergency = turn.State.Emergency! with { ReviewAlerted = true } };
        turn.Notify(NoticeKind.EmergencyReviewOverdue, Audience.Administrators);
        turn.Notify(NoticeKind.EmergencyReviewOverdue, Everyone(turn.State), turn.State.Requester);
        turn.Record(EventTypes.Request.EmergencyReviewOverdue, host: SystemActors.Timer, succeeded: false);
    }

    private static void RemindFulfillers(Turn turn)
    {
        for (var i = 0; i < turn.State.Grants.Count; i++)
        {
            var grant = turn.State.Grants[i];
            if (grant.RemindAt is not { } due || due > turn.At) continue;
            turn.Change(i, grant with { RemindAt = Periods.Add(Latest(due, RemindFulfillersEvery, turn.Signal.At), RemindFulfillersEvery) });
            if (turn.State.Phase != Phase.Provisioning || turn.State.Period.End > turn.Signal.At) AskFulfillers(turn, grant);
            turn.Record(grant.State == GrantState.AwaitingRemoval ? EventTypes.Grant.RemovalAsked : EventTypes.Grant.FulfilmentAsked, reason: "reminder", grant: grant, host: SystemActors.Timer);
        }
    }

    /// <summary>The latest instant up to <paramref name="until"/> that lies a whole number of steps after <paramref name="from"/>; from itself where none does.</summary>
    private static DateTimeOffset Latest(DateTimeOffset from, TimeSpan step, DateTimeOffset until) =>
        until <= from ? from : from + (((until - from).Ticks / step.Ticks) * step);

    private static Refusal? PeopleChanged(Turn turn, DirectoryChanged changed)
    {
        var request = turn.State;
        var owed = request.Emergency is { Review: null };
        if (request.Phase is Phase.Denied || (request.Phase is Phase.Closed && !owed)) return null; // nobody decides here any more
        var shrunk = Shrink(request, changed, out var someoneLeft);
        if (someoneLeft) turn.State = request with { Levels = shrunk };
        if (!changed.RequesterActive && request.Phase is not (Phase.Revoking or Phase.Closed))
        {
            turn.Record(EventTypes.Request.DirectoryChanged, reason: "requester-left");
            if (request.Phase == Phase.Open) Close(turn, Outcome.Cancelled, changed.By);
            else End(turn, request.Phase == Phase.Scheduled ? Outcome.Cancelled : Outcome.Revoked, changed.By);
            turn.Record(request.Phase is Phase.Open or Phase.Scheduled ? EventTypes.Request.Cancelled : EventTypes.Request.Revoked, reason: "requester-left");
            turn.Notify(NoticeKind.Settled, Told(turn.State), request.Requester);
            return null;
        }

        if (!someoneLeft) return null;
        turn.Record(EventTypes.Request.DirectoryChanged, reason: "approver-left");
        TellStandIns(turn, request);
        if (request.Phase != Phase.Open) return null;
        while (Reachable(turn.State) is > 0 and var starved && Escalatable(turn.State, starved) is > 0 and var number) Escalate(turn, number, changed.By);
        DenyIfLost(turn, null, null);
        return null;
    }

    /// <summary>Whoever took a seat that somebody still waits for hears of it: at the level that decides, or where an emergency's review is owed.</summary>
    private static void TellStandIns(Turn turn, AccessRequest before)
    {
        for (var i = 0; i < turn.State.Levels.Count; i++)
        {
            var level = turn.State.Levels[i];
            if ((level.Handovers?.Count ?? 0) == (before.Levels[i].Handovers?.Count ?? 0)) continue;
            for (var h = before.Levels[i].Handovers?.Count ?? 0; h < level.Handovers!.Count; h++)
            {
                var standIn = level.Handovers[h].To;
                turn.Record(EventTypes.Request.ReviewHandedOver, level: level.Number, reason: "approver-left");
                if (turn.State.Phase == Phase.Open && level.Number == turn.State.Level && !HasDecided(turn.State, standIn)) turn.Notify(NoticeKind.ReviewAsked, standIn, level: level.Number);
                else if (turn.State.Emergency is { Review: null }) turn.Notify(NoticeKind.EmergencyDeclared, standIn, level: level.Number);
            }
        }
    }

    /// <summary>The level whose escalation may fill what a starved one lacks: itself, else one below that competes for the same people; 0 where none is left.</summary>
    private static int Escalatable(AccessRequest request, int starved)
    {
        for (var number = starved; number >= request.Level; number--)
        {
            if (request.Levels[number - 1] is { EscalatedAt: null, EscalateTo.Count: > 0 }) return number;
        }

        return 0;
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
            var still = new List<string>(level.Approvers.Count);
            var handovers = level.Handovers;
            foreach (var person in level.Approvers)
            {
                if (Has(approvers, person) || (level.EscalatedAt is not null && Has(escalateTo, person))) still.Add(person);
                else if (StandIn(request, changed, person) is { } standIn && !Has(still, standIn) && !Has(level.Approvers, standIn))
                {
                    still.Add(standIn);
                    handovers = [.. handovers ?? [], new Handover(person, standIn)];
                }
            }

            string[] stillEscalating = [.. level.EscalateTo.Where(person => Has(escalateTo, person))];
            someoneLeft |= !level.Approvers.SequenceEqual(still, StringComparer.Ordinal) || stillEscalating.Length < level.EscalateTo.Count;
            levels[i] = level with { Approvers = still, EscalateTo = stillEscalating, Handovers = handovers };
        }

        return levels;
    }

    /// <summary>Who takes the open seat of somebody who left; never the requester. Who has a seat at the level already fills that alone.</summary>
    private static string? StandIn(AccessRequest request, DirectoryChanged changed, string person)
    {
        // A seat that was filled, or that nobody waits for any more, is not handed on.
        var open = request.Phase == Phase.Open ? CountedOn(request, person) is null : request.Emergency is { Review: null };
        if (!open) return null;
        foreach (var handover in changed.Handovers ?? [])
        {
            if (string.Equals(handover.From, person, StringComparison.Ordinal)) return string.Equals(handover.To, request.Requester, StringComparison.Ordinal) ? null : handover.To;
        }

        return null;
    }
}
