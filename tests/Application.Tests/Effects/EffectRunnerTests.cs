using AccessFunctions.Application.Effects;
using AccessFunctions.Application.Ports;
using AccessFunctions.Application.Tests.Fakes;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Tests.Shared;
using Microsoft.Extensions.Logging.Abstractions;

namespace AccessFunctions.Application.Tests.Effects;

/// <summary>Platform effects around the ledger: shared and standing privileges, hand-made access, failures and time-outs.</summary>
public sealed class EffectRunnerTests
{
    private static readonly string Privilege = FakePlatform.KeyOf(Given.Order());
    private readonly ManualTimeProvider _clock = new(Given.Now);
    private readonly FakePlatform _platform = new();
    private readonly FakePlatforms _platforms;
    private readonly FakeLedger _ledger = new();
    private readonly FakeRequests _requests = new();
    private readonly FakeDirectory _directory = Given.Directory();
    private readonly FakeChannel _mail = new();
    private readonly EffectRunner _runner;

    public EffectRunnerTests()
    {
        _platforms = new FakePlatforms(_platform);
        _runner = new EffectRunner(_platforms, new ProcessAttemptFence(), _ledger, _requests, _directory, [_mail], _clock, NullLogger<EffectRunner>.Instance);
        _ = _requests.Put(Given.Request("r-1", Phase.Provisioning));
        _ = _requests.Put(Given.Request("r-2", Phase.Provisioning));
    }

    [Fact]
    public async Task Provision_OfAFreshPrivilege_GrantsItAndReportsUnderAStableId()
    {
        var first = await Provision("r-1");
        var again = await Provision("r-1");
        var succeeded = Assert.IsType<ProvisionSucceeded>(first);
        Assert.Equal(first, again);
        Assert.Equal(("o-2-0", "r-1.1", 1, "alice_pg"), (succeeded.Id, succeeded.GrantId, succeeded.Attempt, succeeded.Login));
        Assert.Equal((SystemActors.Runner, Channel.System), (succeeded.By, succeeded.Channel));
        Assert.Null(succeeded.AlreadyHeld);
        Assert.Contains(Privilege, _platform.Privileges);
        Assert.Equal("r-1.1", Assert.Single(_ledger.Holders("pg-prod", Privilege)).GrantId);
    }

    [Fact]
    public async Task PlatformThatWasTakenAway_GivesNothing_AndTakesWhatWasGiven()
    {
        _ = await Provision("r-1");
        _ = _platforms.Gone.Add("pg-prod");
        Assert.True(Assert.IsType<ProvisionFailed>(await Provision("r-2")).Permanent);
        _ = await Revoke("r-1");
        Assert.DoesNotContain(Privilege, _platform.Privileges);
    }

    [Fact]
    public async Task PlatformThatAnotherProcessSetAMomentAgo_IsFound()
    {
        _ = _platforms.Unknown.Add("pg-prod");
        Assert.IsType<ProvisionSucceeded>(await Provision("r-1"));
    }

    [Fact]
    public async Task StandingPrivilege_IsReportedAsHeld_AndSurvivesTheEndOfEveryGrant()
    {
        _ = _platform.Privileges.Add(Privilege);
        var first = Assert.IsType<ProvisionSucceeded>(await Provision("r-1"));
        var second = Assert.IsType<ProvisionSucceeded>(await Provision("r-2"));
        Assert.Contains("membership found", first.AlreadyHeld);
        Assert.Equal(first.AlreadyHeld, second.AlreadyHeld);

        foreach (var request in (string[])["r-1", "r-2"])
        {
            _ = Assert.IsType<RevokeSucceeded>(await Revoke(request));
            var look = Assert.IsType<ReadBack>(await ReadBack(request));
            Assert.Equal(Finding.Gone, look.Finding);
            Assert.Contains("held directly before", look.Proof);
        }

        Assert.Contains(Privilege, _platform.Privileges);
        Assert.DoesNotContain("Grant", _platform.Calls);
        Assert.DoesNotContain("Revoke", _platform.Calls);
        Assert.Empty(_ledger.Holders("pg-prod", Privilege));
        Assert.Null(_ledger.Standing("pg-prod", Privilege));
    }

    [Fact]
    public async Task SharedPrivilege_StaysUntilTheLastGrantEnds()
    {
        _ = await Provision("r-1");
        _ = await Provision("r-2");

        _ = Assert.IsType<RevokeSucceeded>(await Revoke("r-1"));
        var look = Assert.IsType<ReadBack>(await ReadBack("r-1"));
        Assert.Equal(Finding.Gone, look.Finding);
        Assert.Contains("remains is through grant r-2.1 of request r-2", look.Proof);
        Assert.Contains(Privilege, _platform.Privileges);

        _ = await Revoke("r-2");
        Assert.Equal(Finding.Gone, Assert.IsType<ReadBack>(await ReadBack("r-2")).Finding);
        Assert.DoesNotContain(Privilege, _platform.Privileges);
        Assert.Empty(_ledger.Holders("pg-prod", Privilege));
    }

