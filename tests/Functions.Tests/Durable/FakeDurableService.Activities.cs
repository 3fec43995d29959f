namespace AccessFunctions.Functions.Tests.Durable;

/// <summary>How activities run, and how a test makes them misbehave.</summary>
internal sealed partial class FakeDurableService
{
    /// <summary>Runs of an activity that were begun, finished or not.</summary>
    public int Runs(string activity)
    {
        lock (_gate) return _activities.Begun.Count(run => run.Name == activity);
    }

    /// <summary>Runs of an activity that wait to be begun.</summary>
    public int Queued(string activity)
    {
        lock (_gate) return _activities.Queued.Count(run => run.Name == activity);
    }

    /// <summary>From now on no run of this activity begins.</summary>
    public void Hold(string activity)
    {
        lock (_gate) _activities[activity].Held = true;
    }

    /// <summary>Runs of this activity may begin again.</summary>
    public void Release(string activity)
    {
        lock (_gate)
        {
            _activities[activity].Held = false;
            Changed();
        }
    }

    /// <summary>The next runs of this activity throw, without having done anything.</summary>
    public void Fail(string activity, int times, Func<Exception> with)
    {
        lock (_gate) (_activities[activity].Fail, _activities[activity].With) = (times, with);
    }

    /// <summary>The next runs of this activity are done twice, one after the other.</summary>
    public void RunTwice(string activity, int times)
    {
        lock (_gate) _activities[activity].Twice = times;
    }

    /// <summary>The next runs of this activity do their work, and the process dies before anybody hears of it: they are run again.</summary>
    public void LoseResult(string activity, int times)
    {
        lock (_gate) _activities[activity].LoseResult = times;
    }

    /// <summary>Says that the activity that calls it now waits for the test or for virtual time, until disposed.</summary>
    public IDisposable Park()
    {
        lock (_gate)
        {
            var services = _services;
            _activities.Parked++;
            Changed();
            return new Leaving(() =>
            {
                lock (_gate)
                {
                    if (ReferenceEquals(services, _services)) _activities.Parked--;
                    Changed();
                }
            });
        }
    }

    private async Task Execute(ActivityRun run)
    {
        IServiceProvider services;
        Func<Exception>? failure = null;
        bool twice, lost;
        lock (_gate)
        {
            services = _services;
            var wish = _activities[run.Name];
            if (wish.Fail > 0) (failure, wish.Fail) = (wish.With, wish.Fail - 1);
            twice = wish.Twice > 0 && wish.Twice-- > 0;
            lost = wish.LoseResult > 0 && wish.LoseResult-- > 0;
        }

        Happened outcome;
        try
        {
            if (failure is not null) throw failure();
            if (twice) _ = await _functions.Run(run.Name, run.Input, services, CancellationToken.None);
            outcome = new ActivityEnded(run.Id, await _functions.Run(run.Name, run.Input, services, CancellationToken.None));
        }
#pragma warning disable CA1031 // Whatever an activity throws goes into the history.
        catch (Exception thrown)
#pragma warning restore CA1031
        {
            outcome = new ActivityBroke(run.Id, Failure.Of(thrown));
        }

        lock (_gate)
        {
            // Of a process that died meanwhile nothing is heard any more.
            if (_activities.Running.RemoveAll(running => ReferenceEquals(running.Lease, run.Lease)) == 0) return;
            if (lost) _activities.Queued.Insert(0, run with { Lease = new object() });
            else Awaits(run.Instance, run.Execution)?.Inbox.Add(outcome);
            Changed();
        }
    }

    private sealed class Leaving(Action leave) : IDisposable
    {
        private Action? _leave = leave;

        public void Dispose() => Interlocked.Exchange(ref _leave, null)?.Invoke();
    }
}
