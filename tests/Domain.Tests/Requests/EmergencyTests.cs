using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;
using Xunit;

namespace AccessFunctions.Domain.Tests.Requests;

public sealed class EmergencyTests
{
    private static Story Declared(RequestPolicy? policy = null) => Story.Of(policy).Accepts(Given.Emergency(1));

    [Fact]
    public void Emergency_FromOpen_StartsNow_AndTellsEveryoneWhoCouldHaveDecided()
    {
        var policy = Given.Levels(Given.Level("bob") with { EscalateTo = ["eve"], EscalateAfter = TimeSpan.FromHours(2) }, Given.Level("carol"));
        var story = Declared(policy).Is(Phase.Provisioning).Runs(Work.Provision);
        Assert.Equal("bob carol eve", story.Told(NoticeKind.EmergencyDeclared));
        Assert.Equal((Given.At(1), Given.At(61)), (story.Request.Period.Start, story.Request.Period.End));
        Assert.Equal(Given.At(1 + (24 * 60)), story.Request.Emergency!.ReviewDueAt);
        Assert.All(story.Last.Events, step => Assert.True(step.Emergency));
        story.Refuses(Given.Approve("bob", 2), RefusalReason.AlreadySettled).Refuses(Given.Emergency(3), RefusalReason.EmergencyInForce);
    }

    [Fact]
    public void Emergency_FromScheduled_DoesNotWaitForTheStart()
    {
        var story = Story.Provisioning(ask: Given.Ask with { Start = Given.At(600) }).Is(Phase.Scheduled).Accepts(Given.Emergency(5)).Is(Phase.Provisioning);
        Assert.Equal((Given.At(5), Given.At(65)), (story.Request.Period.Start, story.Request.Period.End));
    }

    [Fact]
    public void Emergency_LastsTheAskedLength_ThoughAWindowCutThePeriod()
    {
        var policy = Given.Policy with { Mode = Mode.Allow, AccessWindows = [new Window { From = new TimeOnly(14, 0), To = new TimeOnly(14, 20) }] };
        var story = Story.Of(policy).Is(Phase.Scheduled).Accepts(Given.Emergency(5));
        Assert.Equal(TimeSpan.FromHours(1), story.Request.Period.Length);
    }

    [Fact]
    public void Emergency_KeepsWhatAnApproverShortened()
    {
        var story = Story.Of().Accepts(Given.Approve("bob", end: Given.At(31)), Given.Emergency(5));
        Assert.Equal(TimeSpan.FromMinutes(30), story.Request.Period.Length);
    }

    [Fact]
    public void Emergency_WithoutAJustificationOfItsOwn_IsRefused() => Story.Of().Refuses(Given.Emergency(1, justification: "  "), RefusalReason.InvalidAsk);

    [Fact]
    public void Emergency_BySomeoneElse_IsRefused() => Story.Of().Refuses(Given.Emergency(1, by: "bob"), RefusalReason.NotTheRequester);

    [Fact]
    public void Emergency_WhereTheGroupAllowsNone_IsRefused() => Story.Of(Given.Policy with { AllowEmergency = false }).Refuses(Given.Emergency(1), RefusalReason.EmergencyNotAllowed);

