using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;
using Xunit;

namespace AccessFunctions.Domain.Tests.Policy;

/// <summary>Asks of the past, put to policy as it is and as it would be.</summary>
public sealed class PolicyTrialTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 7, 12, 0, 0, TimeSpan.Zero);

    private static readonly AccessGroup Group = new()
    {
        Id = "analysts",
        Members = ["alice"],
        Resources = ["pg/*"],
        Rules = new Dictionary<AccessKind, AccessRule> { [AccessKind.Role] = new(Mode.Approve) },
        Levels = [new LevelPolicy { Approvers = ["bob"] }],
        DefaultRole = "reader",
        Roles = ["reader"],
        AllowEmergency = true,
    };

    private static readonly PastAsk Past = new(
        new Asker("alice", "alice", []), new Ask { Resources = ["pg/a"], Kind = AccessKind.Role, Justification = "quarter-end" }, Noon, "quarter-end", [new PlatformIdentity("pg", "alice")]);

    private static readonly People Directory = new People().Add("alice").Add("bob").Add("carol");

    private static PolicyDifference? Compare(AccessGroup? after, PastAsk? past = null, params AccessGroup[] others) =>
        PolicyTrial.Compare([Group, .. others], after is null ? others : [after, .. others], past ?? Past, Directory);

    [Fact]
    public void TheSameDocument_ChangesNothing() => Assert.Null(Compare(Group with { Name = "Analysts", Description = "other words" }));

    [Fact]
    public void WhatTheAskIsNotUnder_ChangesNothing()
    {
        var elsewhere = Past with { Ask = Past.Ask with { Resources = ["vault/x"] } };
        Assert.Null(Compare(Group with { MaxDuration = TimeSpan.FromHours(1) }, elsewhere));
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public void AChange_IsNamed(string name, PolicyAspect[] aspects)
    {
        var after = name switch
        {
            "longest" => Group with { MaxDuration = TimeSpan.FromHours(2) },
            "emergency" => Group with { AllowEmergency = false },
            "deciders" => Group with { Levels = [new LevelPolicy { Approvers = ["bob"] }, new LevelPolicy { Approvers = ["carol"] }] },
            "counts" => Group with { Levels = [new LevelPolicy { Approvers = ["bob", "carol"], ApprovalsRequired = 2 }] },
            "period" => Group with { DefaultDuration = TimeSpan.FromHours(3) },
            "auto" => Group with { Rules = new Dictionary<AccessKind, AccessRule> { [AccessKind.Role] = new(Mode.Justify) } },
            _ => Group with { Members = ["bob"] },
        };
        Assert.Equal(aspects, Compare(after)!.Aspects);
    }

    public static TheoryData<string, PolicyAspect[]> Changes { get; } = new()
    {
        { "longest", [PolicyAspect.Longest] },
        { "emergency", [PolicyAspect.Emergency] },
        { "deciders", [PolicyAspect.Deciders] },
        { "counts", [PolicyAspect.Deciders] },
        { "period", [PolicyAspect.Period] },
        { "auto", [PolicyAspect.Mode, PolicyAspect.Deciders, PolicyAspect.Emergency] },
        { "members", [PolicyAspect.Taken] },
    };

    [Fact]
    public void Outcome_SaysWhoDecides_AndHowLong()
    {
        var outcome = PolicyTrial.Outcome([Group], Past, Directory);
        Assert.Null(outcome.Refusal);
        Assert.Equal(("analysts", Mode.Approve, TimeSpan.FromHours(8), true), (outcome.AccessGroup, outcome.Mode, outcome.Longest, outcome.Emergency));
        Assert.Equal([new TrialLevel(1, 1, ["bob"])], outcome.Levels);
        Assert.Equal(new Period(Noon, Noon.AddHours(1)), outcome.Period);
    }

    [Fact]
    public void AGroupThatIsGone_LeavesTheAskToAnother_OrToNone()
    {
        Assert.Equal(RefusalReason.NoRule, Compare(null)!.After.Refusal!.Reason);
        var other = Group with { Id = "others", Priority = 200, MaxDuration = TimeSpan.FromHours(1) };
        var difference = Compare(null, null, other);
        Assert.Equal([PolicyAspect.AccessGroup, PolicyAspect.Longest], difference!.Aspects);
        Assert.Equal(("analysts", "others"), (difference.Before.AccessGroup, difference.After.AccessGroup));
    }

    [Fact]
    public void ARefusal_ThatBecomesAnother_IsADifference_AndOneThatStays_IsNone()
    {
        var tooLong = Past with { Ask = Past.Ask with { Start = Noon, End = Noon.AddHours(10) } };
        Assert.Null(Compare(Group with { AllowEmergency = false }, tooLong));
        Assert.Equal([PolicyAspect.Taken], Compare(Group with { MaxDuration = TimeSpan.FromHours(4) }, tooLong)!.Aspects);
        var taken = Compare(Group with { MaxDuration = TimeSpan.FromHours(12) }, tooLong)!;
        Assert.Equal(RefusalReason.PeriodInvalid, taken.Before.Refusal!.Reason);
        Assert.Null(taken.After.Refusal);
    }

    [Fact]
    public void WindowsAndPeriods_AreReadAsOfThen()
    {
        var atOnce = Group with { Rules = new Dictionary<AccessKind, AccessRule> { [AccessKind.Role] = new(Mode.Justify) } };
        var nights = atOnce with { AccessWindows = [new Window { From = new TimeOnly(20, 0), To = new TimeOnly(6, 0) }] };
        Assert.Null(PolicyTrial.Compare([atOnce], [nights], Past with { At = Noon.AddHours(10) }, Directory));
        var difference = PolicyTrial.Compare([atOnce], [nights], Past, Directory)!;
        Assert.Equal([PolicyAspect.Period], difference.Aspects);
        Assert.Equal(Noon.AddHours(8), difference.After.Period!.Start);
    }

    [Fact]
    public void AnEarlierJustification_CountsWhereTheGroupLetsIt()
    {
        var reusing = Group with { ReasonReuse = TimeSpan.FromDays(1) };
        var past = Past with { Ask = Past.Ask with { Justification = null } };
        Assert.Equal(RefusalReason.InvalidAsk, PolicyTrial.Outcome([Group], past, Directory).Refusal!.Reason);
        Assert.Null(PolicyTrial.Outcome([reusing], past, Directory).Refusal);
    }
}
