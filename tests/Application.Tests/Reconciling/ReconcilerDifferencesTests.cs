using AccessFunctions.Application.Tests.Fakes;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Application.Tests.Reconciling;

/// <summary>Platform against ledger: what counts as a difference, and what does not.</summary>
public sealed class ReconcilerDifferencesTests : ReconcilerScene
{
    [Fact]
    public async Task ActiveGrant_ThatIsThere_IsNoFinding()
    {
        await Live("r-1");
        Assert.Empty(await Run());
        Assert.Empty(Audit.Events);
    }

    [Fact]
    public async Task ActiveGrant_TakenByHand_Vanished_AndIsAuditedInTheHostStream()
    {
        await Live("r-1");
        _ = Platform.Privileges.Remove(Privilege);
        Assert.Equal(new DriftFinding(Drift.Vanished, "r-1", "r-1.1", "pg-prod/analytics", "no membership found"), Assert.Single(await Run()));
        var happened = Assert.Single(Audit.Events);
        Assert.Equal((EventTypes.Grant.Vanished, SystemActors.Reconciler, "r-1", "r-1.1"), (happened.Type, happened.Actor, happened.RequestId, happened.GrantId));
        Assert.Equal(("alice", "pg-prod/analytics", "reader", "alice_pg", "Active"), (happened.Requester, happened.Resource, happened.Role, happened.Identity, happened.Phase));
        Assert.Equal((Given.Now, "no membership found"), (happened.At, happened.Detail!.Text));
    }

    [Fact]
    public async Task ClosedGrant_GivenAgainByHand_IsUnexpected_AndItsRequestIsTold()
    {
        Ended("r-1");
        Assert.Empty(await Run());
        _ = Platform.Privileges.Add(Privilege);
        Assert.Equal((Drift.Unexpected, "r-1.1"), Only(await Run()));
        var told = Requests.Last<AccessReturned>();
        Assert.Equal(("r-1.1", SystemActors.Reconciler, "returned-r-1.1-1"), (told.GrantId, told.By, told.Id));
        Assert.NotEmpty(told.Evidence);
        Assert.Equal((Drift.Unexpected, "r-1"), (Memory.Differences["Unexpected pg-prod " + Privilege].Drift, Memory.Differences["Unexpected pg-prod " + Privilege].RequestId));

        // While it is being removed there is nothing to compare, and it lasts.
        var closed = Requests.All["r-1"];
        _ = Requests.Put(closed with { Phase = Phase.Revoking, ClosedAt = null });
        Assert.Empty(await Run());
        Assert.Single(Memory.Reported);

        // Removed, and given once more before the next look: told once more.
        _ = Requests.Put(closed with { Sequence = 7 });
        Assert.Single(await Run());
        Assert.Equal("returned-r-1.1-7", Requests.Last<AccessReturned>().Id);
        _ = Platform.Privileges.Remove(Privilege);
        Assert.Empty(await Run());
        Assert.Empty(Memory.Reported);
    }

    [Fact]
    public async Task WhatMayBeAnothers_OpensNoRequestAgain()
    {
        Platform.IsShared = false;
        Ended("r-1");
        _ = Platform.Privileges.Add(Privilege);
        Platform.MayBeAnothers = true;
        Assert.Empty(await Run());
        Assert.Empty(Requests.Signals);
    }

    [Fact]
    public async Task AccessThroughAnotherWay_IsNotGone()
    {
        await Live("r-1");
        _ = Platform.Privileges.Remove(Privilege);
        Platform.Through = "membership in all_readers";
        Assert.Empty(await Run());
    }

