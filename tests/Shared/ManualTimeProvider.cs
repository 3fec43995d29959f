namespace AccessFunctions.Tests.Shared;

/// <summary>
/// A clock that stands still until a test moves it. Moving it fires the timers that fall due on the way, in order of due time, each with
/// the clock at its own due instant, on the thread that moves the clock. Safe for use from several threads.
/// </summary>
public sealed class ManualTimeProvider(DateTimeOffset start) : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<ManualTimer> _armed = [];
    private readonly List<(int Count, TaskCompletionSource Reached)> _waiters = [];
    private DateTimeOffset _now = start.ToUniversalTime();
    private long _order;

    /// <summary>Starts at 2026-11-21 09:00 UTC, a Saturday.</summary>
    public ManualTimeProvider() : this(new DateTimeOffset(2026, 11, 21, 9, 0, 0, TimeSpan.Zero))
    {
    }

    /// <summary>Timers that are armed now.</summary>
    public int ArmedTimers
    {
        get
        {
            lock (_gate) return _armed.Count;
        }
    }

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate) return _now;
    }

    public override long GetTimestamp() => GetUtcNow().Ticks;

    /// <summary>Moves the clock forward.</summary>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        SetUtcNow(GetUtcNow() + by);
    }

    /// <summary>Moves the clock to an instant. Earlier than now is allowed, as for a real clock that is set back, and fires nothing.</summary>
    public void SetUtcNow(DateTimeOffset now)
    {
        now = now.ToUniversalTime();
        while (TakeDue(now) is { } due) due.Fire();
        lock (_gate) _now = now;
    }

    /// <summary>Completes once at least so many timers are armed: the code under test has come to where it waits for time.</summary>
    public Task WaitForTimers(int count, CancellationToken cancellation = default)
    {
        lock (_gate)
        {
            if (_armed.Count >= count) return Task.CompletedTask;
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((count, reached));
            return reached.Task.WaitAsync(cancellation);
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        _ = timer.Change(dueTime, period);
        return timer;
    }

    private ManualTimer? TakeDue(DateTimeOffset until)
    {
        lock (_gate)
        {
            var due = _armed.Where(timer => timer.Due <= until).MinBy(timer => (timer.Due, timer.Order));
            if (due is null) return null;
            if (due.Due > _now) _now = due.Due;
            _ = _armed.Remove(due);
            if (due.Period > TimeSpan.Zero) Arm(due, _now + due.Period);
            return due;
        }
    }

    private void Arm(ManualTimer timer, DateTimeOffset due)
    {
        (timer.Due, timer.Order) = (due, _order++);
        _armed.Add(timer);
        foreach (var waiter in _waiters.FindAll(waiter => waiter.Count <= _armed.Count))
        {
            _ = _waiters.Remove(waiter);
            waiter.Reached.SetResult();
        }
    }

    private sealed class ManualTimer(ManualTimeProvider clock, TimerCallback callback, object? state) : ITimer
    {
        private bool _disposed;

        public DateTimeOffset Due { get; set; }
        public long Order { get; set; }
        public TimeSpan Period { get; private set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            bool fireNow;
            lock (clock._gate)
            {
                if (_disposed) return false;
                _ = clock._armed.Remove(this);
                Period = period;
                fireNow = dueTime == TimeSpan.Zero;
                if (dueTime > TimeSpan.Zero) clock.Arm(this, clock._now + dueTime);
                else if (fireNow && period > TimeSpan.Zero) clock.Arm(this, clock._now + period);
            }

            // As a real timer: off the caller's stack, which may hold locks of its own.
            if (fireNow) _ = ThreadPool.QueueUserWorkItem(_ => Fire());
            return true;
        }

        public void Dispose()
        {
            lock (clock._gate)
            {
                _disposed = true;
                _ = clock._armed.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
