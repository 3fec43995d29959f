using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;

namespace AccessFunctions.Functions.Tests.Durable;

/// <summary>
/// What an orchestrator sees of the fake service. It is made anew for every step and plays the whole history from the start, as the real
/// one does; what the orchestrator asks for while replaying must be what the history says it asked for.
/// </summary>
internal sealed class ReplayContext : TaskOrchestrationContext
{
    /// <summary>The bound that storage providers set for one timer.</summary>
    public static TimeSpan LongestTimer { get; } = TimeSpan.FromDays(6);

    private readonly FakeInstance _instance;
    private readonly Action<Exception> _report;
    private readonly OrchestratorThread _thread;
    private readonly Dictionary<int, OpenTask> _open = [];
    private readonly Dictionary<string, Queue<Action<string?>>> _waiters = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<EventArrived> _buffer = [];
    private readonly List<EventArrived> _carried = [];
    private IReadOnlyList<Scheduled>? _recorded;
    private List<Scheduled> _scheduled = [];
    private DateTime _now;
    private string? _input;
    private string? _newInput;
    private bool _continued;
    private int _ids;
    private int _guids;

    public ReplayContext(FakeInstance instance, ILoggerFactory loggers, Action<Exception> report)
    {
        (_instance, LoggerFactory, _report) = (instance, loggers, report);
        _thread = new OrchestratorThread(report);
    }

    public override TaskName Name => _instance.Name;
    public override string InstanceId => _instance.Id;
    public override ParentOrchestrationInstance? Parent => null;
    public override bool IsReplaying => _recorded is not null;
    protected override ILoggerFactory LoggerFactory { get; }

    public override DateTime CurrentUtcDateTime
    {
        get
        {
            _thread.Check();
            return _now;
        }
    }

    /// <summary>Replays the history, then plays what came in since.</summary>
    public StepResult Play(Func<TaskOrchestrationContext, Task> orchestrator, IReadOnlyList<Step> history, DateTime now, IReadOnlyList<Happened> fresh)
    {
        Task? run = null;
        foreach (var step in history)
        {
            (_recorded, _now, _scheduled) = (step.Actions, step.Now, []);
            foreach (var happened in step.Events) _thread.Run(() => Take(happened, orchestrator, ref run));
            if (_scheduled.Count < step.Actions.Count) throw new OrchestratorException($"Replayed, the orchestrator did not ask for {step.Actions[_scheduled.Count]}.");
            if (run is { IsCompleted: true }) throw new OrchestratorException("Replayed, the orchestrator ended before its history did.", run.Exception!);
        }

        (_recorded, _now, _scheduled) = (null, now, []);
        foreach (var happened in fresh) _thread.Run(() => Take(happened, orchestrator, ref run));
        _thread.Leave();
        return End(run!, new Step(now, fresh, _scheduled));
    }

    public override T? GetInput<T>() where T : default => _input is null ? default : JsonSerializer.Deserialize<T>(_input);

    public override Task<TResult> CallActivityAsync<TResult>(TaskName name, object? input = null, TaskOptions? options = null)
    {
        _thread.Check();
        if (options?.Retry?.Handler is not null) throw new NotSupportedException("Retry handlers are not faked.");
        var text = input is null ? null : JsonSerializer.Serialize(input);
        return options?.Retry?.Policy is { } policy ? Retried<TResult>(name, text, policy) : Schedule<TResult>(name, text);
    }

    public override Task CreateTimer(DateTime fireAt, CancellationToken cancellationToken)
    {
        _thread.Check();
        if (fireAt.Kind != DateTimeKind.Utc) throw new ArgumentException("Timers are set in UTC.", nameof(fireAt));
        if (fireAt - _now > LongestTimer) throw new ArgumentException($"A timer for {fireAt:u} is longer than the storage provider's bound of {LongestTimer.TotalDays} days.", nameof(fireAt));
        var id = Note(id => new TimerSet(id, fireAt));
        var source = new TaskCompletionSource();
        _open[id] = new OpenTask(_ => source.TrySetResult(), failure => source.TrySetException(new TaskFailedException("timer", id, failure)));
        _ = cancellationToken.Register(() =>
        {
            _ = _open.Remove(id);
            _ = source.TrySetCanceled(cancellationToken);
        });
        return source.Task;
    }

    public override Task<T> WaitForExternalEvent<T>(string eventName, CancellationToken cancellationToken = default)
    {
        _thread.Check();
        if (_buffer.FindIndex(waiting => Same(waiting.Name, eventName)) is var index and >= 0)
        {
            var data = _buffer[index].Data;
            _buffer.RemoveAt(index);
            return Task.FromResult(Read<T>(data));
        }

        // A waiter that was cancelled stays in line and swallows its event: so does the real one.
        var source = new TaskCompletionSource<T>();
        if (!_waiters.TryGetValue(eventName, out var line)) _waiters[eventName] = line = [];
        line.Enqueue(data => source.TrySetResult(Read<T>(data)));
        _ = cancellationToken.Register(() => source.TrySetCanceled(cancellationToken));
        return source.Task;
    }

