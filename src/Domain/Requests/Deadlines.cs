using AccessFunctions.Domain.Policy;

namespace AccessFunctions.Domain.Requests;

/// <summary>What can fall due. At equal instants the earlier one here wins.</summary>
public enum Deadline
{
    Lapse,
    End,
    Start,
    Escalate,
    Remind,
    NoticeOverdue,
    ReviewOverdue,
    RemindFulfiller,
}

/// <summary>Reads deadlines off a request's state. They are never stored, so they cannot disagree with it.</summary>
public static class Deadlines
{
    /// <summary>Within this time an emergency's notice must have reached an approver.</summary>
    public static TimeSpan NoticeWithin { get; } = TimeSpan.FromMinutes(5);

    /// <summary>The earliest instant at which <see cref="DeadlineReached"/> would change something; null: none is awaited.</summary>
    public static DateTimeOffset? Next(AccessRequest request)
    {
        var next = Due(request)?.At;
        if (request.InFlight is not null || !Decider.RunsWork(request)) return next;
        for (var i = 0; i < request.Grants.Count; i++)
        {
            if (request.Grants[i].RetryAt is { } retry && (next is null || retry < next)) next = retry;
        }

        return next;
    }

    /// <summary>The earliest deadline that decides something, and when. Retries are not among them: they only let work go on.</summary>
    internal static (DateTimeOffset At, Deadline Deadline)? Due(AccessRequest request)
    {
        (DateTimeOffset At, Deadline Deadline)? due = null;
        switch (request.Phase)
        {
            case Phase.Open:
                Consider(Periods.Add(request.CreatedAt, request.Policy.LapseAfter), Deadline.Lapse);
                var level = request.Levels[request.Level - 1];
                if (level is { EscalateAfter: { } after, EscalatedAt: null, OpenedAt: { } opened }) Consider(Periods.Add(opened, after), Deadline.Escalate);
                if (request.Policy.RemindEvery is { } every && every > TimeSpan.Zero) Consider(Periods.Add(level.RemindedAt ?? level.OpenedAt!.Value, every), Deadline.Remind);
                break;
            case Phase.Scheduled:
                Consider(request.Period.Start, Deadline.Start);
                break;
            case Phase.Provisioning or Phase.Active:
                Consider(request.Period.End, Deadline.End);
                break;
            case Phase.Revoking or Phase.Closed or Phase.Denied:
                break;
        }

        if (request.Emergency is { Review: null } emergency)
        {
            if (emergency is { NoticeReachedAt: null, NoticeAlerted: false }) Consider(Periods.Add(emergency.DeclaredAt, NoticeWithin), Deadline.NoticeOverdue);
            if (!emergency.ReviewAlerted) Consider(emergency.ReviewDueAt, Deadline.ReviewOverdue);
        }

        for (var i = 0; i < request.Grants.Count; i++)
        {
            if (request.Grants[i] is { RemindAt: { } remind, State: GrantState.AwaitingFulfiller or GrantState.AwaitingRemoval }) Consider(remind, Deadline.RemindFulfiller);
        }

        return due;

        void Consider(DateTimeOffset at, Deadline deadline)
        {
            // The end of time is no deadline: it cannot be passed.
            if (at == DateTimeOffset.MaxValue) return;
            if (due is not { } best || at < best.At || (at == best.At && deadline < best.Deadline)) due = (at, deadline);
        }
    }
}
