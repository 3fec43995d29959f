using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;
using Xunit;

namespace AccessFunctions.Domain.Tests.Requests;

/// <summary>What happens while nobody decides: escalation, reminders, lapse.</summary>
public sealed class WaitingTests
{
    private static readonly RequestPolicy Escalating = Given.Levels(Given.Level("bob") with { EscalateAfter = TimeSpan.FromMinutes(30), EscalateTo = ["eve", "bob"] }, Given.Level("carol"));

    [Fact]
    public void Escalation_AddsItsPeople_Once()
    {
        var story = Story.Of(Escalating).Refuses(Given.Approve("eve", 29), RefusalReason.NotAnApprover);
        Assert.Equal(Given.At(30), Deadlines.Next(story.Request));
        story.Accepts(Given.Timer(30));
        Assert.Equal("eve", story.Told(NoticeKind.Escalated));
        Assert.Equal(["bob", "eve"], story.Request.Levels[0].Approvers);
        story.Accepts(Given.Approve("eve", 31));
        Assert.Equal(2, story.Request.Level);
    }

    [Fact]
    public void Escalation_CountsFromTheLevelsOpening()
    {
        var policy = Given.Levels(Given.Level("bob"), Given.Level("carol") with { EscalateAfter = TimeSpan.FromMinutes(30), EscalateTo = ["eve"] });
        var story = Story.Of(policy).Accepts(Given.Approve("bob", 50));
        Assert.Equal(Given.At(80), Deadlines.Next(story.Request));
    }

    [Fact]
    public void Escalation_WithALateTimer_IsAppliedBeforeTheSignal() => Story.Of(Escalating).Accepts(Given.Approve("eve", 31)).Is(Phase.Open);

    [Fact]
    public void Reminder_GoesToThoseWhoHaveNotDecided()
    {
        var policy = Given.Levels(Given.Level("bob", "ben", "bea") with { ApprovalsRequired = 2 }) with { RemindEvery = TimeSpan.FromHours(1) };
        var story = Story.Of(policy).Accepts(Given.Approve("bob"), Given.Timer(60));
        Assert.Equal("bea ben", story.Told(NoticeKind.ReviewReminder));
        Assert.Equal(Given.At(120), Deadlines.Next(story.Request));
    }

    [Fact]
    public void Reminders_ThatAreLate_AreOne_AndKeepTheirRhythm()
    {
        var story = Story.Of(Given.Policy with { RemindEvery = TimeSpan.FromHours(1) }).Accepts(Given.Timer(330));
        Assert.Equal("ben bob", story.Told(NoticeKind.ReviewReminder));
        Assert.Equal([EventTypes.Request.Reminded], story.Events);
        Assert.Equal(Given.At(360), Deadlines.Next(story.Request));
    }

    [Fact]
    public void Reminders_EverySecond_AfterALongAbsence_TakeOneStep()
    {
        var policy = Given.Policy with { RemindEvery = TimeSpan.FromTicks(1), LapseAfter = TimeSpan.FromDays(3650) };
        var story = Story.Of(policy).Accepts(Given.Timer(60 * 24 * 3000));
        Assert.Equal("ben bob", story.Told(NoticeKind.ReviewReminder));
    }

    [Fact]
    public void Reminder_OfARequestThatLapsedMeanwhile_IsNotSent()
    {
        var story = Story.Of(Given.Policy with { RemindEvery = TimeSpan.FromHours(7) }).Accepts(Given.Timer(25 * 60)).Is(Phase.Closed, Outcome.Lapsed);
        Assert.Equal("", story.Told(NoticeKind.ReviewReminder));
    }

    [Fact]
    public void Lapse_RunsOverAllLevels()
    {
        var story = Story.Of().Accepts(Given.Approve("bob", 23 * 60), Given.Timer(24 * 60)).Is(Phase.Closed, Outcome.Lapsed);
        Assert.Equal("alice ben bob carol", story.Told(NoticeKind.Lapsed));
        Assert.Equal(GrantState.Gone, story.Grant.State);
        Assert.Null(Deadlines.Next(story.Request));
    }

    [Fact]
    public void Approve_AtTheInstantOfLapse_Loses() => Story.Of().Refuses(Given.Approve("bob", 24 * 60), RefusalReason.NoActionsAvailable).Is(Phase.Closed, Outcome.Lapsed);

    [Fact]
    public void Approve_JustBeforeTheLapse_Counts() => Story.Of().Accepts(Given.Approve("bob", (24 * 60) - 0.001)).Is(Phase.Open);

    [Fact]
    public void Timer_WithNothingDue_LeavesNoTrace()
    {
        var request = Given.Open();
        var decision = Decider.Decide(request, Given.Timer(10));
        Assert.True(decision.Repeated);
        Assert.Same(request, decision.State);
        Assert.Empty(decision.Events);
    }

    [Fact]
    public void Signal_BeforeTheLastOne_IsTakenAtTheLastOnesInstant()
    {
        var story = Story.Of().Accepts(Given.Approve("bob", 10), Given.Approve("carol", 5));
        Assert.Equal(Given.At(10), story.Request.Reviews[1].At);
        Assert.Equal(Given.At(10), story.Request.Period.Start);
    }
}
