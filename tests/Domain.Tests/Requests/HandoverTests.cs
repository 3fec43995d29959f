using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;
using Xunit;

namespace AccessFunctions.Domain.Tests.Requests;

/// <summary>The open seat of an approver who left goes to their stand-in.</summary>
public sealed class HandoverTests
{
    private static readonly RequestPolicy Two = Given.Levels(Given.Level("bob", "ben") with { ApprovalsRequired = 2 });

    [Fact]
    public void AnOpenReview_GoesToTheStandIn_WhoIsAsked_AndDecides()
    {
        var story = Left(Story.Of(Two), "bob", ("bob", "sam")).Is(Phase.Open);
        Assert.Equal(["sam", "ben"], story.Request.Levels[0].Approvers);
        Assert.Equal([new Handover("bob", "sam")], story.Request.Levels[0].Handovers);
        Assert.Equal("sam", story.Told(NoticeKind.ReviewAsked));
        Assert.Equal([EventTypes.Request.DirectoryChanged, EventTypes.Request.ReviewHandedOver], story.Last.Events.Select(static happened => happened.Type));
        story.Refuses(Given.Approve("bob", 8) with { Facts = new ActorFacts { Active = false } }, RefusalReason.NotActive);
        story.Accepts(Given.Approve("sam", 9) with { Facts = Given.Facts("sam", "sam") }, Given.Approve("ben", 10)).Is(Phase.Provisioning);
    }

    [Fact]
    public void AReview_OfALaterLevel_GoesToTheStandIn_WhoIsAskedWhenItOpens()
    {
        var story = Left(Story.Of(Given.Levels(Given.Level("bob"), Given.Level("carol"))), "carol", ("carol", "sam"));
        Assert.Empty(story.Last.Effects);
        story.Accepts(Given.Approve("bob", 8));
        Assert.Equal("sam", story.Told(NoticeKind.ReviewAsked));
    }

    [Fact]
    public void AReview_ThatWasGiven_IsNotHandedOn()
    {
        var story = Left(Story.Of(Two).Accepts(Given.Approve("bob")), "bob", ("bob", "sam"));
        Assert.Equal(["ben"], story.Request.Levels[0].Approvers);
        Assert.Null(story.Request.Levels[0].Handovers);
        story.Accepts(Given.Approve("ben", 8)).Is(Phase.Provisioning);
    }

    [Theory]
    [InlineData("alice")] // the requester
    [InlineData("ben")] // has a seat of their own, and one vote
    public void AStandIn_WhoMayNotTakeTheSeat_LeavesItEmpty(string standIn)
    {
        var story = Left(Story.Of(Two), "bob", ("bob", standIn));
        Assert.Equal(["ben"], story.Request.Levels[0].Approvers);
        story.Is(Phase.Denied);
    }

    [Fact]
    public void AStandIn_WhoLeavesToo_HandsTheSeatOn()
    {
        var story = Left(Story.Of(Two), "bob", ("bob", "sam"));
        story.Accepts(Changed(story.Request, 8, ["sam"], ("sam", "eve")));
        Assert.Equal(["eve", "ben"], story.Request.Levels[0].Approvers);
        Assert.Equal([new Handover("bob", "sam"), new Handover("sam", "eve")], story.Request.Levels[0].Handovers);
    }

    [Fact]
    public void TheReviewOfAnEmergency_ThatIsOwed_GoesToTheStandIn_AndNothingElseDoes()
    {
        var owed = Left(Story.Of().Accepts(Given.Emergency(1)), "bob", ("bob", "sam"));
        Assert.Contains("sam", owed.Request.Levels[0].Approvers);
        Assert.Equal("sam", owed.Told(NoticeKind.EmergencyDeclared));
        owed.Accepts(Given.Ratify(8, by: "sam") with { Facts = Given.Facts("sam", "sam") });

        var active = Left(Story.Active(), "bob", ("bob", "sam"));
        Assert.DoesNotContain("sam", active.Request.Levels[0].Approvers);
    }

    private static Story Left(Story story, string gone, params (string From, string To)[] handovers) => story.Accepts(Changed(story.Request, 7, [gone], handovers));

    private static DirectoryChanged Changed(AccessRequest request, double minutes, string[] gone, params (string From, string To)[] handovers) =>
        Given.Left(request, minutes, gone) with { Handovers = [.. handovers.Select(static pair => new Handover(pair.From, pair.To))] };
}
