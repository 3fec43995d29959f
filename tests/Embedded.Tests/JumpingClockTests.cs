using AccessFunctions.Domain.Requests;
using AccessFunctions.Embedded.Background;
using AccessFunctions.Tests.Shared;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AccessFunctions.Embedded.Tests;

/// <summary>Background loops look at the clock, and then set a timer. Whatever falls due in between is done too, and in time.</summary>
public sealed class JumpingClockTests : IAsyncDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);
    private readonly Store _store = new();

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task Sleep_DuringWhoseStartTheClockMovesOn_EndsInTime()
    {
        var jumping = new JumpingTime(_store.Time, TimeSpan.FromMinutes(30));
        var until = _store.Time.GetUtcNow().AddHours(1);
        var sleep = new Wake(jumping).Sleep(until, CancellationToken.None);
        Assert.Equal(until.AddMinutes(-30), _store.Time.GetUtcNow());
        Assert.False(sleep.IsCompleted);
        _store.Time.SetUtcNow(until);
        await sleep.WaitAsync(Soon);
    }

    [Fact]
    public async Task Sleep_WhoseEndPassesWhileItStarts_EndsAtOnce()
    {
        var jumping = new JumpingTime(_store.Time, TimeSpan.FromHours(2));
        var sleep = new Wake(jumping).Sleep(_store.Time.GetUtcNow().AddHours(1), CancellationToken.None);
        // The shortest sleep is a millisecond.
        _store.Time.Advance(TimeSpan.FromMilliseconds(1));
        await sleep.WaitAsync(Soon);
    }

    [Fact]
    public async Task Deadline_ThatPassesRightAfterTheTimerLooked_IsTold()
    {
        await _store.Workflow.Deliver("r-1", Signals.Submit("r-1"));
        var deadline = Deadline("r-1")!.Value;
        var jumping = new JumpingTime(_store.Time, deadline - _store.Time.GetUtcNow());
        using var timer = new DeadlineTimer(_store.Database, _store.Workflow, jumping, NullLogger<DeadlineTimer>.Instance);
        await timer.StartAsync(CancellationToken.None);
        await Until(() =>
        {
            // Only what a sleep of a millisecond needs.
            _store.Time.Advance(TimeSpan.FromMilliseconds(1));
            return Deadline("r-1") != deadline;
        });
        await timer.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task Effect_ThatFallsDueRightAfterTheLaneLooked_Runs()
    {
        var attempts = 0;
        // The retry falls due as soon as it was looked for.
        var jumping = new JumpingTime(_store.Time, TimeSpan.FromSeconds(1), () => Waiting("attempts >= 1") == 1);
        using var outbox = new Outbox(_store.Database, _store.Workflow, (_, effect, _) =>
            effect is Notify { To: "bob" } && Interlocked.Increment(ref attempts) == 1 ? throw new IOException("no mail server") : Task.FromResult<Signal?>(null),
            new OutboxOptions(), jumping, NullLogger<Outbox>.Instance);
        await outbox.StartAsync(CancellationToken.None);
        await _store.Workflow.Deliver("r-1", Signals.Submit("r-1"));
        await Until(() =>
        {
            if (jumping.Jumped) _store.Time.Advance(TimeSpan.FromMilliseconds(1));
            return Volatile.Read(ref attempts) == 2;
        });
        await outbox.StopAsync(CancellationToken.None);
    }

    private DateTimeOffset? Deadline(string request) =>
        _store.Database.Read(session => session.Number("SELECT next_deadline FROM requests WHERE id = ?1", request)) is { } ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    private long Waiting(string which) => _store.Database.Read(session => session.Number($"SELECT count(*) FROM outbox WHERE {which}"))!.Value;

    private static Task Until(Func<bool> condition) => Wait.Until(condition, Soon, "what is due to be done");

    /// <summary>Tells the time once, and has moved on right after that.</summary>
    private sealed class JumpingTime(ManualTimeProvider inner, TimeSpan by, Func<bool>? when = null) : TimeProvider
    {
        public bool Jumped { get; private set; }

        public override DateTimeOffset GetUtcNow()
        {
            var now = inner.GetUtcNow();
            if (Jumped || when?.Invoke() == false) return now;
            Jumped = true;
            inner.Advance(by);
            return now;
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => inner.CreateTimer(callback, state, dueTime, period);
    }
}
