using AccessFunctions.Application.Ports;
using AccessFunctions.Functions.Requests;
using AccessFunctions.Functions.Storage;
using AccessFunctions.Functions.Tests.Fakes;
using AccessFunctions.Tests.Shared;
using Azure;
using Azure.Data.Tables;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AccessFunctions.Functions.Tests.Storage;

/// <summary>The ledger in a table: the contract, and what holds among processes.</summary>
public abstract class TableGrantLedgerTests : GrantLedgerContract, IAsyncLifetime
{
    protected static readonly LedgerHolder Holder = new("g-1", "r-1", "alice");
    private TableServiceClient _service = null!;
    private TableGrantLedger _ledger = null!;

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;
    protected ManualTimeProvider Clock { get; } = new();
    protected override IGrantLedger Ledger => _ledger;

    protected abstract Task<TableServiceClient> Open();

    public async ValueTask InitializeAsync()
    {
        _service = await Open();
        await new StorageTables(_service).EnsureCreated(Cancellation);
        _ledger = Process(Clock);
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task OtherProcess_WaitsUntilTheHolderLeaves_AndSeesWhatItDid()
    {
        var first = await Enter(_ledger);
        var second = Enter(Process(Clock));
        await Clock.WaitForTimers(2, Cancellation);
        Clock.Advance(TimeSpan.FromSeconds(2));
        await first.Add(Holder, "role owner", Cancellation);
        Assert.False(second.IsCompleted);
        await first.DisposeAsync();
        await using var entered = await Moving(second);
        Assert.Equal("role owner", entered.Standing);
    }

    [Fact]
    public async Task Lease_IsRenewedWhileItIsHeld()
    {
        await using var first = await Enter(_ledger);
        var second = Enter(Process(Clock));
        for (var i = 0; i < 9; i++)
        {
            await Clock.WaitForTimers(2, Cancellation);
            Clock.Advance(TimeSpan.FromSeconds(20));
            await Wait.Until(async () => (await Row())?.GetDateTimeOffset("Until") == Clock.GetUtcNow() + TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(20), "the lease to be renewed");
        }

        Assert.False(second.IsCompleted);
        await first.Add(Holder, null, Cancellation);
        await first.DisposeAsync();
        await (await Moving(second)).DisposeAsync();
    }

    [Fact]
    public async Task DeadHoldersLease_Expires_AndItsLateChangesAreRefused()
    {
        // Its clock stands still, so it renews nothing: to others it is dead.
        var dead = await Enter(Process(new ManualTimeProvider()));
        await dead.Add(Holder, null, Cancellation);
        var second = Enter(_ledger);
        await Clock.WaitForTimers(1, Cancellation);
        Clock.Advance(TimeSpan.FromSeconds(59));
        Assert.False(second.IsCompleted);
        var entered = await Moving(second);
        Assert.True(Clock.GetUtcNow() >= new ManualTimeProvider().GetUtcNow() + TimeSpan.FromSeconds(65));
        Assert.Single(entered.Holders);

        await Assert.ThrowsAsync<TransientException>(() => dead.Remove(Holder.GrantId, Cancellation));
        await Assert.ThrowsAsync<TransientException>(() => dead.Remove(Holder.GrantId, Cancellation));
        await dead.DisposeAsync();
        var third = Enter(Process(Clock));
        await Clock.WaitForTimers(2, Cancellation);
        Assert.False(third.IsCompleted);
        await entered.Leave(Holder.GrantId, Cancellation);
        await entered.DisposeAsync();
        await using var last = await Moving(third);
        Assert.True(Assert.Single(last.Holders).Leaving);
    }

    [Fact]
    public async Task ManyProcesses_ExcludeEachOther()
    {
        var (inside, most) = (0, 0);
        var work = Task.WhenAll(Enumerable.Range(0, 4).Select(number => Task.Run(async () =>
        {
            var ledger = Process(Clock);
            for (var turn = 0; turn < 3; turn++)
            {
                await using var entry = await Enter(ledger);
                most = Math.Max(most, Interlocked.Increment(ref inside));
                await entry.Add(new LedgerHolder($"g-{number}-{turn}", "r", "alice"), null, Cancellation);
                Interlocked.Decrement(ref inside);
            }
        }, Cancellation)));
        // Slowly, so that no lease expires under a holder that is only slow.
        await Moving(work, TimeSpan.FromMilliseconds(100));
        Assert.Equal(1, most);
        await using var last = await Moving(Enter(_ledger));
        Assert.Equal(12, last.Holders.Count);
    }

    [Fact]
    public async Task EntryWithoutHolders_LeavesNoRow()
    {
        await using (var entry = await Enter(_ledger))
        {
            await entry.Add(Holder, "role owner", Cancellation);
            await entry.Remove(Holder.GrantId, Cancellation);
            Assert.NotNull(await Row());
        }

        Assert.Null(await Row());
    }

    [Fact]
    public async Task KeysOfAnyCharacters_AreDifferent()
    {
        await using var one = await _ledger.Enter("pg-prod", "a/b #?\\%ü", Cancellation);
        await using var other = await _ledger.Enter("pg-prod", "a/b #?\\%ö", Cancellation);
        await one.Add(Holder, null, Cancellation);
        Assert.Empty(other.Holders);
    }

    private async Task<TableEntity?> Row() => await ConditionalRows.Find(_service.GetTableClient(StorageTables.GrantLedger), TableKeys.Of("pg-prod|reader"), "ledger", Cancellation);

    private TableGrantLedger Process(TimeProvider clock) => new(_service, clock, NullLogger<TableGrantLedger>.Instance);

    protected static Task<ILedgerEntry> Enter(IGrantLedger ledger) => ledger.Enter("pg-prod", "reader", Cancellation);

    private async Task<T> Moving<T>(Task<T> waiting)
    {
        await Moving(waiting, TimeSpan.FromMilliseconds(500));
        return await waiting;
    }

    /// <summary>Lets time pass until it is done.</summary>
    private async Task Moving(Task waiting, TimeSpan step)
    {
        await Wait.Until(() =>
        {
            if (!waiting.IsCompleted) Clock.Advance(step);
            return waiting.IsCompleted;
        }, TimeSpan.FromSeconds(60), "the ledger to be entered");
        await waiting;
    }
}

public sealed class AzuriteGrantLedgerTests : TableGrantLedgerTests
{
    protected override Task<TableServiceClient> Open() => TableBackends.Azurite();
}

public sealed class FakeGrantLedgerTests : TableGrantLedgerTests
{
    private readonly FakeTableService _service = new();