    [Fact]
    public async Task TwoGrantsThatEndTogether_NeitherCountsOnTheOther()
    {
        _ = await Provision("r-1");
        _ = await Provision("r-2");
        _ = await Revoke("r-1");
        _ = await Revoke("r-2");
        Assert.DoesNotContain(Privilege, _platform.Privileges);
        Assert.Equal(Finding.Gone, Assert.IsType<ReadBack>(await ReadBack("r-1")).Finding);
        Assert.Equal(Finding.Gone, Assert.IsType<ReadBack>(await ReadBack("r-2")).Finding);
    }

    [Fact]
    public async Task ReadBack_WhereTheRemovalDidNotTake_SaysStillThere_AndTheNextRemovalIsMade()
    {
        _ = await Provision("r-1");
        _platform.RevokeDoesNothing = true;
        _ = await Revoke("r-1");
        Assert.Equal(Finding.StillThere, Assert.IsType<ReadBack>(await ReadBack("r-1")).Finding);

        _platform.RevokeDoesNothing = false;
        _ = await Revoke("r-1", attempt: 4);
        Assert.Equal(Finding.Gone, Assert.IsType<ReadBack>(await ReadBack("r-1", attempt: 5)).Finding);
        Assert.DoesNotContain(Privilege, _platform.Privileges);
    }

    [Fact]
    public async Task ReadBack_NamesTheWayThatStillGivesTheSameAccess()
    {
        _ = await Provision("r-1");
        _ = await Revoke("r-1");
        _platform.Through = "role analysts";
        var look = Assert.IsType<ReadBack>(await ReadBack("r-1"));
        Assert.Equal((Finding.Gone, "no membership found; the same access remains through role analysts."), (look.Finding, look.Proof));
    }

    [Fact]
    public async Task Revoke_OfAGrantThatNeverCameToGranting_LeavesStandingAccessAlone()
    {
        _ = _platform.Privileges.Add(Privilege);
        _platform.Failure = new PlatformException("no connection");
        Assert.Equal("no connection", Assert.IsType<ProvisionFailed>(await Provision("r-1")).Error);

        _platform.Failure = null;
        _ = Assert.IsType<RevokeSucceeded>(await Revoke("r-1"));
        var look = Assert.IsType<ReadBack>(await ReadBack("r-1"));
        Assert.Equal(Finding.Gone, look.Finding);
        Assert.Contains("nothing was ever given by this grant", look.Proof);
        Assert.Contains(Privilege, _platform.Privileges);
    }

    [Fact]
    public async Task Provision_ThatFailedAfterItChangedThePlatform_IsUndoneByTheRevoke()
    {
        var steps = new Steps();
        var platform = new FakePlatform("pg-prod", steps);
        var runner = new EffectRunner(new FakePlatforms(platform), new ProcessAttemptFence(), _ledger, _requests, _directory, [], _clock, NullLogger<EffectRunner>.Instance);
        steps.DieAt = 3; // look, enter grant, grant done
        _ = Assert.IsType<ProvisionFailed>(await runner.Run("r-1", ProvisionEffect("r-1", 1), Cancellation));
        Assert.Contains(Privilege, platform.Privileges);

        _ = await runner.Run("r-1", RevokeEffect("r-1", 2), Cancellation);
        Assert.Equal(Finding.Gone, Assert.IsType<ReadBack>(await runner.Run("r-1", ReadBackEffect("r-1", 3), Cancellation)).Finding);
        Assert.DoesNotContain(Privilege, platform.Privileges);
    }

    [Fact]
    public async Task Provision_AfterAccessWasEnded_IsNotStarted()
    {
        _ = _requests.Put(Given.Request("r-1", Phase.Revoking, GrantState.Attempted));
        var failed = Assert.IsType<ProvisionFailed>(await Provision("r-1"));
        Assert.True(failed.Permanent);
        Assert.Empty(_platform.Calls);
    }