    [Fact]
    public async Task AccessThatStoodBefore_IsNoFinding()
    {
        // Active, already held, and taken by hand since: it was never this request's.
        _ = Requests.Put(Given.Request("r-1", Phase.Active, GrantState.AlreadyHeld));
        // Closed, already held, and still there as it must be.
        Ended("r-2", grant => grant with { AlreadyHeld = "held directly before this request", Identity = "bob_pg" });
        _ = Platform.Privileges.Add(FakePlatform.KeyOf(Given.Order("r-2", "bob")));
        // Closed before anything was given: what is there was there.
        Ended("r-3", grant => grant with { GrantedAt = null, Identity = "bob_pg" });
        Assert.Empty(await Run());
        Assert.Empty(Platform.Calls);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ClosedGrant_WhosePrivilegeTheLedgerKnows_IsNoFinding(bool standing)
    {
        Ended("r-1");
        _ = Platform.Privileges.Add(Privilege);
        await Hold("r-2", "alice", standing ? "held directly before" : null);
        Assert.Empty(await Run());
    }

    [Fact]
    public async Task ConfirmedByAPerson_IsNotLookedAt_AndWhatOnlyAPersonCanSee_IsNoFinding()
    {
        Ended("r-1", grant => grant with { Fulfillers = ["frank"] });
        _ = Platform.Privileges.Add(Privilege);
        Assert.Empty(await Run());
        Assert.Empty(Platform.Calls);

        Ended("r-1");
        await Live("r-2", "bob");
        _ = Platform.Privileges.Remove(FakePlatform.KeyOf(Given.Order("r-2", "bob")));
        Platform.AwaitsPerson = true;
        Assert.Empty(await Run());
    }

    [Fact]
    public async Task Credentials_AreNotCompared()
    {
        _ = Requests.Put(Given.Request("r-1", Phase.Active, GrantState.Granted) with { Ask = Given.Ask with { Kind = AccessKind.Credential } });
        Platform.EveryEndChanges = true;
        _ = Requests.Put(Given.Request("r-2", Phase.Active, GrantState.Granted));
        Assert.Empty(await Run());
        Assert.Empty(Platform.Calls);
    }

    [Fact]
    public async Task ClosedLongerAgo_IsNotLookedAt()
    {
        Ended("r-1");
        _ = Platform.Privileges.Add(Privilege);
        Clock.Advance(Reconciler.LooksBack + TimeSpan.FromSeconds(1));
        Assert.Empty(await Run());
        Assert.Empty(Platform.Calls);
    }

    [Fact]
    public async Task GrantThatEndsWhileItIsLookedAt_IsNoFinding()
    {
        await Live("r-1");
        _ = Platform.Privileges.Remove(Privilege);
        Platform.Looking = () => Requests.Put(Given.Request("r-1", Phase.Revoking, GrantState.Granted));
        Assert.Empty(await Run());

        await Live("r-1");
        _ = Platform.Privileges.Remove(Privilege);
        Platform.Looking = () => Clock.SetUtcNow(Given.Now.AddHours(1));
        Assert.Empty(await Run());
        Assert.Empty(Audit.Events);
    }

    [Fact]
    public async Task PrivilegeGivenToAnotherRequestWhileItIsLookedAt_IsNoFinding()
    {
        Ended("r-1");
        _ = Platform.Privileges.Add(Privilege);
        // What the first look saw was another request's, and its end has taken it before the second look.
        Platform.Looking = () =>
        {
            Platform.Looking = null;
            _ = Platform.Privileges.Remove(Privilege);
        };
        Assert.Empty(await Run());

        // Between the look and the ledger another request is given it.
        Task? given = null;
        _ = Platform.Privileges.Add(Privilege);
        Platform.Looking = () =>
        {
            Platform.Looking = null;
            given = Hold("r-2", "alice");
        };
        Assert.Empty(await Run());
        await given!;
        Assert.Empty(Audit.Events);
    }

    [Fact]
    public async Task ClosedRequestThatOpensAgainWhileItIsLookedAt_IsNoFinding()
    {
        Platform.IsShared = false;
        Ended("r-1");
        _ = Platform.Privileges.Add(Privilege);
        Platform.Looking = () => Requests.Put(Requests.All["r-1"] with { Phase = Phase.Revoking, ClosedAt = null });
        Assert.Empty(await Run());

        // It opened and closed again: what was seen may be of that time.
        Ended("r-1");
        Platform.Looking = () => Requests.Put(Requests.All["r-1"] with { Sequence = 7 });
        Assert.Empty(await Run());
        Platform.Looking = null;
        Assert.Equal((Drift.Unexpected, "r-1.1"), Only(await Run()));
    }
}
