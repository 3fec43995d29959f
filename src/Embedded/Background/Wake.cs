namespace AccessFunctions.Embedded.Background;

/// <summary>Lets one loop sleep until an instant or until it is woken. A wake that comes while it works is not lost: the next sleep ends at once.</summary>
internal sealed class Wake(TimeProvider time)
{
    /// <summary>Timers take at most 49 days; waking once a day for nothing costs nothing.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);

    /// <summary>How far the clock may move while a timer is set; the sleep is late by no more.</summary>
    private static readonly TimeSpan Drift = TimeSpan.FromSeconds(1);
    private TaskCompletionSource _woken = New();

    /// <summary>Ends the present or the next sleep.</summary>
    public void Set() => Volatile.Read(ref _woken).TrySetResult();

    /// <summary>Sleeps.</summary>
    /// <param name="until">Null: until woken.</param>
    /// <param name="cancellation">Ends the sleep without an exception.</param>
    public async Task Sleep(DateTimeOffset? until, CancellationToken cancellation)
    {
        var woken = Volatile.Read(ref _woken);
        using (var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation))
        {
            await Task.WhenAny(woken.Task, until is { } at ? Until(at, ended.Token) : Task.Delay(Timeout.InfiniteTimeSpan, ended.Token));
            await ended.CancelAsync();
        }

        // Exchanged before the loop looks again: what happens from here on wakes the next sleep.
        if (woken.Task.IsCompleted) Volatile.Write(ref _woken, New());
    }

    /// <summary>A timer counts from when it is set: where the clock moved on meanwhile (the machine was suspended), it is set anew.</summary>
    private Task Until(DateTimeOffset at, CancellationToken ended)
    {
        while (true)
        {
            var now = time.GetUtcNow();
            var delay = Task.Delay(Clamp(at - now), time, ended);
            if (time.GetUtcNow() - now < Drift) return delay;
        }
    }

    private static TimeSpan Clamp(TimeSpan wait) => wait < Shortest ? Shortest : wait > Longest ? Longest : wait;

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