    [Fact]
    public async Task ChangedCredential_EveryEndChangesIt_AndTheOtherHolderIsToldOnce()
    {
        (_platform.EveryEndChanges, _) = (true, _platform.Privileges.Add(Privilege));
        Assert.Null(Assert.IsType<ProvisionSucceeded>(await Provision("r-1")).AlreadyHeld);
        _ = await Provision("r-2");
        _ = Assert.IsType<RevokeSucceeded>(await Revoke("r-1"));
        _ = Assert.IsType<RevokeSucceeded>(await Revoke("r-1"));
        Assert.Contains("Revoke", _platform.Calls);

        Assert.Equal(Finding.Gone, Assert.IsType<ReadBack>(await ReadBack("r-1")).Finding);
        var notice = Assert.Single(_mail.Sent.Values);
        Assert.Equal((NoticeKind.FetchAgain, "r-2", "alice"), (notice.Effect.Kind, notice.Request.Id, notice.To.Id));
        Assert.Equal("r-2.1", Assert.Single(_ledger.Holders("pg-prod", Privilege)).GrantId);
    }

    [Fact]
    public async Task ChangedCredential_AChannelThatIsDown_DoesNotKeepTheRemovalFromBeingReported_AndTheLookTellsAgain()
    {
        _platform.EveryEndChanges = true;
        _ = await Provision("r-1");
        _ = await Provision("r-2");
        _mail.Failure = new IOException("down");
        _ = Assert.IsType<RevokeSucceeded>(await Revoke("r-1"));
        _mail.Failure = null;
        _ = await ReadBack("r-1");
        Assert.Equal(NoticeKind.FetchAgain, Assert.Single(_mail.Sent.Values).Effect.Kind);
    }

    [Fact]
    public async Task UnsharedGrant_GoesStraightToThePlatform()
    {
        _platform.IsShared = false;
        _ = Assert.IsType<ProvisionSucceeded>(await Provision("r-1"));
        _ = Assert.IsType<RevokeSucceeded>(await Revoke("r-1"));
        Assert.Equal(Finding.Gone, Assert.IsType<ReadBack>(await ReadBack("r-1")).Finding);
        Assert.Equal(["Grant", "Revoke", "ReadBack"], _platform.Calls);
        Assert.Empty(_ledger.Holders("pg-prod", Privilege));
    }

    [Fact]
    public async Task HandMadeAccess_AwaitsItsFulfillersOnBothWays()
    {
        (_platform.IsShared, _platform.Fulfillers, _platform.AwaitsPerson) = (false, ["fred"], true);
        Assert.Equal(["fred"], Assert.IsType<ProvisionAwaitsPerson>(await Provision("r-1")).Fulfillers);
        var look = Assert.IsType<ReadBack>(await ReadBack("r-1"));
        Assert.Equal((Finding.AwaitsPerson, "fred"), (look.Finding, Assert.Single(look.Fulfillers)));
    }

    [Fact]
    public async Task Ledger_ForgetsALeavingHolder_WhoseRemovalAPersonConfirmed()
    {
        _ = await Provision("r-1");
        _ = await Revoke("r-1");
        _platform.AwaitsPerson = true;
        Assert.Equal(Finding.AwaitsPerson, Assert.IsType<ReadBack>(await ReadBack("r-1")).Finding);
        _ = _requests.Put(Given.Request("r-1", Phase.Closed, GrantState.Gone));
        _platform.AwaitsPerson = false;

        _ = await Provision("r-2");
        Assert.Equal("r-2.1", Assert.Single(_ledger.Holders("pg-prod", Privilege)).GrantId);
    }

    [Fact]
    public async Task Extend_OfStandingAccess_DoesNotTouchThePlatform()
    {
        _ = _platform.Privileges.Add(Privilege);
        _ = await Provision("r-1");
        _ = Assert.IsType<ExtendSucceeded>(await _runner.Run("r-1", ExtendEffect("r-1"), Cancellation));
        Assert.DoesNotContain("Extend", _platform.Calls);
    }

    [Fact]
    public async Task Extend_TellsThePlatformTheNewEnd()
    {
        _ = await Provision("r-1");
        _ = Assert.IsType<ExtendSucceeded>(await _runner.Run("r-1", ExtendEffect("r-1"), Cancellation));
        Assert.Contains("Extend", _platform.Calls);
    }

    [Fact]
    public async Task PermanentFailure_OfAGrant_SaysSo_AndNoRemovalIsEverPermanent()
    {
        _platform.Failure = new PlatformException("role does not exist", permanent: true);
        Assert.True(Assert.IsType<ProvisionFailed>(await Provision("r-1")).Permanent);
        _platform.IsShared = false;
        Assert.Equal("role does not exist", Assert.IsType<RevokeFailed>(await Revoke("r-1")).Error);
        Assert.Equal("could not look: role does not exist", Assert.IsType<ReadBack>(await ReadBack("r-1")).Proof);
    }

