using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;
using Xunit;

namespace AccessFunctions.Domain.Tests.Requests;

/// <summary>People leave while a request lives.</summary>
public sealed class DirectoryTests
{
    [Fact]
    public void RequesterLeft_EndsEverything()
    {
        Left(Story.Of(), "alice").Is(Phase.Closed, Outcome.Cancelled);
        Left(Story.Provisioning(ask: Given.Ask with { Start = Given.At(60) }), "alice").Is(Phase.Closed, Outcome.Cancelled);
        Left(Story.Provisioning(), "alice").Is(Phase.Revoking, Outcome.Revoked).Runs(Work.Provision);
        var story = Left(Story.Active(), "alice").Is(Phase.Revoking, Outcome.Revoked).Runs(Work.Revoke);
        Assert.Equal("ben bob carol", story.Told(NoticeKind.Settled));
        Assert.All(story.Last.Events.Take(2), step => Assert.Equal((SystemActors.Directory, "requester-left"), (step.Actor, step.Reason)));
        Assert.True(Left(Story.Closed(), "alice").Last.Repeated);
    }

    [Fact]
    public void ApproverLeft_TheirSeatIsEmpty_AndStaysSo()
    {
        var story = Left(Story.Of(), "ben").Refuses(Given.Approve("ben", 8), RefusalReason.NotAnApprover).Is(Phase.Open);

        // Back in the directory: the frozen list has shrunk for good.
        story.Accepts(Given.Left(Given.Open(), 9)).Refuses(Given.Approve("ben", 10), RefusalReason.NotAnApprover).Accepts(Given.Approve("bob", 11));
    }

    [Fact]
    public void ApproverLeft_AfterVoting_TheirVoteStays()
    {
        var story = Story.Of(Given.Levels(Given.Level("bob", "ben", "bea") with { ApprovalsRequired = 2 })).Accepts(Given.Approve("bob"));
        Left(story, "bob").Accepts(Given.Approve("ben", 8)).Is(Phase.Provisioning);
    }

    [Fact]
    public void LastApproverLeft_Denies()
    {
        var story = Left(Story.Of(), "carol").Is(Phase.Denied);
        Assert.Equal("approval-out-of-reach", story.Last.Events[^1].Reason);
    }

    [Fact]
    public void LastApproverLeft_EscalatesWhereItCan()
    {
        var story = Left(Story.Of(Given.Levels(Given.Level("bob") with { EscalateTo = ["eve"], EscalateAfter = TimeSpan.FromHours(2) })), "bob").Is(Phase.Open);
        Assert.Equal("eve", story.Told(NoticeKind.Escalated));
        Assert.Equal(SystemActors.Directory, story.Last.Events[^1].Actor);
        story.Accepts(Given.Approve("eve", 8)).Is(Phase.Provisioning);
    }

    [Fact]
    public void LastApproverOfALaterLevelLeft_EscalatesThatLevel_Quietly()
    {
        var story = Left(Story.Of(Given.Levels(Given.Level("bob"), Given.Level("carol") with { EscalateTo = ["eve"], EscalateAfter = TimeSpan.FromHours(2) })), "carol").Is(Phase.Open);
        Assert.Empty(story.Last.Effects);
        Assert.Equal((1, "eve"), (story.Request.Level, Assert.Single(story.Request.Levels[1].Approvers)));
        story.Accepts(Given.Approve("bob", 8));
        Assert.Equal("eve", story.Told(NoticeKind.ReviewAsked));
    }

    [Fact]
    public void StarvedLevel_IsHelpedByALowerOnesEscalation()
    {
        var policy = Given.Levels(Given.Level("bob", "ben") with { EscalateTo = ["eve"], EscalateAfter = TimeSpan.FromHours(2) }, Given.Level("ben"));
        var story = Left(Story.Of(policy), "bob").Is(Phase.Open);
        story.Accepts(Given.Approve("eve", 8), Given.Approve("ben", 9)).Is(Phase.Provisioning);
    }

    [Fact]
    public void ApproverLeft_AfterTheEnd_CannotGiveTheReviewThatIsOwed()
    {
        var story = Story.Of().Accepts(Given.Emergency(1), Given.Release(2)).Platform(request => Given.NotProvisioned(request, 3))
            .Platform(request => Given.Removed(request, 4)).Platform(request => Given.LookedBack(request, 5)).Is(Phase.Closed, Outcome.Released);
        Left(story, "ben").Refuses(Given.Ratify(8, by: "sam") with { Facts = Given.Facts("sam", "ben") }, RefusalReason.NotAnApprover).Accepts(Given.Ratify(9));
    }

    [Fact]
    public void NobodyLeft_LeavesNoTrace() => Assert.True(Left(Story.Of()).Last.Repeated);

    private static Story Left(Story story, params string[] gone) => story.Accepts(Given.Left(story.Request, 7, gone));
}
