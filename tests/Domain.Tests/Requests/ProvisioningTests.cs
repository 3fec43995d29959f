using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;
using Xunit;

namespace AccessFunctions.Domain.Tests.Requests;

public sealed class ProvisioningTests
{
    private static readonly Ask TwoResources = Given.Ask with { Resources = ["vault/a", "vault/b"] };

    [Fact]
    public void Failure_IsTriedAgain_AfterABackOff()
    {
        var story = Story.Provisioning().Platform(request => Given.NotProvisioned(request, 2)).Is(Phase.Provisioning).Runs(null);
        Assert.Equal(Given.At(2).AddSeconds(2), Deadlines.Next(story.Request));
        story.Accepts(Given.Timer(2.1)).Runs(Work.Provision);
        Assert.Equal(2, story.Last.Effects.OfType<Provision>().Single().Attempt);
        story.Platform(request => Given.Provisioned(request, 3)).Is(Phase.Active);
        Assert.Equal("alice", story.Told(NoticeKind.Active));
        Assert.Null(story.Grant.LastError);
    }

    [Fact]
    public void BackOff_DoublesUpToFiveMinutes() =>
        Assert.Equal([2, 4, 8, 16, 32, 64, 128, 256, 300, 300], Enumerable.Range(1, 10).Select(failures => (int)Decider.BackOff(failures).TotalSeconds));

    [Fact]
    public void TenFailures_AreUndone_AndClosedAsFailed()
    {
        var story = Story.Provisioning();
        for (var attempt = 1; attempt <= 10; attempt++)
        {
            story.Is(Phase.Provisioning).Runs(Work.Provision).Platform(request => Given.NotProvisioned(request, attempt * 5.5));
            if (attempt < 10) story.Accepts(Given.Timer((attempt * 5.5) + 5.1));
        }

        story.Is(Phase.Revoking, Outcome.Failed).Runs(Work.Revoke);
        Assert.Equal("alice", story.Told(NoticeKind.Failed));
        Assert.Equal("connection refused", story.Last.Effects.OfType<Notify>().First(notice => notice.Kind == NoticeKind.Failed).Text);
        Assert.Equal(Audience.Administrators, story.Told(NoticeKind.ProvisioningFailed));
        story.Platform(request => Given.Removed(request, 56)).Platform(request => Given.LookedBack(request, 57)).Is(Phase.Closed, Outcome.Failed);
    }

    [Fact]
    public void PermanentFailure_IsNotTriedAgain() => Story.Provisioning().Platform(request => Given.NotProvisioned(request, 2, permanent: true)).Is(Phase.Revoking, Outcome.Failed).Runs(Work.Revoke);

    [Fact]
    public void End_BeforeTheAccessCame_ClosesAsFailed()
    {
        var story = Story.Provisioning().Platform(request => Given.NotProvisioned(request, 60.99)).Accepts(Given.Timer(61)).Is(Phase.Revoking, Outcome.Failed);
        Assert.Equal("alice", story.Told(NoticeKind.Failed));
    }

    [Fact]
    public void WholePeriod_MissedByTheHost_Expires_WithNothingToUndo()
    {
        var story = Story.Provisioning(ask: Given.Ask with { Start = Given.At(60) }).Accepts(Given.Timer(500)).Is(Phase.Closed, Outcome.Expired);
        Assert.Empty(story.Last.Effects.OfType<PlatformEffect>());
    }

    [Fact]
    public void SeveralResources_RunOneAfterAnother_AndAreActiveTogether()
    {
        var story = Story.Provisioning(ask: TwoResources).Platform(request => Given.Provisioned(request, 2)).Is(Phase.Provisioning);
        Assert.Equal("r-1.2", story.Request.InFlight!.GrantId);
        story.Platform(request => Given.Provisioned(request, 3)).Is(Phase.Active);
    }

    [Fact]
    public void SeveralResources_OneGivenUp_UndoesTheRest()
    {
        var story = Story.Provisioning(ask: TwoResources).Platform(request => Given.Provisioned(request, 2)).Platform(request => Given.NotProvisioned(request, 3, permanent: true));
        story.Is(Phase.Revoking, Outcome.Failed);
        for (var minute = 4; story.Phase == Phase.Revoking; minute++)
        {
            story.Platform(request => request.InFlight!.Work == Work.Revoke ? Given.Removed(request, minute) : Given.LookedBack(request, minute));
        }

        story.Is(Phase.Closed, Outcome.Failed);
        Assert.All(story.Request.Grants, grant => Assert.NotNull(grant.ProvenGoneAt));
    }

