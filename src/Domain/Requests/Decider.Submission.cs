using System.Globalization;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Policy;

namespace AccessFunctions.Domain.Requests;

public static partial class Decider
{
    private static Decision Submitted(Submit submit)
    {
        var (ask, policy, facts) = (submit.Ask, submit.Policy, submit.Facts);
        if (!facts.RequesterActive) return Refused(submit, new Refusal(RefusalReason.NotActive, "The directory no longer lists you as active."));
        if (AskRules.Check(policy, ask, facts, submit.At) is { } refusal) return Refused(submit, refusal);

        var role = ask.Role ?? (policy.Mode == Mode.Approve ? null : policy.DefaultRole);
        var asked = Periods.Asked(ask, policy.DefaultDuration, submit.At);
        if (PeriodRules.Place(policy, asked, submit.At) is not { } placed)
        {
            return Refused(submit, new Refusal(RefusalReason.OutsideWindows, $"No access window is open for this period within {Duration.Format(policy.MaxAdvance)}."));
        }

        var levels = Frozen(submit);
        if (policy.Mode == Mode.Approve && (levels.Length == 0 || SeatMatching.FirstUnmet(Demands(levels)) >= 0))
        {
            return Refused(submit, new Refusal(RefusalReason.Unsolvable, "The access group has too few approvers besides you; tell an administrator."));
        }

        var state = new AccessRequest
        {
            Id = submit.RequestId,
            Phase = policy.Mode == Mode.Approve ? Phase.Open : Phase.Scheduled,
            Sequence = 0,
            Requester = submit.By,
            Ask = ask,
            Role = role,
            Justification = string.IsNullOrWhiteSpace(ask.Justification) ? facts.ReusableJustification : ask.Justification,
            Period = policy.Mode == Mode.Approve ? asked : placed,
            Policy = policy,
            Change = facts.Change,
            Levels = levels,
            Grants = Planned(submit),
            CreatedAt = submit.At,
            ChangedAt = submit.At,
        };
        var turn = new Turn(state, submit, created: true);
        turn.Record(EventTypes.Request.Submitted, state.Justification);
        if (policy.Mode == Mode.Approve)
        {
            OpenLevel(turn, 1);
        }
        else
        {
            turn.Record(EventTypes.Request.Scheduled, host: SystemActors.Timer);
            turn.Notify(NoticeKind.Informed, Everyone(state), state.Requester);
        }

        CatchUp(turn);
        IssueWork(turn);
        return Finish(turn, null);
    }

    /// <summary>A submission that was refused leaves no request; the event goes where the host keeps events without one.</summary>
    private static Decision Refused(Submit submit, Refusal refusal) => new(null, [], [new AuditEvent
    {
        Type = EventTypes.Request.Refused,
        At = submit.At,
        Actor = submit.By,
        Channel = submit.Channel.ToString(),
        Succeeded = false,
        SignalId = submit.Id,
        Requester = submit.By,
        Reason = refusal.Reason.ToString(),
        Kind = submit.Ask.Kind.ToString(),
        Resource = submit.Ask.Resources is [var only] ? only : null,
        Detail = new AuditDetail { Address = submit.Address, Text = refusal.Detail },
    }], refusal);

    /// <summary>The levels with their people; the requester is not among them unless the group allows self-approval.</summary>
    private static Level[] Frozen(Submit submit)
    {
        var levels = new Level[submit.Policy.Levels.Count];
        for (var i = 0; i < levels.Length; i++)
        {
            var rule = submit.Policy.Levels[i];
            levels[i] = new Level
            {
                Number = i + 1,
                Approvers = Others(i < submit.Facts.Approvers.Count ? submit.Facts.Approvers[i] : []),
                EscalateTo = Others(i < submit.Facts.EscalateTo.Count ? submit.Facts.EscalateTo[i] : []),
                ApprovalsRequired = rule.ApprovalsRequired,
                DenialsRequired = rule.DenialsRequired,
                EscalateAfter = rule.EscalateAfter,
                MinimumAssurance = Strongest(rule.MinimumAssurance),
            };
        }

        return levels;

        // Who approves a change has the whole of it before them, which only pages show; a reply and a reaction may still deny it.
        Channel Strongest(Channel written) => submit.Facts.Change is not null && written < Channel.EmailLink ? Channel.EmailLink : written;

        IReadOnlyList<string> Others(IReadOnlyList<string> people)
        {
            if (people.Count == 0) return [];
            var others = new List<string>(people.Count);
            Add(others, people, except: submit.Policy.AllowSelfApproval ? null : submit.By);
            return others;
        }
    }

    private static Grant[] Planned(Submit submit)
    {
        var grants = new Grant[submit.Ask.Resources.Count];
        for (var i = 0; i < grants.Length; i++)
        {
            var resource = submit.Ask.Resources[i];
            grants[i] = new Grant
            {
                Id = string.Create(CultureInfo.InvariantCulture, $"{submit.RequestId}.{i + 1}"),
                Resource = resource,
                State = GrantState.Pending,
                Identity = submit.Facts.Identities.Count > 0 ? IdentityOn(Resources.PlatformOf(resource), submit.Facts.Identities) : null,
            };
        }

        return grants;
    }

    private static string? IdentityOn(string platform, IReadOnlyList<PlatformIdentity> identities) =>
        identities.FirstOrDefault(identity => string.Equals(identity.Platform, platform, StringComparison.Ordinal))?.Name;

    /// <summary>Everyone on any level, escalation lists too, once.</summary>
    private static List<string> Everyone(AccessRequest request)
    {
        var people = new List<string>();
        for (var i = 0; i < request.Levels.Count; i++)
        {
            Add(people, request.Levels[i].Approvers);
            Add(people, request.Levels[i].EscalateTo);
        }

        return people;
    }

    /// <summary>Approvers who were told to act: those of levels that were opened, or all where nobody was asked.</summary>
    private static List<string> Told(AccessRequest request)
    {
        if (request.Emergency is not null || request.Policy.Mode != Mode.Approve) return Everyone(request);
        var people = new List<string>();
        for (var i = 0; i < request.Levels.Count; i++)
        {
            if (request.Levels[i].OpenedAt is not null) Add(people, request.Levels[i].Approvers);
        }

        return people;
    }

    /// <summary>Adds those of a list that are not there yet, but one.</summary>
    private static void Add(List<string> people, IReadOnlyList<string> more, string? except = null)
    {
        for (var i = 0; i < more.Count; i++)
        {
            if (!string.Equals(more[i], except, StringComparison.Ordinal) && !Has(people, more[i])) people.Add(more[i]);
        }
    }

    private static SeatDemand[] Demands(IReadOnlyList<Level> levels)
    {
        var demands = new SeatDemand[levels.Count];
        for (var i = 0; i < demands.Length; i++) demands[i] = new SeatDemand(levels[i].ApprovalsRequired, levels[i].Approvers);
        return demands;
    }
}
