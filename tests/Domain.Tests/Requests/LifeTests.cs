using AccessFunctions.Domain.Requests;
using Xunit;

namespace AccessFunctions.Domain.Tests.Requests;

public sealed class LifeTests
{
    [Fact]
    public void Request_ThroughBothLevels_IsProvisionedEndedAndProvenGone()
    {
        var request = Given.Open();
        Assert.Equal((Phase.Open, 1), (request.Phase, request.Level));

        request = Given.After(request, Given.Approve("bob"));
        Assert.Equal((Phase.Open, 2), (request.Phase, request.Level));

        // Inside the asked period: approvals stay.
        request = Given.After(request, Given.Approve("carol", minutes: 2, end: Given.Noon.AddMinutes(32)));
        Assert.Equal((Phase.Provisioning, 1), (request.Phase, request.Revision));
        Assert.Equal(Work.Provision, request.InFlight?.Work);

        request = Given.After(request, Given.Provisioned(request, 3));
        Assert.Equal(Phase.Active, request.Phase);
        Assert.Equal(Given.Noon.AddMinutes(32), Deadlines.Next(request));

        request = Given.After(request, Given.Timer(33));
        Assert.Equal((Phase.Revoking, Work.Revoke), (request.Phase, request.InFlight?.Work));
        request = Given.After(request, Given.Removed(request, 34));
        Assert.Equal(Work.ReadBack, request.InFlight?.Work);
        request = Given.After(request, Given.LookedBack(request, 35));
        Assert.Equal((Phase.Closed, Outcome.Expired), (request.Phase, request.Outcome));
        Assert.Equal(Given.Noon.AddMinutes(35), request.Grants[0].ProvenGoneAt);
    }

    [Fact]
    public void Approve_ByTheRequester_IsRefused()
    {
        var decision = Decider.Decide(Given.Open(), Given.Approve("alice"));
        Assert.Equal(RefusalReason.SelfReview, decision.Refusal?.Reason);
        Assert.Empty(decision.Effects);
    }

    [Fact]
    public void Deny_AfterTheLevelPassed_IsAlreadySettled()
    {
        var request = Given.After(Given.Open(), Given.Approve("bob"));
        Assert.Equal(RefusalReason.AlreadySettled, Decider.Decide(request, Given.Deny("ben", minutes: 2)).Refusal?.Reason);
    }
}
