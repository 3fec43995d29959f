using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;
using Xunit;

namespace AccessFunctions.Domain.Tests.Requests;

public sealed class QuorumTests
{
    private static readonly RequestPolicy TwoOfThree = Given.Levels(Given.Level("bob", "ben", "bea") with { ApprovalsRequired = 2, DenialsRequired = 2 });

    [Fact]
    public void HigherLevel_HearsNothing_UntilTheLowerPassed()
    {
        var story = Story.Of();
        Assert.Equal("ben bob", story.Told(NoticeKind.ReviewAsked));
        story.Accepts(Given.Approve("bob"));
        Assert.Equal("carol", story.Told(NoticeKind.ReviewAsked));
        Assert.Equal("ben", story.Told(NoticeKind.Settled));
    }

    [Fact]
    public void Approve_ByALaterLevel_IsNotYourLevel() => Story.Of().Refuses(Given.Approve("carol"), RefusalReason.NotYourLevel);

    [Fact]
    public void Approve_ByAPassedLevel_IsSettledAndSaysByWhom()
    {
        var story = Story.Of().Accepts(Given.Approve("bob")).Refuses(Given.Approve("ben", 2), RefusalReason.AlreadySettled);
        Assert.Contains("bob", story.Last.Refusal!.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void ADecisionBoundToALevel_IsNotTakenAtAnother()
    {
        var facts = Given.Facts("bob") with { Seats = [new SeatClaim(1, "bob"), new SeatClaim(2, "bob")] };
        var story = Story.Of(Given.Levels(Given.Level("bob", "ben"), Given.Level("bob", "carol")))
            .Refuses(Given.Approve("bob") with { Facts = facts, Level = 2 }, RefusalReason.NotYourLevel)
            .Accepts(Given.Approve("ben", 2) with { Level = 1 })
            .Refuses(Given.Approve("bob", 3) with { Facts = facts, Level = 1 }, RefusalReason.AlreadySettled)
            .Refuses(Given.Deny("bob", 4) with { Facts = facts, Level = 1 }, RefusalReason.AlreadySettled);
        Assert.Contains("ben", story.Last.Refusal!.Detail, StringComparison.Ordinal);
        story.Accepts(Given.Approve("bob", 5) with { Facts = facts, Level = 2 }).Is(Phase.Provisioning);
    }

    [Fact]
    public void Approve_ByAStranger_IsRefused() => Story.Of().Refuses(Given.Approve("mallory"), RefusalReason.NotAnApprover);

    [Fact]
    public void Approve_BySomeoneWhoLeft_IsRefused() => Story.Of().Refuses(Given.Approve("bob") with { Facts = Given.Facts("bob") with { Active = false } }, RefusalReason.NotActive);

    [Fact]
    public void Approve_ByTheHostItself_IsRefused() => Story.Of().Refuses(Given.Approve("bob", channel: Channel.System), RefusalReason.NotPermitted);

    [Fact]
    public void TotalCount_NeedsItsApprovals_FromDifferentPeople()
    {
        var story = Story.Of(TwoOfThree).Accepts(Given.Approve("bob")).Refuses(Given.Approve("bob", 2), RefusalReason.AlreadyDecided).Is(Phase.Open);
        story.Accepts(Given.Approve("bea", 3)).Is(Phase.Provisioning);
    }

    [Fact]
    public void OneApprovalAndOneDenial_WhereTwoAreNeeded_StayOpen_AndTheThirdDecides()
    {
        var story = Story.Of(TwoOfThree).Accepts(Given.Approve("bob"), Given.Deny("ben", 2)).Is(Phase.Open);
        Story.From(story.Request).Accepts(Given.Approve("bea", 3)).Is(Phase.Provisioning);
        Story.From(story.Request).Accepts(Given.Deny("bea", 3)).Is(Phase.Denied);
    }

    [Fact]
    public void Deny_ThatPutsApprovalOutOfReach_DeniesAtOnce()
    {
        var policy = Given.Levels(Given.Level("bob", "ben") with { ApprovalsRequired = 2, DenialsRequired = 2 });
        var story = Story.Of(policy).Accepts(Given.Deny("bob")).Is(Phase.Denied);
        Assert.Equal("approval-out-of-reach", story.Last.Events[^1].Reason);
        Assert.Equal("alice", story.Told(NoticeKind.Denied));
        Assert.Equal("ben", story.Told(NoticeKind.Settled));
    }

    [Fact]
    public void Deny_ThatStarvesALaterLevel_DeniesAtOnce()
    {
        var policy = Given.Levels(Given.Level("bob", "ben") with { DenialsRequired = 2 }, Given.Level("bob"));
        Story.Of(policy).Accepts(Given.Deny("bob")).Is(Phase.Denied);
    }

    [Fact]
    public void Denial_ReplacedByItsAuthor_NoLongerCounts()
    {
        var story = Story.Of(TwoOfThree).Accepts(Given.Deny("bob"), Given.Approve("bob", 2));
        Assert.Contains(EventTypes.Request.ReviewSuperseded, story.Events);
        Assert.Equal([false, true], story.Request.Reviews.Select(review => review.Counted));
        story.Accepts(Given.Approve("ben", 3)).Is(Phase.Provisioning);
    }

    [Fact]
    public void Person_OnTwoLevels_FillsOneSeat()
    {
        var policy = Given.Levels(Given.Level("bob", "ben"), Given.Level("bob", "carol"));
        Story.Of(policy).Accepts(Given.Approve("bob")).Refuses(Given.Approve("bob", 2), RefusalReason.AlreadyDecided).Accepts(Given.Approve("carol", 3)).Is(Phase.Provisioning);
    }

    [Fact]
    public void Person_NeededByAHigherLevel_IsKeptForIt()
    {
        var policy = Given.Levels(Given.Level("bob", "ben"), Given.Level("bob"));
        Story.Of(policy).Refuses(Given.Approve("bob"), RefusalReason.NotYourLevel).Accepts(Given.Approve("ben", 2), Given.Approve("bob", 3)).Is(Phase.Provisioning);
    }

    [Fact]
    public void Submit_WithoutEnoughApproversBesidesTheRequester_IsRefused()
    {
        var policy = Given.Levels(Given.Level("alice", "bob") with { ApprovalsRequired = 2 });
        Assert.Equal(RefusalReason.Unsolvable, Decider.Decide(null, Given.Submit(policy)).Refusal?.Reason);
        Story.Of(policy with { AllowSelfApproval = true }).Accepts(Given.Approve("alice"), Given.Approve("bob", 2)).Is(Phase.Provisioning);
    }

    [Fact]
    public void Requester_OnTheList_IsNotAskedAndMayNotDecide()
    {
        var story = Story.Of(Given.Levels(Given.Level("alice", "bob")));
        Assert.Equal("bob", story.Told(NoticeKind.ReviewAsked));
        story.Refuses(Given.Approve("alice"), RefusalReason.SelfReview).Refuses(Given.Deny("alice", 2), RefusalReason.SelfReview).Is(Phase.Open);
    }

    [Fact]
    public void WeakChannel_MayDenyButNotApprove()
    {
        var policy = Given.Levels(Given.Level("bob", "ben") with { MinimumAssurance = Channel.SignedIn });
        Story.Of(policy).Refuses(Given.Approve("bob", channel: Channel.EmailLink), RefusalReason.AssuranceTooLow)
            .Accepts(Given.Deny("ben", 2, comment: null, channel: Channel.SlackReaction)).Is(Phase.Denied);
    }

    [Theory]
    [InlineData(Channel.SignedIn, true)]
    [InlineData(Channel.EmailLink, true)]
    [InlineData(Channel.SlackReaction, false)]
    [InlineData(Channel.EmailReply, false)]
    public void Denial_NeedsAComment_WhereTheChannelHasOne(Channel channel, bool needed)
    {
        var refusal = Decider.Decide(Given.Open(), Given.Deny("bob", comment: " ", channel: channel)).Refusal;
        Assert.Equal(needed ? RefusalReason.CommentRequired : null, refusal?.Reason);
    }
}
