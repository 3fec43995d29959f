using AccessFunctions.Domain.Requests;
using Xunit;

namespace AccessFunctions.Domain.Tests.Requests;

/// <summary>How access ends before its end: cancel, revoke, release.</summary>
public sealed class EndingTests
{
    private static Story Scheduled() => Story.Provisioning(ask: Given.Ask with { Start = Given.At(60) });

    [Fact]
    public void Revoke_OfScheduledAccess_ClosesWithoutThePlatform()
    {
        var story = Scheduled().Accepts(Given.Revoke(5)).Is(Phase.Closed, Outcome.Revoked);
        Assert.Empty(story.Last.Effects.OfType<PlatformEffect>());
        Assert.Equal("alice", story.Told(NoticeKind.Revoked));
        Assert.Equal("ben bob", story.Told(NoticeKind.Settled));
    }

    [Theory]
    [InlineData("bob")]
    [InlineData("carol")]
    [InlineData("dave")]
    public void Revoke_ByAnyApproverOrAnAdministrator_IsEnough(string who) => Story.Active().Accepts(Given.Revoke(5, by: who)).Is(Phase.Revoking, Outcome.Revoked).Runs(Work.Revoke);

    [Theory]
    [InlineData("alice")]
    [InlineData("mallory")]
    public void Revoke_ByAnyoneElse_IsRefused(string who) => Story.Active().Refuses(Given.Revoke(5, by: who), RefusalReason.NotAnApprover);

    [Fact]
    public void Revoke_WithoutAComment_IsRefused() => Story.Active().Refuses(Given.Revoke(5, comment: " "), RefusalReason.CommentRequired);

    [Fact]
    public void SecondRevoke_SaysWhoWasFirst()
    {
        var story = Story.Revoking().Refuses(Given.Revoke(4, by: "bob"), RefusalReason.AlreadySettled);
        Assert.Contains("carol", story.Last.Refusal!.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Revoke_WhileAGrantIsInFlight_WaitsForItsEnd_ThenRemovesAndLooks()
    {
        var story = Story.Provisioning().Accepts(Given.Revoke(2)).Is(Phase.Revoking, Outcome.Revoked).Runs(Work.Provision);
        Assert.Empty(story.Last.Effects.OfType<PlatformEffect>());
        story.Platform(request => Given.Provisioned(request, 3)).Runs(Work.Revoke).Platform(request => Given.Removed(request, 4)).Runs(Work.ReadBack);
        story.Platform(request => Given.LookedBack(request, 5)).Is(Phase.Closed, Outcome.Revoked);
    }

    [Fact]
    public void Revoke_WhileAGrantIsInFlight_ThatFails_StillRemovesAndLooks() =>
        Story.Provisioning().Accepts(Given.Revoke(2)).Platform(request => Given.NotProvisioned(request, 3)).Runs(Work.Revoke).Is(Phase.Revoking, Outcome.Revoked);

    [Fact]
    public void Revoke_CancelsGrantsNotYetStarted()
    {
        var story = Story.Provisioning(ask: Given.Ask with { Resources = ["vault/a", "vault/b"] }).Accepts(Given.Revoke(2));
        Assert.Equal([GrantState.Attempted, GrantState.Gone], story.Request.Grants.Select(grant => grant.State));
    }

    [Fact]
    public void Release_GivesBack_AndTellsApprovers()
    {
        var story = Story.Active().Accepts(Given.Release(5)).Is(Phase.Revoking, Outcome.Released).Runs(Work.Revoke);
        Assert.Equal("ben bob carol", story.Told(NoticeKind.Released));
        Scheduled().Accepts(Given.Release(5)).Is(Phase.Closed, Outcome.Released);
    }

    [Fact]
    public void Release_BySomeoneElse_IsRefused() => Story.Active().Refuses(Given.Release(5, by: "bob"), RefusalReason.NotTheRequester);

    [Fact]
    public void Cancel_ByTheRequesterOrAnAdministrator_Closes()
    {
        Assert.Equal("ben bob", Story.Of().Accepts(Given.Cancel(5)).Is(Phase.Closed, Outcome.Cancelled).Told(NoticeKind.Settled));
        Assert.Equal("alice", Story.Of().Accepts(Given.Cancel(5, by: "dave")).Is(Phase.Closed, Outcome.Cancelled).Told(NoticeKind.Cancelled));
        Story.Of().Refuses(Given.Cancel(5, by: "bob"), RefusalReason.NotTheRequester);
        Story.Of().Refuses(Given.Cancel(5, by: "dave") with { Facts = Given.Facts("dave") with { Active = false } }, RefusalReason.NotTheRequester);
    }
}
