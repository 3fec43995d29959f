using AccessFunctions.Application.Effects;
using AccessFunctions.Application.Inventory;
using AccessFunctions.Application.Ports;
using AccessFunctions.Application.Tests.Fakes;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Tests.Shared;
using Microsoft.Extensions.Logging.Abstractions;

namespace AccessFunctions.Application.Tests;

/// <summary>Platform against ledger: what counts as a difference, what does not, and that each is audited once.</summary>
public sealed class ReconcilerTests
{
    private static readonly string Privilege = FakePlatform.KeyOf(Given.Order());
    private readonly ManualTimeProvider _clock = new(Given.Now);
    private readonly FakePlatform _platform = new();
    private readonly FakeLedger _ledger = new();
    private readonly FakeRequests _requests = new();
    private readonly FakeAudit _audit = new();
    private readonly FakeReconcileMemory _memory = new();
    private readonly Reconciler _reconciler;

    public ReconcilerTests() => _reconciler = Reconciler(_platform);

    [Fact]
    public async Task ActiveGrant_ThatIsThere_IsNoFinding()
    {
        await Live("r-1");
        Assert.Empty(await Run());
        Assert.Empty(_audit.Events);
    }

    [Fact]
    public async Task ActiveGrant_TakenByHand_Vanished_AndIsAuditedInTheHostStream()
    {
        await Live("r-1");
        _ = _platform.Privileges.Remove(Privilege);
        Assert.Equal(new DriftFinding(Drift.Vanished, "r-1", "r-1.1", "pg-prod/analytics", "no membership found"), Assert.Single(await Run()));
        var happened = Assert.Single(_audit.Events);
        Assert.Equal((EventTypes.Grant.Vanished, SystemActors.Reconciler, "r-1", "r-1.1"), (happened.Type, happened.Actor, happened.RequestId, happened.GrantId));
        Assert.Equal(("alice", "pg-prod/analytics", "reader", "alice_pg", "Active"), (happened.Requester, happened.Resource, happened.Role, happened.Identity, happened.Phase));
        Assert.Equal((Given.Now, "no membership found"), (happened.At, happened.Detail!.Text));
    }

    [Fact]
    public async Task Results_SayWhatWasLookedAt_AndWhatDiffers_WhileItLasts()
    {
        await Run();
        Assert.Equal(new ReconcileResult(Given.Now, 0, 0, 0, 0), _memory.Results["pg-prod"]);
        await Live("r-1");
        await Run();
        Assert.Equal(new ReconcileResult(Given.Now, 1, 0, 0, 0), _memory.Results["pg-prod"]);
        _ = _platform.Privileges.Remove(Privilege);
        await Run();
        await Run();
        Assert.Equal(new ReconcileResult(Given.Now, 1, 1, 0, 0), _memory.Results["pg-prod"]);
    }

    [Fact]
    public async Task ClosedGrant_GivenAgainByHand_IsUnexpected_AndItsRequestIsTold()
    {
        Ended("r-1");
        Assert.Empty(await Run());
        _ = _platform.Privileges.Add(Privilege);
        Assert.Equal((Drift.Unexpected, "r-1.1"), Only(await Run()));
        var told = _requests.Last<AccessReturned>();
        Assert.Equal(("r-1.1", SystemActors.Reconciler, "returned-r-1.1-1"), (told.GrantId, told.By, told.Id));
        Assert.NotEmpty(told.Evidence);
        Assert.Equal((Drift.Unexpected, "r-1"), (_memory.Differences["Unexpected pg-prod " + Privilege].Drift, _memory.Differences["Unexpected pg-prod " + Privilege].RequestId));

        // While it is being removed there is nothing to compare, and it lasts.
        var closed = _requests.All["r-1"];
        _ = _requests.Put(closed with { Phase = Phase.Revoking, ClosedAt = null });
        Assert.Empty(await Run());
        Assert.Single(_memory.Reported);

        // Removed, and given once more before the next look: told once more.
        _ = _requests.Put(closed with { Sequence = 7 });
        Assert.Single(await Run());
        Assert.Equal("returned-r-1.1-7", _requests.Last<AccessReturned>().Id);
        _ = _platform.Privileges.Remove(Privilege);
        Assert.Empty(await Run());
        Assert.Empty(_memory.Reported);
    }

