using AccessFunctions.Tests.Shared;

namespace AccessFunctions.Application.Tests;

/// <summary>The clock the other tests rely on.</summary>
public sealed class ManualTimeProviderTests
{
    private readonly ManualTimeProvider _clock = new();

    [Fact]
    public void Advance_FiresTimersInOrderOfDueTime_EachAtItsOwnInstant()
    {
        var start = _clock.GetUtcNow();
        var fired = new List<(string, TimeSpan)>();
        using var late = Timer("late", 5, 0);
        using var early = Timer("early", 1, 3);
        _clock.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal([("early", TimeSpan.FromSeconds(1)), ("early", TimeSpan.FromSeconds(4)), ("late", TimeSpan.FromSeconds(5))], fired);
        Assert.Equal(start + TimeSpan.FromSeconds(6), _clock.GetUtcNow());

        ITimer Timer(string name, int due, int period) => _clock.CreateTimer(
            _ => fired.Add((name, _clock.GetUtcNow() - start)), null, TimeSpan.FromSeconds(due), period == 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(period));
    }

    [Fact]
    public async Task Delay_EndsWhenTheClockIsMoved_NotBefore()
    {
        var delay = Task.Delay(TimeSpan.FromMinutes(5), _clock, TestContext.Current.CancellationToken);
        await _clock.WaitForTimers(1, TestContext.Current.CancellationToken);
        _clock.Advance(TimeSpan.FromMinutes(4));
        Assert.False(delay.IsCompleted);
        _clock.Advance(TimeSpan.FromMinutes(1));
        await delay;
        Assert.Equal(0, _clock.ArmedTimers);
    }

    [Fact]
    public async Task CancellationTokenSource_OnThisClock_CancelsWhenItsTimeHasPassed()
    {
        using var cancellation = new CancellationTokenSource(TimeSpan.FromSeconds(30), _clock);
        await _clock.WaitForTimers(1, TestContext.Current.CancellationToken);
        _clock.Advance(TimeSpan.FromSeconds(30));
        Assert.True(cancellation.IsCancellationRequested);
    }
}
