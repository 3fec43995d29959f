using System.Reflection;
using AccessFunctions.Tests.Shared;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace AccessFunctions.Functions.Tests.Durable;

/// <summary>
/// The orchestration service in memory, on virtual time. Stands in because the real one cannot run here, and does what makes the real one
/// hard: orchestrators are replayed from the start on every step, activities run at least once, events arrive in batches, timers are
/// bounded, and an orchestrator that is not deterministic fails the test. Nothing moves but in <see cref="Settle"/>, <see cref="Advance"/> and
/// <see cref="Pump"/>.
/// </summary>
internal sealed partial class FakeDurableService : IDisposable
{
    /// <summary>Real time after which a test that waits for an activity has failed: only a test that hangs may come to it, however busy the machine is.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _turn = new(1);
    private readonly Dictionary<string, FakeInstance> _instances = new(StringComparer.Ordinal);
    private readonly List<(string Instance, Guid Execution, int Id, DateTimeOffset At)> _timers = [];
    private readonly ActivityQueue _activities = new();
    private readonly List<Exception> _wrongs = [];
    private readonly FunctionCatalog _functions;
    private readonly Func<IServiceProvider> _boot;
    private readonly ILoggerFactory _loggers;
    private IServiceProvider _services;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Starts the service.</summary>
    /// <param name="time">The clock of everything.</param>
    /// <param name="boot">Makes what a process makes when it starts; called again after a crash.</param>
    /// <param name="functions">Types that hold orchestrators and activities; null: all of the Azure host.</param>
    public FakeDurableService(ManualTimeProvider time, Func<IServiceProvider> boot, IEnumerable<Type>? functions = null, ILoggerFactory? loggers = null)
    {
        (Time, _boot, _loggers) = (time, boot, loggers ?? NullLoggerFactory.Instance);
        _functions = functions is null ? new FunctionCatalog(typeof(Requests.RequestOrchestration).Assembly) : new FunctionCatalog(functions);
        _services = boot();
        Client = new FakeDurableClient(this);
    }

    public ManualTimeProvider Time { get; }
    public FakeDurableClient Client { get; }

    /// <summary>What the present process made at its start.</summary>
    public IServiceProvider Services => _services;

    /// <summary>How far the clock of the instance that runs the next steps is off.</summary>
    public TimeSpan Skew { get; set; }

    /// <summary>How much later than asked timers fire; less than zero: early, but never sooner than a second after they were set.</summary>
    public TimeSpan TimerDrift { get; set; }

    /// <summary>Events to instances that do not run: true (the default of the storage provider) throws, false drops them.</summary>
    public bool ChecksBeforeRaise { get; set; } = true;

    /// <summary>True: orchestrators take no step, so that what comes in meanwhile is one batch.</summary>
    public bool HoldsSteps { get; set; }

    /// <summary>An orchestration may fail without failing the test.</summary>
    public bool ToleratesFailedOrchestrations { get; set; }

    public FakeInstance? Find(string id)
    {
        lock (_gate) return _instances.GetValueOrDefault(id);
    }

    public FakeInstance this[string id] => Find(id) ?? throw new KeyNotFoundException($"There is no instance {id}.");

    /// <summary>Instances in the order of their ids.</summary>
    public IReadOnlyList<FakeInstance> Instances
    {
        get
        {
            lock (_gate) return [.. _instances.Values.OrderBy(static instance => instance.Id, StringComparer.Ordinal)];
        }
    }

    /// <summary>Runs everything that can run now: until only time, an event or a held activity can move anything on.</summary>
    public async Task Settle()
    {
        await _turn.WaitAsync();
        try
        {
            while (true)
            {
                if (!HoldsSteps && StepOne()) continue;
                Task changed;
                lock (_gate)
                {
                    if (_wrongs.Count > 0) throw new AggregateException(_wrongs);
                    while (_activities.Next() is { } run) _ = Task.Run(() => Execute(run));
                    if (_activities.Running.Count <= _activities.Parked) return;
                    changed = _changed.Task;
                }

                await changed.WaitAsync(Patience);
            }
        }
        finally
        {
            _ = _turn.Release();
        }
    }

    /// <summary>Moves virtual time on, stopping at every timer that falls due, and settles.</summary>
    public async Task Advance(TimeSpan by)
    {
        var target = Time.GetUtcNow() + by;
        await Settle();
        while (NextTimer() is { } next && next <= target)
        {
            if (next > Time.GetUtcNow()) Time.SetUtcNow(next);
            await Settle();
        }

        Time.SetUtcNow(target);
        await Settle();
    }