    [Fact]
    public async Task ClosedGrant_WhoseRequestMovedOn_IsNotReported()
    {
        Ended("r-1");
        _ = _platform.Privileges.Add(Privilege);
        _requests.Answer = _ => new SignalAnswer(null, new Refusal(RefusalReason.NotNow, "It moved on."), 1);
        await Run();
        Assert.Empty(_memory.Reported);
    }

    [Fact]
    public async Task FindingThatCannotBeTold_StopsNoOther()
    {
        Ended("r-1");
        _ = _platform.Privileges.Add(Privilege);
        await Live("r-2", "bob");
        _ = _platform.Privileges.Remove(FakePlatform.KeyOf(Given.Order("r-2", "bob")));
        _requests.Answer = static _ => throw new InvalidOperationException("no orchestration");
        Assert.Equal(2, (await Run()).Count);
        Assert.Equal(["Vanished r-2.1"], _memory.Reported);
        Assert.Equal(1, _memory.Results["pg-prod"].Different);
    }

    [Fact]
    public async Task WhatMayBeAnothers_OpensNoRequestAgain()
    {
        _platform.IsShared = false;
        Ended("r-1");
        _ = _platform.Privileges.Add(Privilege);
        _platform.MayBeAnothers = true;
        Assert.Empty(await Run());
        Assert.Empty(_requests.Signals);
    }

    [Fact]
    public async Task OneFinding_IsAuditedOnceWhileItLasts_AndAgainWhenItComesBack()
    {
        await Live("r-1");
        Ended("r-2", requester: "bob");
        _ = _platform.Privileges.Remove(Privilege);
        _ = _platform.Privileges.Add(FakePlatform.KeyOf(Given.Order("r-2", "bob")));
        Assert.Equal(2, (await Run()).Count);
        Assert.Equal(2, (await Run()).Count);

        // A platform that cannot be reached ends nothing.
        _platform.Failure = new PlatformException("no answer");
        Assert.Empty(await Run());
        _platform.Failure = null;
        Assert.Equal(2, (await Run()).Count);
        Assert.Single(_audit.Events);
        Assert.Single(_requests.Signals.Select(static told => told.Signal.Id).Distinct());

        _ = _platform.Privileges.Add(Privilege);
        _ = Assert.Single(await Run());
        _ = _platform.Privileges.Remove(Privilege);
        Assert.Equal(2, (await Run()).Count);
        Assert.Equal([EventTypes.Grant.Vanished, EventTypes.Grant.Vanished], _audit.Events.Where(happened => happened.RequestId == "r-1").Select(happened => happened.Type));
        Assert.Equal((2, 1), (_audit.Events.Count, _requests.Signals.Select(static told => told.Signal.Id).Distinct().Count()));
    }

    [Fact]
    public async Task ManyClosedGrantsOfOnePrivilege_AreOneFinding()
    {
        foreach (var id in (string[])["r-1", "r-2", "r-3"]) Ended(id);
        _ = _platform.Privileges.Add(Privilege);
        _ = Assert.Single(await Run());
        _ = Assert.Single(_requests.Signals);
    }

    [Fact]
    public async Task AccessThroughAnotherWay_IsNotGone()
    {
        await Live("r-1");
        _ = _platform.Privileges.Remove(Privilege);
        _platform.Through = "membership in all_readers";
        Assert.Empty(await Run());
    }