    public override void ContinueAsNew(object? newInput = null, bool preserveUnprocessedEvents = true)
    {
        _thread.Check();
        (_continued, _newInput) = (true, newInput is null ? null : JsonSerializer.Serialize(newInput));
        if (preserveUnprocessedEvents) _carried.AddRange(_buffer);
        _buffer.Clear();
    }

    public override Guid NewGuid()
    {
        _thread.Check();
        return new Guid(SHA256.HashData(Encoding.UTF8.GetBytes($"{InstanceId}_{_now:O}_{_guids++}")).AsSpan(0, 16));
    }

    public override void SetCustomStatus(object? customStatus) => _thread.Check();

    public override void SendEvent(string instanceId, string eventName, object payload) => throw new NotSupportedException();

    public override Task<TResult> CallSubOrchestratorAsync<TResult>(TaskName orchestratorName, object? input = null, TaskOptions? options = null) => throw new NotSupportedException();

    private void Take(Happened happened, Func<TaskOrchestrationContext, Task> orchestrator, ref Task? run)
    {
        switch (happened)
        {
            case Started started:
                _input = started.Input;
                run = Begin();
                break;
            case ActivityEnded ended when _open.Remove(ended.Id, out var task):
                task.End(ended.Result);
                break;
            case ActivityBroke broke when _open.Remove(broke.Id, out var task):
                task.Break(broke.Failure.Details());
                break;
            case TimerFired fired when _open.Remove(fired.Id, out var task):
                task.End(null);
                break;
            case EventArrived arrived when _continued:
                _carried.Add(arrived);
                break;
            case EventArrived arrived when _waiters.TryGetValue(arrived.Name, out var line) && line.TryDequeue(out var waiter):
                waiter(arrived.Data);
                break;
            case EventArrived arrived:
                _buffer.Add(arrived);
                break;
        }

        // What it throws before its first await is its failure too.
        async Task Begin() => await orchestrator(this);
    }

    private StepResult End(Task run, Step step)
    {
        if (!run.IsCompleted) return new StepResult(step, StepEnd.Waiting);
        if (run.IsFaulted) return new StepResult(step, StepEnd.Failed, Fault: run.Exception!.InnerException);
        if (_open.Count > 0) throw new OrchestratorException($"The orchestrator ended while {_open.Count} of its tasks were open; the real service would wait for them.");
        return _continued ? new StepResult(step, StepEnd.ContinuedAsNew, _newInput, _carried) : new StepResult(step, StepEnd.Completed);
    }

    private Task<TResult> Schedule<TResult>(TaskName name, string? input)
    {
        var id = Note(id => new ActivityScheduled(id, name.Name, input));
        var source = new TaskCompletionSource<TResult>();
        _open[id] = new OpenTask(result => source.TrySetResult(Read<TResult>(result)), failure => source.TrySetException(new TaskFailedException(name, id, failure)));
        return source.Task;
    }

    /// <summary>As the real one: every further attempt is an activity of its own, after a timer of its own.</summary>
    private async Task<TResult> Retried<TResult>(TaskName name, string? input, RetryPolicy policy)
    {
        var first = _now;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await Schedule<TResult>(name, input);
            }
            catch (TaskFailedException failure) when (attempt < policy.MaxNumberOfAttempts && policy.Handle(failure)
                && (policy.RetryTimeout == Timeout.InfiniteTimeSpan || _now < first + policy.RetryTimeout))
            {
                var pause = policy.FirstRetryInterval.TotalMilliseconds * Math.Pow(policy.BackoffCoefficient, attempt - 1);
                await CreateTimer(_now + (pause < policy.MaxRetryInterval.TotalMilliseconds ? TimeSpan.FromMilliseconds(pause) : policy.MaxRetryInterval), CancellationToken.None);
            }
        }
    }

    /// <summary>Takes note of what is asked for; while replaying it must be the very thing that the history has here.</summary>
    private int Note(Func<int, Scheduled> make)
    {
        var asked = make(_ids++);
        if (_recorded is not null)
        {
            var recorded = _scheduled.Count < _recorded.Count ? _recorded[_scheduled.Count] : null;
            if (!asked.Equals(recorded))
            {
                var wrong = new OrchestratorException($"Replayed, the orchestrator asked for {asked}; its history says {recorded?.ToString() ?? "nothing"}.");
                _report(wrong);
                throw wrong;
            }
        }

        _scheduled.Add(asked);
        return asked.Id;
    }

    private static T Read<T>(string? data) => data is null ? default! : JsonSerializer.Deserialize<T>(data)!;

    private static bool Same(string left, string right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);

    private sealed record OpenTask(Action<string?> End, Action<TaskFailureDetails> Break);
}