    [Fact]
    public async Task UnexpectedFailure_DoesNotCarryItsText()
    {
        _platform.Failure = new InvalidOperationException("password=hunter2");
        var failed = Assert.IsType<ProvisionFailed>(await Provision("r-1"));
        Assert.False(failed.Permanent);
        Assert.DoesNotContain("hunter2", failed.Error);
    }

    [Fact]
    public async Task UnknownPlatform_FailsAGrantForGood_AndARemovalUntilItComesBack()
    {
        var runner = new EffectRunner(new FakePlatforms(), new ProcessAttemptFence(), _ledger, _requests, _directory, [], _clock, NullLogger<EffectRunner>.Instance);
        Assert.True(Assert.IsType<ProvisionFailed>(await runner.Run("r-1", ProvisionEffect("r-1", 1), Cancellation)).Permanent);
        _ = Assert.IsType<RevokeFailed>(await runner.Run("r-1", RevokeEffect("r-1", 1), Cancellation));
        Assert.Equal(Finding.StillThere, Assert.IsType<ReadBack>(await runner.Run("r-1", ReadBackEffect("r-1", 1), Cancellation)).Finding);
        _ = Assert.IsType<ExtendFailed>(await runner.Run("r-1", ExtendEffect("r-1"), Cancellation));
    }

    [Fact]
    public async Task Attempt_ThatHangs_IsCancelledShortlyBeforeTheBound_AndFails()
    {
        _platform.Hang = new TaskCompletionSource();
        var running = Provision("r-1");
        await _platform.Entered.Task;
        _clock.Advance(EffectRunner.AttemptTimeout - EffectRunner.Grace);
        Assert.Contains("timed out", Assert.IsType<ProvisionFailed>(await running).Error);

        // What was cancelled has ended: the next attempt is made at once.
        _platform.Hang = null;
        _ = Assert.IsType<ProvisionSucceeded>(await Provision("r-1", attempt: 2));
    }

    [Fact]
    public async Task Attempt_ThatIgnoresItsToken_IsAbandonedAtTheBound_AndTheGrantWaitsUntilItEnds()
    {
        (_platform.Hang, _platform.HonoursToken, _platform.IsShared) = (new TaskCompletionSource(), false, false);
        var hang = _platform.Hang;
        var running = Provision("r-1");
        await _platform.Entered.Task;
        _clock.Advance(EffectRunner.AttemptTimeout - TimeSpan.FromSeconds(1));
        Assert.False(running.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Contains("timed out", Assert.IsType<ProvisionFailed>(await running).Error);

        // The abandoned grant may still take effect: no look may prove its absence before it has ended.
        _platform.Hang = null;
        var look = Assert.IsType<ReadBack>(await ReadBack("r-1"));
        Assert.Equal((Finding.StillThere, "could not look: an earlier attempt has not ended yet"), (look.Finding, look.Proof));

        hang.SetResult();
        await Until(async () => await Revoke("r-1") is RevokeSucceeded);
        Assert.Equal(Finding.Gone, Assert.IsType<ReadBack>(await ReadBack("r-1")).Finding);
    }

    [Fact]
    public async Task Attempt_WhenTheHostStops_ThrowsAndReportsNothing()
    {
        _platform.Hang = new TaskCompletionSource();
        using var host = new CancellationTokenSource();
        var running = _runner.Run("r-1", ProvisionEffect("r-1", 1), host.Token);
        await _platform.Entered.Task;
        await host.CancelAsync();
        _ = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static Provision ProvisionEffect(string request, int attempt) => new() { Id = "2-0", Order = Given.Order(request), Attempt = attempt };

    private static RevokeGrant RevokeEffect(string request, int attempt) => new() { Id = "3-0", Order = Given.Order(request), Attempt = attempt };

    private static ReadBackGrant ReadBackEffect(string request, int attempt) => new() { Id = "4-0", Order = Given.Order(request), Attempt = attempt };

    private static ExtendGrant ExtendEffect(string request) => new() { Id = "5-0", Order = Given.Order(request), Attempt = 9 };

    /// <summary>The abandoned attempt ends on the pool: try until it has.</summary>
    private static async Task Until(Func<Task<bool>> condition)
    {
        while (!await condition()) await Task.Yield();
    }

    private Task<Signal?> Provision(string request, int attempt = 1) => _runner.Run(request, ProvisionEffect(request, attempt), Cancellation);

    private Task<Signal?> Revoke(string request, int attempt = 2) => _runner.Run(request, RevokeEffect(request, attempt), Cancellation);

    private Task<Signal?> ReadBack(string request, int attempt = 3) => _runner.Run(request, ReadBackEffect(request, attempt), Cancellation);
}
