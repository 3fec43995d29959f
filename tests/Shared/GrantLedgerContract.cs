using AccessFunctions.Application.Ports;
using Xunit;

namespace AccessFunctions.Tests.Shared;

/// <summary>What a host's ledger of shared privileges promises.</summary>
public abstract class GrantLedgerContract
{
    protected abstract IGrantLedger Ledger { get; }

    [Fact]
    public async Task Add_KeepsHoldersInOrder_AndTheFirstOnesStanding()
    {
        await using (var entry = await Enter())
        {
            await entry.Add(new LedgerHolder("g-1", "r-1", "alice"), "role app_owner", CancellationToken.None);
            await entry.Add(new LedgerHolder("g-2", "r-2", "alice"), "ignored", CancellationToken.None);
            await entry.Add(new LedgerHolder("g-1", "r-1", "alice"), null, CancellationToken.None);
        }

        await using var again = await Enter();
        Assert.Equal(["g-1", "g-2"], again.Holders.Select(holder => holder.GrantId));
        Assert.Equal("role app_owner", again.Standing);
    }

    [Fact]
    public async Task Remove_OfTheLast_ForgetsTheStanding()
    {
        await using var entry = await Enter();
        await entry.Add(new LedgerHolder("g-1", "r-1", "alice"), "role app_owner", CancellationToken.None);
        await entry.Add(new LedgerHolder("g-2", "r-2", "alice"), null, CancellationToken.None);
        await entry.Remove("g-1", CancellationToken.None);
        Assert.Equal("role app_owner", entry.Standing);
        await entry.Remove("g-2", CancellationToken.None);
        await entry.Remove("g-2", CancellationToken.None);
        Assert.Empty(entry.Holders);
        Assert.Null(entry.Standing);
    }

    [Fact]
    public async Task Leave_MarksForGood()
    {
        await using (var entry = await Enter())
        {
            await entry.Add(new LedgerHolder("g-1", "r-1", "alice"), null, CancellationToken.None);
            await entry.Leave("g-1", CancellationToken.None);
            await entry.Add(new LedgerHolder("g-1", "r-1", "alice"), null, CancellationToken.None);
        }

        await using var again = await Enter();
        Assert.True(Assert.Single(again.Holders).Leaving);
    }

    [Fact]
    public async Task Enter_WhileSomeoneIsInside_WaitsForThatKeyOnly()
    {
        var first = await Enter();
        var second = Enter();
        await using (await Ledger.Enter("pg-prod", "other", CancellationToken.None)) Assert.False(second.IsCompleted);
        await first.Add(new LedgerHolder("g-1", "r-1", "alice"), null, CancellationToken.None);
        await first.DisposeAsync();
        await using var entered = await second;
        Assert.Single(entered.Holders);
    }

    private Task<ILedgerEntry> Enter() => Ledger.Enter("pg-prod", "reader|alice", CancellationToken.None);
}
