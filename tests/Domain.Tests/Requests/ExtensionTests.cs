using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;
using Xunit;

namespace AccessFunctions.Domain.Tests.Requests;

/// <summary>Access runs from minute 1 to 61; the group lets it grow by two hours.</summary>
public sealed class ExtensionTests
{
    [Fact]
    public void Extension_ReachesThePlatformFirst_AndTheOldEndHoldsUntilThen()
    {
        var story = Story.Active().Accepts(Given.Extend(10, end: 90)).Runs(Work.Extend);
        Assert.Equal(Given.At(90), story.Last.Effects.OfType<ExtendGrant>().Single().Order.End);
        Assert.Equal(Given.At(61), story.Request.Period.End);
        story.Platform(request => Given.Extended(request, 11)).Is(Phase.Active);
        Assert.Equal((Given.At(90), Given.At(61)), (story.Request.Period.End, story.Request.OriginalEnd));
        Assert.Equal("alice ben bob carol", story.Told(NoticeKind.Extended));
    }

    [Fact]
    public void Extension_ThatFails_KeepsTheOldEnd()
    {
        var story = Story.Active().Accepts(Given.Extend(10, end: 90)).Platform(request => Given.NotExtended(request, 11)).Is(Phase.Active);
        Assert.Equal(Given.At(61), Deadlines.Next(story.Request));
        Assert.Equal("alice", story.Told(NoticeKind.ExtendFailed));
        story.Accepts(Given.Extend(12, end: 80));
    }

    [Fact]
    public void Extension_IsMeasuredFromTheOriginalEnd()
    {
        var story = Story.Active().Refuses(Given.Extend(10, end: 182), RefusalReason.PeriodInvalid).Refuses(Given.Extend(10.5, end: 61), RefusalReason.PeriodInvalid);
        story.Accepts(Given.Extend(11, end: 150)).Platform(request => Given.Extended(request, 12));
        story.Refuses(Given.Extend(13, end: 182), RefusalReason.PeriodInvalid).Accepts(Given.Extend(14, end: 181));
    }

    [Fact]
    public void Extension_StaysWithinTheLongestDuration_AndTheWindow()
    {
        Story.Active(Given.Policy with { MaxDuration = TimeSpan.FromMinutes(90) }).Refuses(Given.Extend(10, end: 92), RefusalReason.PeriodInvalid).Accepts(Given.Extend(11, end: 91));
        var window = new Window { From = new TimeOnly(9, 0), To = new TimeOnly(13, 10) };
        Story.Active(Given.Policy with { AccessWindows = [window] }).Refuses(Given.Extend(10, end: 71), RefusalReason.PeriodInvalid).Accepts(Given.Extend(11, end: 70));
    }

    [Fact]
    public void Extension_WhereTheGroupAllowsNone_IsRefused() =>
        Story.Active(Given.Policy with { ExtendUpTo = TimeSpan.Zero }).Refuses(Given.Extend(10, end: 62), RefusalReason.ExtensionNotAllowed);

    [Fact]
    public void Extension_OfAnEmergency_IsRefused() =>
        Story.Of().Accepts(Given.Emergency(1)).Platform(request => Given.Provisioned(request, 2)).Refuses(Given.Extend(10, end: 90), RefusalReason.ExtensionNotAllowed);

    [Fact]
    public void Extension_BySomeoneElse_IsRefused() => Story.Active().Refuses(Given.Extend(10, end: 90, by: "bob"), RefusalReason.NotTheRequester);

    [Fact]
    public void SecondExtension_WhileOneRuns_IsRefused() => Story.Active().Accepts(Given.Extend(10, end: 90)).Refuses(Given.Extend(11, end: 100), RefusalReason.NotNow);

    [Fact]
    public void End_DuringAnExtension_EndsTheAccess_OnceTheAttemptIsOver()
    {
        var story = Story.Active().Accepts(Given.Extend(60, end: 90), Given.Timer(61)).Is(Phase.Revoking, Outcome.Expired).Runs(Work.Extend);
        story.Platform(request => Given.Extended(request, 62)).Runs(Work.Revoke);
        Assert.Equal(Given.At(61), story.Request.Period.End);
        Assert.NotEmpty(story.Last.Events);
    }

    [Fact]
    public void ExtensionOutcome_AtTheEnd_IsTooLate() => Story.Active().Accepts(Given.Extend(60, end: 90)).Platform(request => Given.Extended(request, 61)).Is(Phase.Revoking, Outcome.Expired);

    [Fact]
    public void Extension_OfSeveralResources_HoldsOnceAllHaveIt()
    {
        var story = Story.Provisioning(ask: Given.Ask with { Resources = ["vault/a", "vault/b"] });
        story.Platform(request => Given.Provisioned(request, 2)).Platform(request => Given.Provisioned(request, 3)).Is(Phase.Active);
        story.Accepts(Given.Extend(10, end: 90)).Platform(request => Given.Extended(request, 11)).Runs(Work.Extend);
        Assert.Equal((Given.At(61), "r-1.2"), (story.Request.Period.End, story.Request.InFlight!.GrantId));
        story.Platform(request => Given.Extended(request, 12)).Runs(null);
        Assert.Equal(Given.At(90), story.Request.Period.End);
    }
}