    [Fact]
    public async Task AccessThatStoodBefore_IsNoFinding()
    {
        // Active, already held, and taken by hand since: it was never this request's.
        _ = _requests.Put(Given.Request("r-1", Phase.Active, GrantState.AlreadyHeld));
        // Closed, already held, and still there as it must be.
        Ended("r-2", grant => grant with { AlreadyHeld = "held directly before this request", Identity = "bob_pg" });
        _ = _platform.Privileges.Add(FakePlatform.KeyOf(Given.Order("r-2", "bob")));
        // Closed before anything was given: what is there was there.
        Ended("r-3", grant => grant with { GrantedAt = null, Identity = "bob_pg" });
        Assert.Empty(await Run());
        Assert.Empty(_platform.Calls);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ClosedGrant_WhosePrivilegeTheLedgerKnows_IsNoFinding(bool standing)
    {
        Ended("r-1");
        _ = _platform.Privileges.Add(Privilege);
        await Hold("r-2", "alice", standing ? "held directly before" : null);
        Assert.Empty(await Run());
    }

    [Fact]
    public async Task ConfirmedByAPerson_IsNotLookedAt_AndWhatOnlyAPersonCanSee_IsNoFinding()
    {
        Ended("r-1", grant => grant with { Fulfillers = ["frank"] });
        _ = _platform.Privileges.Add(Privilege);
        Assert.Empty(await Run());
        Assert.Empty(_platform.Calls);

        Ended("r-1");
        await Live("r-2", "bob");
        _ = _platform.Privileges.Remove(FakePlatform.KeyOf(Given.Order("r-2", "bob")));
        _platform.AwaitsPerson = true;
        Assert.Empty(await Run());
    }

    [Fact]
    public async Task Credentials_AreNotCompared()
    {
        _ = _requests.Put(Given.Request("r-1", Phase.Active, GrantState.Granted) with { Ask = Given.Ask with { Kind = AccessKind.Credential } });
        _platform.EveryEndChanges = true;
        _ = _requests.Put(Given.Request("r-2", Phase.Active, GrantState.Granted));
        Assert.Empty(await Run());
        Assert.Empty(_platform.Calls);
    }

    [Fact]
    public async Task ClosedLongerAgo_IsNotLookedAt()
    {
        Ended("r-1");
        _ = _platform.Privileges.Add(Privilege);
        _clock.Advance(Application.Reconciler.LooksBack + TimeSpan.FromSeconds(1));
        Assert.Empty(await Run());
        Assert.Empty(_platform.Calls);
    }

    [Fact]
    public async Task GrantThatEndsWhileItIsLookedAt_IsNoFinding()
    {
        await Live("r-1");
        _ = _platform.Privileges.Remove(Privilege);
        _platform.Looking = () => _requests.Put(Given.Request("r-1", Phase.Revoking, GrantState.Granted));
        Assert.Empty(await Run());

        await Live("r-1");
        _ = _platform.Privileges.Remove(Privilege);
        _platform.Looking = () => _clock.SetUtcNow(Given.Now.AddHours(1));
        Assert.Empty(await Run());
        Assert.Empty(_audit.Events);
    }

    [Fact]
    public async Task PrivilegeGivenToAnotherRequestWhileItIsLookedAt_IsNoFinding()
    {
        Ended("r-1");
        _ = _platform.Privileges.Add(Privilege);
        // What the first look saw was another request's, and its end has taken it before the second look.
        _platform.Looking = () =>
        {
            _platform.Looking = null;
            _ = _platform.Privileges.Remove(Privilege);
        };
        Assert.Empty(await Run());

        // Between the look and the ledger another request is given it.
        Task? given = null;
        _ = _platform.Privileges.Add(Privilege);
        _platform.Looking = () =>
        {
            _platform.Looking = null;
            given = Hold("r-2", "alice");
        };
        Assert.Empty(await Run());
        await given!;
        Assert.Empty(_audit.Events);
    }

    [Fact]
    public async Task ClosedRequestThatOpensAgainWhileItIsLookedAt_IsNoFinding()
    {
        _platform.IsShared = false;
        Ended("r-1");
        _ = _platform.Privileges.Add(Privilege);
        _platform.Looking = () => _requests.Put(_requests.All["r-1"] with { Phase = Phase.Revoking, ClosedAt = null });
        Assert.Empty(await Run());

        // It opened and closed again: what was seen may be of that time.
        Ended("r-1");
        _platform.Looking = () => _requests.Put(_requests.All["r-1"] with { Sequence = 7 });
        Assert.Empty(await Run());
        _platform.Looking = null;
        Assert.Equal((Drift.Unexpected, "r-1.1"), Only(await Run()));
    }

    [Fact]
    public async Task UnreachablePlatform_IsSkippedAfterAFewLooks_AndStopsNoOther()
    {
        var away = new FakePlatform("pg-away") { Failure = new PlatformException("no answer") };
        for (var i = 0; i < 5; i++) _ = _requests.Put(On("pg-away", Given.Request($"a-{i}", Phase.Active, GrantState.Granted)));
        _ = _requests.Put(On("pg-removed", Given.Request("b-1", Phase.Active, GrantState.Granted)));
        await Live("r-1");
        _ = _platform.Privileges.Remove(Privilege);
        Assert.Equal((Drift.Vanished, "r-1.1"), Only(await Reconciler(_platform, away).RunOnce(Cancellation)));
        Assert.Equal(3, away.Calls.Count);

        away.SharedFailure = new PlatformException("its target is not configured");
        Assert.Equal((Drift.Vanished, "r-1.1"), Only(await Reconciler(_platform, away).RunOnce(Cancellation)));
        Assert.Equal(3, away.Calls.Count);
    }

    [Fact]
    public async Task PlatformThatHangs_IsLeftAtTheBound_AndRestsUntilItsLookEnded()
    {
        await Live("r-1");
        _ = _platform.Privileges.Remove(Privilege);
        var hang = _platform.Hang = new TaskCompletionSource();
        _platform.HonoursToken = false;
        var running = Run();
        await _platform.Entered.Task;
        _clock.Advance(EffectRunner.AttemptTimeout);
        Assert.Empty(await running);

        _platform.Hang = null;
        Assert.Empty(await Run());
        Assert.Equal(["ReadBack"], _platform.Calls);
        hang.SetResult();
        while ((await Run()).Count == 0) await Task.Yield();
        _ = Assert.Single(_audit.Events);
    }

    [Fact]
    public async Task OneFinding_IsAuditedOnce_ByAnyNumberOfProcesses_AndAgainWhenItComesBack()
    {
        await Live("r-1");
        for (var i = 0; i < 2; i++)
        {
            _ = _platform.Privileges.Remove(Privilege);
            for (var run = 0; run < 2; run++) _ = Assert.Single(await Reconciler(_platform).RunOnce(Cancellation));
            _ = _platform.Privileges.Add(Privilege);
            Assert.Empty(await Reconciler(_platform).RunOnce(Cancellation));
        }

        Assert.Equal(2, _audit.Events.Count);
    }

    [Fact]
    public async Task FindingOfARequestThatEnded_IsForgotten()
    {
        await Live("r-1");
        _ = _platform.Privileges.Remove(Privilege);
        _ = Assert.Single(await Run());
        Assert.Equal(["Vanished r-1.1"], _memory.Reported);
        _ = _requests.Put(Given.Request("r-1", Phase.Revoking, GrantState.Granted));
        Assert.Empty(await Run());
        Assert.Empty(_memory.Reported);
    }

    [Fact]
    public async Task OutOfTime_TheNextProcessGoesOn_UntilAllWereLookedAt()
    {
        AllVanished("pg-prod", 5);
        _platform.Looking = () => _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(["r-1", "r-2"], await Looks(_platform));
        Assert.Equal(["r-3", "r-4"], await Looks(_platform));
        Assert.Equal("Vanished r-4.1", _memory.Places["pg-prod"].Last);
        Assert.Equal(["r-1", "r-5"], await Looks(_platform));

        // With time enough it goes once around, and begins at the start afterwards.
        _platform.Looking = null;
        Assert.Equal(["r-1", "r-2", "r-3", "r-4", "r-5"], await Looks(_platform));
        Assert.Empty(_memory.Places);
        Assert.Equal(5, _audit.Events.Count);
    }

    [Fact]
    public async Task OutOfTime_PlatformsTakeTurns()
    {
        // Twice as many as are looked at side by side, each with more grants than there is time for.
        var platforms = Enumerable.Range(0, 16).Select(i => new FakePlatform($"pg-{i:00}") { Looking = () => _clock.Advance(TimeSpan.FromSeconds(1)) }).ToArray();
        foreach (var platform in platforms) AllVanished(platform.Name, 40, $"{platform.Name}-");
        for (var i = 0; i < 30; i++) _ = await Looks([.. platforms]);
        Assert.All(platforms, platform => Assert.NotEmpty(platform.Calls));
    }

    [Fact]
    public async Task GrantsThatCannotBeLookedAt_KeepNoOthersFromTheirTurn()
    {
        AllVanished("pg-prod", 5);
        _platform.Failure = new PlatformException("no such database");
        Assert.Empty(await Run());
        _platform.Failure = null;
        Assert.Equal("Vanished r-3.1", _memory.Places["pg-prod"].Last);
        _platform.Looking = () => _platform.Failure = _platform.Calls.Count == 5 ? new PlatformException("no such database") : null;
        Assert.Equal(["r-4", "r-5"], (await Run()).Select(finding => finding.RequestId));
    }

    [Fact]
    public async Task PlaceOnAPlatformWithNothingToLookAt_IsForgotten()
    {
        _memory.Places["pg-gone"] = new ReconcilePlace("Vanished r-1.1", Given.Now);
        Assert.Empty(await Run());
        Assert.Empty(_memory.Places);
    }

    private async Task<IEnumerable<string>> Looks(params IPlatform[] platforms) =>
        (await Reconciler(platforms).RunOnce(TimeSpan.FromSeconds(2), Cancellation)).Select(finding => finding.RequestId);

    /// <summary>Active requests of as many people, from 1, whose access nobody gave.</summary>
    private void AllVanished(string platform, int requests, string prefix = "r-")
    {
        for (var i = 1; i <= requests; i++) _ = _requests.Put(On(platform, Given.Request($"{prefix}{i}", Phase.Active, GrantState.Granted, $"user{i}")));
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static (Drift, string) Only(IReadOnlyList<DriftFinding> findings) => (Assert.Single(findings).Drift, findings[0].GrantId);

    private static AccessRequest On(string platform, AccessRequest request) => request with { Grants = [.. request.Grants.Select(grant => grant with { Resource = $"{platform}/analytics" })] };

    private Reconciler Reconciler(params IPlatform[] platforms) =>
        new(new FakePlatforms(platforms), _ledger, _requests, _requests, _audit, _memory, Ungranted(platforms), _clock, NullLogger<Reconciler>.Instance);

    /// <summary>Nothing is ingested here: UngrantedAccessTests.</summary>
    private UngrantedReports Ungranted(IPlatform[] platforms)
    {
        var store = new InMemoryInventoryStore();
        return new UngrantedReports(new UngrantedAccess(new InventoryGraphs(store, _clock), store, _requests, new FakePlatforms(platforms), new FakeGroups(), Given.Directory()), _audit, _memory, _clock);
    }

    private Task<IReadOnlyList<DriftFinding>> Run() => _reconciler.RunOnce(Cancellation);

    /// <summary>An active request whose privilege is on the platform and in the ledger.</summary>
    private async Task Live(string id, string requester = "alice")
    {
        _ = _requests.Put(Given.Request(id, Phase.Active, GrantState.Granted, requester));
        _ = _platform.Privileges.Add(FakePlatform.KeyOf(Given.Order(id, requester)));
        await Hold(id, requester);
    }

    private async Task Hold(string id, string requester, string? standing = null)
    {
        await using var entry = await _ledger.Enter("pg-prod", FakePlatform.KeyOf(Given.Order(id, requester)), Cancellation);
        await entry.Add(new LedgerHolder($"{id}.1", id, requester), standing, Cancellation);
    }

    /// <summary>A closed request whose grant was given, and proven gone.</summary>
    private void Ended(string id, Func<Grant, Grant>? but = null, string requester = "alice")
    {
        var request = Given.Request(id, Phase.Closed, GrantState.Gone, requester);
        var gone = request.Grants[0] with { GrantedAt = Given.Now, RevokedAt = Given.Now, ProvenGoneAt = Given.Now, Proof = "no membership found." };
        _ = _requests.Put(request with { Outcome = Outcome.Expired, ClosedAt = Given.Now, Grants = [but?.Invoke(gone) ?? gone] });
    }
}