    [Fact]
    public void AccessThatWasThere_IsMarkedSo()
    {
        var story = Story.Provisioning().Platform(request => Given.Provisioned(request, 2, alreadyHeld: "role dba")).Is(Phase.Active);
        Assert.Equal((GrantState.AlreadyHeld, "role dba"), (story.Grant.State, story.Grant.AlreadyHeld));
        story.Accepts(Given.Release(3)).Runs(Work.Revoke);
    }

    [Fact]
    public void LateSuccess_OfAnAttemptThatTimedOut_IsTheAccess()
    {
        var first = Story.Provisioning();
        var late = Given.Provisioned(first.Request, 4, alreadyHeld: "role dba");
        var story = first.Platform(request => Given.NotProvisioned(request, 2)).Accepts(Given.Timer(3)).Runs(Work.Provision).Accepts(late).Is(Phase.Active);
        Assert.Equal(GrantState.AlreadyHeld, story.Grant.State);

        // What the second attempt says then changes nothing.
        story.Platform(request => Given.NotProvisioned(request, 5, permanent: true)).Is(Phase.Active).Runs(null);
        Assert.Null(story.Grant.RetryAt);
        Assert.Equal(Given.At(61), Deadlines.Next(story.Request));
    }

    [Fact]
    public void LateSuccess_WhileOtherGrantsAreStillTried_LeavesNoRetryBehind()
    {
        var story = Story.Provisioning(ask: TwoResources);
        var late = Given.Provisioned(story.Request, 4);
        story.Platform(request => Given.NotProvisioned(request, 2)).Runs(Work.Provision); // the second resource
        story.Platform(request => Given.NotProvisioned(request, 2.01)).Accepts(Given.Timer(3)).Runs(Work.Provision).Accepts(late);
        story.Platform(request => Given.NotProvisioned(request, 5)).Is(Phase.Provisioning).Runs(Work.Provision);
        Assert.Equal((GrantState.Granted, null), (story.Grant.State, story.Grant.RetryAt));
    }

    [Fact]
    public void Outcome_OfAnotherKindOfWork_IsRefused()
    {
        var story = Story.Revoking();
        var forged = Given.LookedBack(story.Request, 4);
        story.Refuses(forged, RefusalReason.NotNow).Is(Phase.Revoking, Outcome.Revoked).Runs(Work.Revoke);
    }

    [Fact]
    public void Outcome_OfAnUnknownGrant_IsNotFound() => Story.Provisioning().Refuses(Given.Provisioned(Given.Open(), 2) with { GrantId = "r-1.9" }, RefusalReason.NotFound);

    [Fact]
    public void Fulfiller_IsAsked_RemindedDaily_AndConfirms()
    {
        var policy = Given.Policy with { MaxDuration = TimeSpan.FromDays(9), DefaultDuration = TimeSpan.FromDays(9) };
        var story = Story.Provisioning(policy).Platform(request => Given.Awaited(request, 2, "fred")).Is(Phase.Provisioning).Runs(null);
        Assert.Equal("fred", story.Told(NoticeKind.FulfilmentAsked));
        story.Accepts(Given.Timer(2 + (60 * 24 * 3) + 5));
        Assert.Equal("fred", story.Told(NoticeKind.FulfilmentAsked));
        Assert.Equal(Given.At(2 + (60 * 24 * 4)), Deadlines.Next(story.Request));
        story.Refuses(Given.Done(6000, by: "mallory"), RefusalReason.NotPermitted).Refuses(Given.Done(6001, by: "alice"), RefusalReason.SelfReview);
        story.Accepts(Given.Done(6002, by: "fred")).Is(Phase.Active).Refuses(Given.Done(6003, by: "fred"), RefusalReason.NotNow);
    }

    [Fact]
    public void Fulfilment_ThatOnlyTheRequesterCouldGive_IsAskedOfAdministrators()
    {
        var story = Story.Provisioning().Platform(request => Given.Awaited(request, 2, "alice"));
        Assert.Equal(Audience.Administrators, story.Told(NoticeKind.FulfilmentAsked));
    }

    [Fact]
    public void Fulfilment_AwaitedAfterTheAccessEnded_AsksNobody()
    {
        var story = Story.Provisioning().Accepts(Given.Revoke(2)).Platform(request => Given.Awaited(request, 3, "fred")).Runs(Work.Revoke);
        Assert.Equal("", story.Told(NoticeKind.FulfilmentAsked));
        Assert.Contains(EventTypes.Grant.FulfilmentAsked, story.Events);
    }
}
