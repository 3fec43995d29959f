using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;
using Xunit;

namespace AccessFunctions.Domain.Tests.Requests;

/// <summary>When access may be used: what floats, what is fixed, and what windows, freezes and clocks make of it. Noon is a Monday's, UTC.</summary>
public sealed class PeriodTests
{
    private static readonly RequestPolicy Free = Given.Policy with { Mode = Mode.Allow };

    [Fact]
    public void AskedPeriod_FloatsToTheApproval_AndKeepsItsLength()
    {
        var story = Story.Of(ask: Given.Ask with { Start = Given.At(5), End = Given.At(50) }).Accepts(Given.Approve("bob", 100), Given.Approve("carol", 200));
        Assert.Equal(new Period(Given.At(200), Given.At(245)), story.Request.Period);
    }

    [Fact]
    public void AskedStart_LaterThanTheApproval_IsWaitedFor()
    {
        var story = Story.Provisioning(ask: Given.Ask with { Start = Given.At(60) }).Is(Phase.Scheduled).Runs(null);
        Assert.Equal(Given.At(60), Deadlines.Next(story.Request));
        Assert.Equal("alice", story.Told(NoticeKind.Scheduled));
        story.Accepts(Given.Timer(61)).Is(Phase.Provisioning).Runs(Work.Provision);
        Assert.Equal(Given.At(120), story.Request.Period.End);
    }

    [Fact]
    public void FixedPeriod_ThatPassed_NeedsANewOne()
    {
        var story = Story.Of().Accepts(Given.Approve("bob", end: Given.At(30))).Refuses(Given.Approve("carol", 30), RefusalReason.PeriodPassed);
        story.Refuses(Given.Approve("carol", 31, end: Given.At(31)), RefusalReason.PeriodPassed).Accepts(Given.Approve("carol", 32, end: Given.At(90)));
        Assert.Equal((2, Given.At(32), Given.At(90)), (story.Request.Revision, story.Request.Period.Start, story.Request.Period.End));
    }

    [Fact]
    public void FixedPeriod_ThatPassed_IsMeasuredFromNow()
    {
        var story = Story.Of().Accepts(Given.Approve("bob", end: Given.At(30))).Accepts(Given.Approve("carol", 600, end: Given.At(1000)));
        Assert.Equal(Given.At(600), story.Request.Period.Start);
    }

    [Fact]
    public void FixedPeriod_ThatBegan_IsCutNotMoved()
    {
        var story = Story.Of().Accepts(Given.Approve("bob", end: Given.At(30)), Given.Approve("carol", 20));
        Assert.Equal((Given.At(20), Given.At(30)), (story.Request.Period.Start, story.Request.Period.End));
    }

    [Theory]
    [InlineData(10, 5, RefusalReason.PeriodInvalid)]
    [InlineData(10, 10 + (9 * 60), RefusalReason.PeriodInvalid)]
    [InlineData(-20, 0, RefusalReason.PeriodPassed)]
    [InlineData(60 * 24 * 31, (60 * 24 * 31) + 5, RefusalReason.PeriodInvalid)]
    public void ChangedPeriod_BeyondTheRules_IsRefused(double start, double end, RefusalReason reason) =>
        Story.Of().Refuses(Given.Approve("bob", start: Given.At(start), end: Given.At(end)), reason);

    [Fact]
    public void ChangedPeriod_OutsideTheWindows_IsRefused()
    {
        var policy = Given.Policy with { AccessWindows = [Daily(9, 18)] };
        Story.Of(policy).Refuses(Given.Approve("bob", start: Given.At(7 * 60), end: Given.At(8 * 60)), RefusalReason.OutsideWindows);
    }

    [Fact]
    public void AccessWindow_EndsTheAccess()
    {
        var story = Story.Of(Free with { AccessWindows = [Daily(9, 13)] }, Given.Ask with { End = Given.At(180) }).Is(Phase.Provisioning);
        Assert.Equal(Given.At(60), story.Request.Period.End);
    }

    [Fact]
    public void Start_OutsideTheWindow_MovesToTheNextOne()
    {
        var story = Story.Of(Free with { AccessWindows = [Daily(14, 18)] }).Is(Phase.Scheduled);
        Assert.Equal(new Period(Given.At(120), Given.At(180)), story.Request.Period);
    }