    [Fact]
    public void Emergency_NeedsARoleOrTheDefaultOne()
    {
        var ask = Given.Ask with { Kind = AccessKind.Session };
        Story.Of(Given.Policy with { Roles = ["reader"] }, ask).Refuses(Given.Emergency(1), RefusalReason.RoleRequired);
        var story = Story.Of(Given.Policy with { Roles = ["reader"], DefaultRole = "reader" }, ask).Accepts(Given.Emergency(1));
        Assert.Equal("reader", story.Last.Effects.OfType<Provision>().Single().Order.Role);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, false)]
    public void Emergency_WithAnOverdueDebt_IsRefused(double dueAt, bool blocked)
    {
        var facts = new EmergencyFacts { Debts = [new EmergencyDebt("r-0", Given.At(dueAt))] };
        Assert.Equal(blocked ? RefusalReason.EmergencyDebt : null, Decider.Decide(Given.Open(), Given.Emergency(1, facts: facts)).Refusal?.Reason);
    }

    [Fact]
    public void Freeze_HoldsAnEmergency_OnlyWhereTheGroupSaysSo()
    {
        var frozen = Given.Policy with { Freezes = [new Freeze(Given.At(0.5), Given.At(600))] };
        Story.Of(frozen).Accepts(Given.Emergency(1)).Is(Phase.Provisioning);
        Story.Of(frozen with { FreezeBlocksEmergency = true }).Refuses(Given.Emergency(1), RefusalReason.EmergencyNotAllowed);
        var soon = Story.Of(Given.Policy with { Freezes = [new Freeze(Given.At(20), Given.At(600))], FreezeBlocksEmergency = true }).Accepts(Given.Emergency(1));
        Assert.Equal(Given.At(20), soon.Request.Period.End);
    }

    [Fact]
    public void Notice_ThatReachedNobodyInFiveMinutes_AlertsAdministrators()
    {
        var story = Declared().Accepts(Given.Delivered(2, to: "mallory"));
        Assert.Equal(Given.At(6), Deadlines.Next(story.Request));
        story.Accepts(Given.Timer(6));
        Assert.Equal(Audience.Administrators, story.Told(NoticeKind.EmergencyNoticeUndelivered));
        story.Accepts(Given.Timer(7));
        Assert.True(story.Last.Repeated);
    }

    [Fact]
    public void Notice_ThatReachedAnApprover_AlertsNobody()
    {
        var story = Declared().Accepts(Given.Delivered(5)).Accepts(Given.Timer(6));
        Assert.True(story.Last.Repeated);
        Assert.Equal(Given.At(5), story.Request.Emergency!.NoticeReachedAt);
    }

    [Fact]
    public void Review_IsOwed_UntilAnApproverGivesIt()
    {
        var story = Declared().Refuses(Given.Ratify(2, by: "alice"), RefusalReason.SelfReview).Refuses(Given.Ratify(3, by: "mallory"), RefusalReason.NotAnApprover);
        story.Accepts(Given.Ratify(4)).Is(Phase.Provisioning).Refuses(Given.Ratify(5, by: "carol"), RefusalReason.ReviewNotOwed);
        Assert.Equal((EmergencyVerdict.Ratified, "bob"), (story.Request.Emergency!.Review!.Value, story.Request.Emergency.ReviewedBy));
    }

    [Fact]
    public void Review_ByTheRequester_IsRefused_EvenWhereTheyMayApproveThemselves() =>
        Declared(Given.Levels(Given.Level("alice", "bob")) with { AllowSelfApproval = true }).Refuses(Given.Ratify(2, by: "alice"), RefusalReason.SelfReview);

    [Fact]
    public void Objection_WhileAccessLives_RevokesToo()
    {
        var story = Declared().Platform(request => Given.Provisioned(request, 2)).Accepts(Given.Ratify(3, verdict: EmergencyVerdict.Objected)).Is(Phase.Revoking, Outcome.Revoked).Runs(Work.Revoke);
        Assert.Equal("alice", story.Told(NoticeKind.Revoked));
        Assert.Equal("Objected", story.Last.Events[0].Reason);
    }

    [Fact]
    public void Objection_AfterTheEnd_IsOnlyRecorded()
    {
        var story = Declared().Accepts(Given.Release(2)).Platform(request => Given.NotProvisioned(request, 3))
            .Platform(request => Given.Removed(request, 4)).Platform(request => Given.LookedBack(request, 5)).Is(Phase.Closed, Outcome.Released);
        Assert.NotNull(Deadlines.Next(story.Request));
        story.Accepts(Given.Ratify(6, verdict: EmergencyVerdict.Objected)).Is(Phase.Closed, Outcome.Released);
        Assert.Null(Deadlines.Next(story.Request));
        story.Refuses(Given.Ratify(7, by: "carol"), RefusalReason.NoActionsAvailable);
    }

    [Fact]
    public void Review_Overdue_AlertsOnce_AndIsStillOwed()
    {
        var story = Declared().Accepts(Given.Delivered(2)).Platform(request => Given.Provisioned(request, 3)).Accepts(Given.Timer(61))
            .Platform(request => Given.Removed(request, 62)).Platform(request => Given.LookedBack(request, 63)).Accepts(Given.Timer(1 + (24 * 60)));
        Assert.Equal("ben bob carol " + Audience.Administrators, story.Told(NoticeKind.EmergencyReviewOverdue));
        Assert.Null(Deadlines.Next(story.Request));
        story.Accepts(Given.Ratify(3000));
        Assert.Equal([EventTypes.Request.EmergencyReviewed], story.Events);
    }
}
