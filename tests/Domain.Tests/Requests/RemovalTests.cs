using AccessFunctions.Domain.Requests;
using Xunit;

namespace AccessFunctions.Domain.Tests.Requests;

/// <summary>Closed after access means proven gone.</summary>
public sealed class RemovalTests
{
    [Fact]
    public void RemovalFailures_AreTriedForEver_AndAlertAfterThree()
    {
        var story = Story.Revoking();
        for (var failure = 1; failure <= 20; failure++)
        {
            story.Runs(Work.Revoke).Platform(request => Given.NotRemoved(request, failure * 10)).Is(Phase.Revoking, Outcome.Revoked);
            Assert.Equal(failure == 3 ? Audience.Administrators : "", story.Told(NoticeKind.RevocationFailing));
            Assert.True(Deadlines.Next(story.Request) <= Given.At((failure * 10) + 5));
            story.Accepts(Given.Timer((failure * 10) + 5));
        }

        story.Platform(request => Given.Removed(request, 300)).Platform(request => Given.LookedBack(request, 301)).Is(Phase.Closed, Outcome.Revoked);
    }

    [Fact]
    public void Failure_OfTheGrantInFlight_IsNoFailureToRemove()
    {
        var story = Story.Provisioning().Accepts(Given.Revoke(2)).Platform(request => Given.NotProvisioned(request, 3));
        Assert.Equal(0, story.Grant.Failures);
    }

    [Fact]
    public void LookThatStillFindsIt_RemovesAgain()
    {
        var story = Story.Revoking().Platform(request => Given.Removed(request, 4)).Platform(request => Given.LookedBack(request, 5, Finding.StillThere)).Is(Phase.Revoking, Outcome.Revoked).Runs(null);
        story.Accepts(Given.Timer(6)).Runs(Work.Revoke).Platform(request => Given.Removed(request, 7)).Runs(Work.ReadBack);
        story.Platform(request => Given.LookedBack(request, 8)).Is(Phase.Closed, Outcome.Revoked);
        Assert.Equal((Given.At(8), "looked"), (story.Grant.ProvenGoneAt, story.Grant.Proof));
    }

    [Fact]
    public void LateSuccess_AfterClosed_RemovesAndLooksAgain()
    {
        var story = Story.Closed();
        story.Accepts(Late(story.Request, 10)).Is(Phase.Revoking, Outcome.Revoked).Runs(Work.Revoke);
        Assert.Null(story.Request.ClosedAt);
        story.Platform(request => Given.Removed(request, 11)).Platform(request => Given.LookedBack(request, 12)).Is(Phase.Closed, Outcome.Revoked);
    }

    [Fact]
    public void Access_FoundAgainAfterItWasProvenGone_IsRemovedAgain_AndAdministratorsAreTold()
    {
        var story = Story.Closed();
        story.Accepts(Given.Returned(10)).Is(Phase.Revoking, Outcome.Revoked).Runs(Work.Revoke);
        Assert.Equal(Audience.Administrators, story.Told(NoticeKind.AccessReturned));
        Assert.Equal((null, null, null), (story.Request.ClosedAt, story.Grant.ProvenGoneAt, story.Grant.Proof));
        story.Platform(request => Given.Removed(request, 11)).Platform(request => Given.LookedBack(request, 12)).Is(Phase.Closed, Outcome.Revoked);
        Assert.Equal(Given.At(12), story.Request.ClosedAt);
    }

    [Fact]
    public void Access_ThatStoodBefore_OrIsNobodysGrant_IsNotTaken()
    {
        Assert.Equal(RefusalReason.NotFound, Decider.Decide(Story.Closed().Request, Given.Returned(10, "r-1.9")).Refusal?.Reason);
        var held = Story.Closed().Request;
        held = held with { Grants = [held.Grants[0] with { AlreadyHeld = "held before" }] };
        Assert.Equal(RefusalReason.NotNow, Decider.Decide(held, Given.Returned(10)).Refusal?.Reason);
    }

    [Fact]
    public void LateSuccess_WhileARemovalRuns_MakesItRunAgain()
    {
        var story = Story.Revoking();
        story.Accepts(Late(story.Request, 4)).Runs(Work.Revoke).Platform(request => Given.Removed(request, 5)).Runs(Work.Revoke);
        story.Platform(request => Given.Removed(request, 6)).Runs(Work.ReadBack);
    }

    [Fact]
    public void LateSuccess_WhileALookRuns_MakesItsProofWorthless()
    {
        var story = Story.Revoking().Platform(request => Given.Removed(request, 4)).Runs(Work.ReadBack);
        story.Accepts(Late(story.Request, 5)).Platform(request => Given.LookedBack(request, 6)).Is(Phase.Revoking, Outcome.Revoked).Runs(Work.Revoke);
        Assert.Null(story.Grant.ProvenGoneAt);
    }

    [Fact]
    public void LateSuccess_OfARequestThatNeverHadAccess_IsRemovedToo()
    {
        var story = Story.Of().Accepts(Given.Cancel(1));
        story.Accepts(Late(story.Request, 10)).Is(Phase.Revoking, Outcome.Cancelled).Runs(Work.Revoke);
    }

    [Fact]
    public void Removal_NoMachineCanProve_AwaitsANamedPerson()
    {
        var story = Story.Revoking().Platform(request => Given.Removed(request, 4)).Platform(request => Given.LookedBack(request, 5, Finding.AwaitsPerson, "fred"));
        Assert.Equal("fred", story.Told(NoticeKind.RemovalAsked));
        story.Is(Phase.Revoking, Outcome.Revoked).Runs(null);
        Assert.Equal(Given.At(5 + (24 * 60)), Deadlines.Next(story.Request));
        story.Accepts(Given.Timer(5 + (24 * 60)));
        Assert.Equal("fred", story.Told(NoticeKind.RemovalAsked));

        story.Refuses(Given.ConfirmRemoved(2000, by: "alice"), RefusalReason.SelfReview).Refuses(Given.ConfirmRemoved(2001, by: "bob"), RefusalReason.NotPermitted);
        story.Accepts(Given.ConfirmRemoved(2002, by: "fred")).Is(Phase.Closed, Outcome.Revoked);
        Assert.Equal("looked; removal confirmed by fred", story.Grant.Proof);
        Assert.Null(story.Grant.ProvenGoneAt);
    }

    [Fact]
    public void Removal_WithoutFulfillers_IsAskedOfAdministrators_AndOneMayConfirm()
    {
        var story = Story.Revoking().Platform(request => Given.Removed(request, 4)).Platform(request => Given.LookedBack(request, 5, Finding.AwaitsPerson));
        Assert.Equal(Audience.Administrators, story.Told(NoticeKind.RemovalAsked));
        story.Accepts(Given.ConfirmRemoved(6, by: "dave")).Is(Phase.Closed, Outcome.Revoked);
    }

    [Fact]
    public void End_AtItsInstant_EndsAccess_AndTellsEveryone()
    {
        var story = Story.Active().Accepts(Given.Timer(61)).Is(Phase.Revoking, Outcome.Expired).Runs(Work.Revoke);
        Assert.Equal("alice ben bob carol", story.Told(NoticeKind.Expired));
    }

    private static ProvisionSucceeded Late(AccessRequest request, double minutes) => Given.Provisioned(request, minutes) with { Attempt = 1 };
}