    protected override Task<TableServiceClient> Open() => Task.FromResult<TableServiceClient>(_service);

    [Fact]
    public async Task LostAnswer_WhileEntering_IsTransient_AndTheNextTryEntersAtOnce()
    {
        _service.AfterCall = static call => call.Operation == TableOperation.Add ? throw new RequestFailedException(500, "lost") : Task.CompletedTask;
        await Assert.ThrowsAsync<TransientException>(() => Enter(Ledger));
        _service.AfterCall = null;
        await using var entry = await Enter(Ledger);
        Assert.Empty(entry.Holders);
    }

    [Fact]
    public async Task AnswersThatTheClientAsksForTwice_AreNoLostLease()
    {
        _service.Repeats = static call => call.Operation is TableOperation.Update or TableOperation.Delete;
        await using (var entry = await Enter(Ledger))
        {
            await entry.Add(Holder, "role owner", Cancellation);
            await entry.Leave(Holder.GrantId, Cancellation);
        }

        await using var again = await Enter(Ledger);
        Assert.True(Assert.Single(again.Holders).Leaving);
    }

    [Theory]
    [InlineData(503)]
    [InlineData(403)]
    public async Task FailedRenewalAndRelease_AreNoFailures_AndTheSameProcessEntersAgain(int status)
    {
        var entry = await Enter(Ledger);
        await entry.Add(Holder, null, Cancellation);
        var before = _service.Count(TableOperation.Update);
        _service.BeforeCall = _ => throw new RequestFailedException(status, "no");
        await Assert.ThrowsAnyAsync<Exception>(() => entry.Leave(Holder.GrantId, Cancellation));
        Clock.Advance(TimeSpan.FromSeconds(20));
        await Wait.Until(() => _service.Count(TableOperation.Update) == before + 2, TimeSpan.FromSeconds(20), "a renewal to be tried");
        await entry.DisposeAsync();
        Assert.Equal(before + 3, _service.Count(TableOperation.Update));
        _service.BeforeCall = null;
        await using var again = await Enter(Ledger);
        Assert.False(Assert.Single(again.Holders).Leaving);
    }
}