    [Fact]
    public void Submit_WithNoWindowWithinReach_IsRefused()
    {
        var policy = Given.Policy with { AccessWindows = [Daily(14, 18) with { FirstDate = new DateOnly(2027, 1, 1) }] };
        Assert.Equal(RefusalReason.OutsideWindows, Decider.Decide(null, Given.Submit(policy)).Refusal?.Reason);
    }

    [Fact]
    public void Freeze_MovesAStart_AndCutsAnEnd()
    {
        var moved = Story.Of(Free with { Freezes = [new Freeze(Given.At(-10), Given.At(30))] }).Is(Phase.Scheduled);
        Assert.Equal(new Period(Given.At(30), Given.At(90)), moved.Request.Period);
        var cut = Story.Of(Free with { Freezes = [new Freeze(Given.At(30), Given.At(900))] }).Is(Phase.Provisioning);
        Assert.Equal(Given.At(30), cut.Request.Period.End);
    }

    [Fact]
    public void LastApproval_WithNothingUsableLeft_Lapses()
    {
        var policy = Given.Policy with { Freezes = [new Freeze(Given.At(10), Given.At(900))], MaxAdvance = TimeSpan.FromHours(1) };
        var story = Story.Of(policy).Accepts(Given.Approve("bob", 15), Given.Approve("carol", 20)).Is(Phase.Closed, Outcome.Lapsed);
        Assert.Contains("alice", story.Told(NoticeKind.Lapsed), StringComparison.Ordinal);
    }

    [Fact]
    public void Start_ThatIsNoLongerUsable_MovesOn()
    {
        var waiting = Story.Of(Free, Given.Ask with { Start = Given.At(60) }).Request;
        var story = Story.From(waiting with { Policy = waiting.Policy with { Freezes = [new Freeze(Given.At(50), Given.At(90))] } }).Accepts(Given.Timer(60)).Is(Phase.Scheduled);
        Assert.Equal(Given.At(90), Deadlines.Next(story.Request));
        Assert.Equal("alice", story.Told(NoticeKind.Scheduled));
        story.Accepts(Given.Timer(90)).Is(Phase.Provisioning);
    }

    [Fact]
    public void JustifiedAccess_EndsWhereTheNextApprovalWindowBegins()
    {
        var policy = Given.Policy with { Mode = Mode.Justify, ApprovalWindows = [Daily(13, 18)], ExtendUpTo = TimeSpan.FromHours(8) };
        var story = Story.Of(policy, Given.Ask with { End = Given.At(40) }).Is(Phase.Provisioning).Platform(request => Given.Provisioned(request, 1));
        story.Refuses(Given.Extend(2, end: 61), RefusalReason.PeriodInvalid).Accepts(Given.Extend(3, end: 60));
        Assert.Equal(Given.At(60), Story.Of(policy, Given.Ask with { End = Given.At(240) }).Request.Period.End);
    }

    [Fact]
    public void Window_IsReadInTheGroupsZone_AcrossTheClockChange()
    {
        // Berlin: 29 March 2026, 02:00 becomes 03:00; the window 01:00 to 04:00 lasts two hours that night.
        var night = new DateTimeOffset(2026, 3, 29, 0, 0, 0, TimeSpan.Zero);
        var policy = Free with { TimeZone = "Europe/Berlin", AccessWindows = [Daily(1, 4)] };
        var decision = Decider.Decide(null, Given.Submit(policy, Given.Ask with { End = night.AddHours(5) }) with { At = night });
        Assert.Equal(new Period(night, night.AddHours(2)), decision.State?.Period);
    }

    [Fact]
    public void Allowed_GoesStraightToThePlatform_AndApproversAreInformed()
    {
        var story = Story.Of(Free).Is(Phase.Provisioning).Runs(Work.Provision);
        Assert.Equal("ben bob carol", story.Told(NoticeKind.Informed));
        Assert.Empty(story.Request.Reviews);
    }

    private static Window Daily(int from, int to) => new() { From = new TimeOnly(from, 0), To = new TimeOnly(to, 0) };
}
