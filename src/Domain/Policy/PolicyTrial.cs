using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Domain.Policy;

/// <summary>An ask that was made, to be put to other policy.</summary>
/// <param name="At">When it was made: windows and periods are read as of then.</param>
/// <param name="Justification">What counted as its justification, perhaps one given earlier.</param>
/// <param name="Identities">The asker's own on platforms.</param>
public sealed record PastAsk(Asker Asker, Ask Ask, DateTimeOffset At, string? Justification, IReadOnlyList<PlatformIdentity> Identities);

/// <summary>What policy answers to an ask.</summary>
/// <param name="Refusal">Why it would be refused; null: it would be taken, and the rest says how.</param>
public sealed record PolicyOutcome(Refusal? Refusal)
{
    /// <summary>The access group that applies; null where none does.</summary>
    public string? AccessGroup { get; init; }
    public Mode? Mode { get; init; }

    /// <summary>Who would decide, level by level; none where nobody is asked.</summary>
    public IReadOnlyList<TrialLevel> Levels { get; init; } = [];

    /// <summary>The longest that may be asked for.</summary>
    public TimeSpan? Longest { get; init; }

    /// <summary>When the access would run.</summary>
    public Period? Period { get; init; }

    /// <summary>True where approval may be skipped in an emergency.</summary>
    public bool Emergency { get; init; }
}

/// <summary>A level of a trial: how many decide, and who may.</summary>
public sealed record TrialLevel(int Approvals, int Denials, IReadOnlyList<string> People)
{
    public bool Equals(TrialLevel? other) => other is not null && Approvals == other.Approvals && Denials == other.Denials && People.SequenceEqual(other.People, StringComparer.Ordinal);

    public override int GetHashCode() => HashCode.Combine(Approvals, Denials, People.Count);
}

/// <summary>In what two outcomes differ.</summary>
public enum PolicyAspect { Taken, AccessGroup, Mode, Deciders, Longest, Period, Emergency }

/// <summary>What would be otherwise for one ask; <see cref="Aspects"/> has at least one.</summary>
public sealed record PolicyDifference(PolicyOutcome Before, PolicyOutcome After, IReadOnlyList<PolicyAspect> Aspects);

/// <summary>Puts asks of the past to policy as it is and as it would be. It decides by what decides on real asks; nothing is kept.</summary>
public static class PolicyTrial
{
    private const string TrialId = "trial";

    /// <summary>What would be otherwise; null: nothing.</summary>
    /// <param name="directory">Who is who, for both; so it makes no difference by itself.</param>
    public static PolicyDifference? Compare(IReadOnlyList<AccessGroup> before, IReadOnlyList<AccessGroup> after, PastAsk past, IApproverDirectory directory)
    {
        var (was, would) = (Outcome(before, past, directory), Outcome(after, past, directory));
        List<PolicyAspect> aspects = [.. Aspects(was, would)];
        return aspects.Count == 0 ? null : new PolicyDifference(was, would, aspects);
    }

    /// <summary>What policy answers to the ask.</summary>
    public static PolicyOutcome Outcome(IReadOnlyList<AccessGroup> groups, PastAsk past, IApproverDirectory directory)
    {
        var answer = PolicyMatch.Resolve(groups, past.Asker, past.Ask, past.At);
        if (answer is not { Policy: { } policy, Group: { } group }) return new PolicyOutcome(answer.Refusal);
        var submit = new Submit
        {
            Id = TrialId,
            RequestId = TrialId,
            By = past.Asker.Id,
            Channel = Channel.System,
            At = past.At,
            Ask = past.Ask,
            Policy = policy,
            Facts = new SubmitFacts
            {
                RequesterActive = true,
                Approvers = Approvers.Expand(policy.Levels, policy.AddManager, past.Asker.Id, directory),
                EscalateTo = Approvers.ExpandEscalation(policy.Levels, past.Asker.Id, directory),
                Identities = past.Identities,
                ReusableJustification = group.ReasonReuse is null ? null : past.Justification,
            },
        };
        var decision = Decider.Decide(null, submit);
        return new PolicyOutcome(decision.Refusal)
        {
            AccessGroup = policy.AccessGroup,
            Mode = policy.Mode,
            Levels = decision.State is not { } state || policy.Mode != Mode.Approve ? []
                : [.. state.Levels.Select(static level => new TrialLevel(level.ApprovalsRequired, level.DenialsRequired, level.Approvers))],
            Longest = policy.MaxDuration,
            Period = decision.State?.Period,
            Emergency = policy.AllowEmergency && policy.Mode == Mode.Approve,
        };
    }

    // What a refused ask would have been decided by is of no interest: one that is refused before and after differs by why alone.
    private static IEnumerable<PolicyAspect> Aspects(PolicyOutcome was, PolicyOutcome would)
    {
        if (was.Refusal is not null || would.Refusal is not null)
        {
            if (was.Refusal?.Reason != would.Refusal?.Reason || was.Refusal?.Detail != would.Refusal?.Detail) yield return PolicyAspect.Taken;
            yield break;
        }

        if (was.AccessGroup != would.AccessGroup) yield return PolicyAspect.AccessGroup;
        if (was.Mode != would.Mode) yield return PolicyAspect.Mode;
        if (!was.Levels.SequenceEqual(would.Levels)) yield return PolicyAspect.Deciders;
        if (was.Longest != would.Longest) yield return PolicyAspect.Longest;
        if (was.Period != would.Period) yield return PolicyAspect.Period;
        if (was.Emergency != would.Emergency) yield return PolicyAspect.Emergency;
    }
}
