using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;
using Xunit;

namespace AccessFunctions.Domain.Tests.Requests;

/// <summary>A stand-in uses the absent person's seat; one seat, one vote, whoever gives it.</summary>
public sealed class StandInTests
{
    private static readonly RequestPolicy TwoNeeded = Given.Levels(Given.Level("bob", "ben", "bea") with { ApprovalsRequired = 2, DenialsRequired = 2 });

    [Fact]
    public void StandIn_FillsTheSeatOfTheAbsent()
    {
        var story = Story.Of().Accepts(For("sam", 1, "bob"));
        Assert.Equal(("sam", "bob"), (story.Request.Reviews[0].By, story.Request.Reviews[0].Seat));
        Assert.Equal(2, story.Request.Level);
    }

    [Fact]
    public void Absent_WhoseSeatIsFilled_CannotVoteToo() => Story.Of(TwoNeeded).Accepts(For("sam", 1, "bob")).Refuses(Given.Approve("bob", 2), RefusalReason.AlreadyDecided);

    [Fact]
    public void StandIn_AfterTheAbsentVoted_IsRefused() => Story.Of(TwoNeeded).Accepts(Given.Approve("bob")).Refuses(For("sam", 2, "bob"), RefusalReason.AlreadyDecided);

    [Fact]
    public void StandIn_OfTwo_FillsOneSeat() => Story.Of(TwoNeeded).Accepts(For("sam", 1, "bob", "ben")).Refuses(For("sam", 2, "bob", "ben"), RefusalReason.AlreadyDecided);

    [Fact]
    public void Approver_WhoVoted_CannotStandInToo() =>
        Story.Of(Given.Levels(Given.Level("bob"), Given.Level("carol"))).Accepts(Given.Approve("bob")).Refuses(For("bob", 2, "carol"), RefusalReason.AlreadyDecided);

    [Fact]
    public void StandIn_ReplacesTheirOwnDenial_InTheSameSeat()
    {
        var story = Story.Of(TwoNeeded).Accepts(Given.Deny("sam") with { Facts = Given.Facts("sam", "ben") });
        story.Accepts(For("sam", 2, "bob", "ben"));
        Assert.Equal([("ben", false), ("ben", true)], story.Request.Reviews.Select(review => (review.Seat, review.Counted)));
    }

    [Fact]
    public void Requester_AsStandIn_IsRefused_EvenWhereTheyMayDecideThemselves()
    {
        Story.Of().Refuses(For("alice", 1, "bob"), RefusalReason.SelfReview);
        Story.Of(Given.Policy with { AllowSelfApproval = true }).Refuses(For("alice", 1, "bob"), RefusalReason.NotAnApprover);
    }

    [Fact]
    public void StandIn_ForSomeoneNotOnTheFrozenList_IsAStranger() => Story.Of().Refuses(For("sam", 1, "zoe"), RefusalReason.NotAnApprover);

    private static Approve For(string who, double minutes, params string[] absent) => Given.Approve(who, minutes) with { Facts = Given.Facts(who, absent) };
}
