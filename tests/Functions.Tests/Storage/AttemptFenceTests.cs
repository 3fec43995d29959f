using AccessFunctions.Application.Effects;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Functions.Storage;
using AccessFunctions.Functions.Tests.Fakes;
using AccessFunctions.Functions.Tests.Orchestration;
using AccessFunctions.Tests.Shared;
using Azure.Data.Tables;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AccessFunctions.Functions.Tests.Storage;

/// <summary>One attempt at a time on a grant among processes: two runners of effects over one service of tables and one platform.</summary>
public sealed class AttemptFenceTests : IAsyncLifetime
{
    private const string NotEnded = "an earlier attempt has not ended yet";
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(500);
    private readonly FakeTableService _tables = new();
    private readonly ManualTimeProvider _clock = new();
    private readonly FakePlatform _platform = new();
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _hang = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public AttemptFenceTests() => _platform.Before = (call, _) =>
    {
        if (call != nameof(FakePlatform.Grant)) return Task.CompletedTask;
        _begun.SetResult();
        return _hang.Task;
    };

    public async ValueTask InitializeAsync() => await new StorageTables(_tables).EnsureCreated(Cancellation);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task AbandonedAttempt_KeepsOtherProcessesFromItsGrant_UntilItEnds_AndTheRemovalTakesWhatItGave()
    {
        var second = Process(_clock);
        await Abandoned(Process(_clock));
        Assert.Equal(NotEnded, Assert.IsType<RevokeFailed>(await Moving(second.Run("r-1", Revoke(), Cancellation))).Error);

        // Long after the lease would have expired, were it not renewed.
        for (var i = 0; i < 6; i++)
        {
            _clock.Advance(TimeSpan.FromSeconds(20));
            await Wait.Until(async () => (await Row())?.GetDateTimeOffset("Until") >= _clock.GetUtcNow() + TimeSpan.FromSeconds(40), TimeSpan.FromSeconds(20), "the lease to be renewed");
        }

        var look = Assert.IsType<ReadBack>(await Moving(second.Run("r-1", Look(), Cancellation)));
        Assert.Equal((Finding.StillThere, $"could not look: {NotEnded}"), (look.Finding, look.Proof));
        Assert.Equal(["Grant"], _platform.Calls);

        _hang.SetResult();
        await Wait.Until(async () => await Row() is null, TimeSpan.FromSeconds(20), "the abandoned attempt to end");
        Assert.Contains("r-1.1", _platform.Privileges.Keys);
        Assert.IsType<RevokeSucceeded>(await second.Run("r-1", Revoke(), Cancellation));
        Assert.Equal(Finding.Gone, Assert.IsType<ReadBack>(await second.Run("r-1", Look(), Cancellation)).Finding);
        Assert.Equal(["Grant", "Revoke", "ReadBack"], _platform.Calls);
        Assert.Null(await Row());
    }

    [Fact]
    public async Task AttemptThatWaitsForAnother_BeginsWhenThatEnds()
    {
        var first = Process(_clock).Run("r-1", Provision(), Cancellation);
        await _begun.Task;
        var second = Process(_clock).Run("r-1", Revoke(), Cancellation);
        _hang.SetResult();
        Assert.IsType<ProvisionSucceeded>(await first);
        Assert.IsType<RevokeSucceeded>(await Moving(second));
        Assert.Empty(_platform.Privileges);
    }

    [Fact]
    public async Task AbandonedAttempt_KeepsItsOwnProcessToo_AndNoOtherGrant()
    {
        var process = Process(_clock);
        await Abandoned(process);
        Assert.Equal(NotEnded, Assert.IsType<RevokeFailed>(await Moving(process.Run("r-1", Revoke(), Cancellation))).Error);
        Assert.IsType<RevokeSucceeded>(await process.Run("r-1", Revoke("r-1.2"), Cancellation));
    }

    [Fact]
    public async Task DeadProcess_KeepsTheGrantUntilItsLeaseExpires()
    {
        // Its clock stands still, so it renews nothing: to others it is dead.
        var dead = Process(new ManualTimeProvider()).Run("r-1", Provision(), Cancellation);
        await _begun.Task;
        var second = Process(_clock);
        var began = _clock.GetUtcNow();
        Assert.Equal(NotEnded, Assert.IsType<RevokeFailed>(await Moving(second.Run("r-1", Revoke(), Cancellation))).Error);
        Assert.Equal(NotEnded, Assert.IsType<RevokeFailed>(await Moving(second.Run("r-1", Revoke(), Cancellation))).Error);
        Assert.IsType<RevokeSucceeded>(await Moving(second.Run("r-1", Revoke(), Cancellation)));
        Assert.True(_clock.GetUtcNow() >= began + TimeSpan.FromSeconds(65));
        _hang.SetResult();
        await dead;
    }

    [Fact]
    public async Task WaitingAttempt_WhenTheHostStops_ThrowsAndReportsNothing()
    {
        await Abandoned(Process(_clock));
        using var host = new CancellationTokenSource();
        var waiting = Process(_clock).Run("r-1", Revoke(), host.Token);
        await _clock.WaitForTimers(3, Cancellation);
        await host.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        _hang.SetResult();
    }

    /// <summary>A grant that hangs and was given up.</summary>
    private async Task Abandoned(EffectRunner runner)
    {
        var running = runner.Run("r-1", Provision(), Cancellation);
        await _begun.Task;
        _clock.Advance(EffectRunner.AttemptTimeout);
        Assert.Contains("timed out", Assert.IsType<ProvisionFailed>(await running).Error, StringComparison.Ordinal);
    }

    private EffectRunner Process(TimeProvider clock) => new(
        new FakePlatforms(_platform), new TableAttemptFence(_tables, clock, NullLogger<TableGrantLedger>.Instance), new NoLedger(), new MemoryStore(), new FakeDirectory(), [],
        clock, NullLogger<EffectRunner>.Instance);

    private async Task<TableEntity?> Row() => await ConditionalRows.Find(_tables.GetTableClient(StorageTables.Attempts), TableKeys.Of("grant|r-1.1"), "ledger", Cancellation);

    /// <summary>Lets time pass until it is done.</summary>
    private async Task<Signal?> Moving(Task<Signal?> waiting)
    {
        await Wait.Until(() =>
        {
            if (!waiting.IsCompleted) _clock.Advance(Step);
            return waiting.IsCompleted;
        }, TimeSpan.FromSeconds(60), "the attempt to end");
        return await waiting;
    }

    private static Provision Provision() => new() { Id = "2-0", Order = Order("r-1.1"), Attempt = 1 };

    private static RevokeGrant Revoke(string grant = "r-1.1") => new() { Id = "3-0", Order = Order(grant), Attempt = 2 };

    private static ReadBackGrant Look() => new() { Id = "4-0", Order = Order("r-1.1"), Attempt = 3 };

    private static PlatformOrder Order(string grant) => new()
    {
        RequestId = "r-1",
        GrantId = grant,
        Resource = "pg-prod/analytics",
        Kind = AccessKind.Role,
        Requester = "alice",
        Role = "reader",
        Identity = "alice_pg",
        End = Some.Morning.AddHours(1),
    };
}
