namespace AccessFunctions.Embedded.Background;

/// <summary>Lets one loop sleep until an instant or until it is woken. A wake that comes while it works is not lost: the next sleep ends at once.</summary>
internal sealed class Wake(TimeProvider time)
{
    /// <summary>Timers take at most 49 days; waking once a day for nothing costs nothing.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);
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
            var delay = until is { } at ? Task.Delay(Clamp(at - time.GetUtcNow()), time, ended.Token) : Task.Delay(Timeout.InfiniteTimeSpan, ended.Token);
            await Task.WhenAny(woken.Task, delay);
            await ended.CancelAsync();
        }

        // Exchanged before the loop looks again: what happens from here on wakes the next sleep.
        if (woken.Task.IsCompleted) Volatile.Write(ref _woken, New());
    }

    private static TimeSpan Clamp(TimeSpan wait) => wait < Shortest ? Shortest : wait > Longest ? Longest : wait;

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