    /// <summary>Settles until the condition holds: for what an activity does in real time after a time-out of its own.</summary>
    public async Task Until(Func<bool> condition, string what)
    {
        await Settle();
        await Wait.Until(async () =>
        {
            await Settle();
            return condition();
        }, Patience, what);
    }

    /// <summary>Settles whenever something comes in, until cancelled: for tests that drive the host from outside.</summary>
    public async Task Pump(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            Task changed;
            lock (_gate) changed = _changed.Task;
            await Settle();
            await changed.WaitAsync(cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public void Dispose() => _turn.Dispose();

    /// <summary>The process dies and another one starts: what was in memory is gone, what is in the histories is not.</summary>
    public void Restart()
    {
        lock (_gate)
        {
            _activities.Crash();
            _services = _boot();
            Changed();
        }
    }

    private DateTimeOffset? NextTimer()
    {
        lock (_gate) return _timers.Count == 0 ? null : _timers.Min(static timer => timer.At);
    }

    /// <summary>Takes one step of one instance that has something to take.</summary>
    private bool StepOne()
    {
        FakeInstance? instance;
        List<Happened> fresh;
        var now = Time.GetUtcNow();
        lock (_gate)
        {
            foreach (var due in _timers.Where(timer => timer.At <= now).OrderBy(static timer => timer.At).ToList())
            {
                _ = _timers.Remove(due);
                if (Awaits(due.Instance, due.Execution) is { } waiting) waiting.Inbox.Add(new TimerFired(due.Id));
            }

            instance = _instances.Values.FirstOrDefault(static instance => instance.Inbox.Count > 0 && !instance.IsOver);
            if (instance is null) return false;
            fresh = [.. instance.Inbox];
            instance.Inbox.Clear();
        }

        try
        {
            var result = new ReplayContext(instance, _loggers, Wrong).Play(_functions.Orchestrator(instance.Name), instance.History, (now + Skew).UtcDateTime, fresh);
            lock (_gate) Commit(instance, result);
        }
        catch (OrchestratorException wrong)
        {
            Wrong(wrong);
        }

        lock (_gate) return _wrongs.Count == 0;
    }

    private void Commit(FakeInstance instance, StepResult result)
    {
        instance.UpdatedAt = Time.GetUtcNow();
        instance.History.Add(result.Step);
        instance.LongestHistory = Math.Max(instance.LongestHistory, instance.History.Sum(static step => step.Length));
        if (instance.IsOver) return; // terminated meanwhile
        instance.Status = OrchestrationRuntimeStatus.Running;
        switch (result.End)
        {
            case StepEnd.Waiting:
                foreach (var action in result.Step.Actions) Carry(instance, action);
                break;
            case StepEnd.Completed:
                instance.Status = OrchestrationRuntimeStatus.Completed;
                instance.Inbox.Clear();
                break;
            case StepEnd.Failed:
                (instance.Status, instance.Fault) = (OrchestrationRuntimeStatus.Failed, result.Fault);
                instance.Inbox.Clear();
                if (!ToleratesFailedOrchestrations) _wrongs.Add(new InvalidOperationException($"The orchestration {instance.Id} failed.", result.Fault));
                break;
            case StepEnd.ContinuedAsNew:
                instance.History.Clear();
                instance.Execution = Guid.NewGuid();
                instance.Generations++;
                instance.Input = result.NewInput;
                instance.Inbox.InsertRange(0, [new Started(result.NewInput), .. result.Carried!]);
                break;
        }
    }

    private void Carry(FakeInstance instance, Scheduled action)
    {
        if (action is ActivityScheduled activity) _activities.Queued.Add(new ActivityRun(instance.Id, instance.Execution, activity.Id, activity.Name, activity.Input, new object()));
        else if (action is TimerSet timer) _timers.Add((instance.Id, instance.Execution, timer.Id, Fires(new DateTimeOffset(timer.FireAt) - Skew)));
    }

    private DateTimeOffset Fires(DateTimeOffset asked)
    {
        var soonest = Time.GetUtcNow() + TimeSpan.FromSeconds(1);
        return TimerDrift >= TimeSpan.Zero || asked <= soonest ? asked + (TimerDrift > TimeSpan.Zero ? TimerDrift : TimeSpan.Zero)
            : asked + TimerDrift > soonest ? asked + TimerDrift : soonest;
    }

    private FakeInstance? Awaits(string id, Guid execution) => _instances.GetValueOrDefault(id) is { IsOver: false } instance && instance.Execution == execution ? instance : null;

    private void Wrong(Exception wrong)
    {
        lock (_gate)
        {
            _wrongs.Add(wrong);
            Changed();
        }
    }

    private void Changed()
    {
        var changed = _changed;
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        changed.SetResult();
    }
}
