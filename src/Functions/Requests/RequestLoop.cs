using AccessFunctions.Application.Effects;
using AccessFunctions.Application.Workflow;
using AccessFunctions.Domain.Requests;
using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;

namespace AccessFunctions.Functions.Requests;

/// <summary>
/// One generation of a request's orchestration (design, section 12): take a signal, an outcome or the next deadline; decide; save; run the
/// effects beside whatever comes next. When nothing runs any more it begins anew, so that no history grows long. Everything here is
/// replayed: no clock but the context's, no ids but those of signals.
/// </summary>
internal sealed partial class RequestLoop
{
    /// <summary>Longer waits are made of several timers; storage providers bound a single one.</summary>
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(3);

    /// <summary>After the retries of an activity: people wait for a notice once its channel is back.</summary>
    private static readonly TimeSpan NoticePause = TimeSpan.FromMinutes(5);

    private readonly TaskOrchestrationContext _context;
    private readonly ILogger _logger;
    private readonly RequestRun _run;
    private readonly List<Running> _running = [];
    private readonly List<PendingNotice> _pending;
    private AccessRequest? _state;
    private (InFlight Attempt, DateTimeOffset At)? _lost;

    /// <summary>The one waiter, held for the whole generation: a cancelled one could swallow the next event.</summary>
    private Task<Payload> _waiter;
    private Task? _delivery;
    private bool _deliverAgain;
    private Alarm? _alarm;
    private int _turns;

    public RequestLoop(TaskOrchestrationContext context)
    {
        _context = context;
        _logger = context.CreateReplaySafeLogger<RequestLoop>();
        _run = context.GetInput<Payload>()!.Read<RequestRun>();
        (_state, _pending) = (_run.State, [.. _run.Pending]);
        _waiter = Wait();
    }

    private DateTimeOffset Now => new(DateTime.SpecifyKind(_context.CurrentUtcDateTime, DateTimeKind.Utc));

    public async Task Run()
    {
        await Begin();
        while (true)
        {
            if (_waiter.IsCompleted)
            {
                var raised = (await _waiter).Read<Raised>();
                _waiter = Wait();
                await Take(raised.Signal);
            }
            else if (_running.FirstOrDefault(static run => run.Task.IsCompleted) is { } ended)
            {
                _running.Remove(ended);
                await End(ended);
            }
            else if (_delivery is { IsCompleted: true } delivered)
            {
                await EndDelivery(delivered);
            }
            else if (Due() is { } due && due <= Now)
            {
                await Wake(due);
            }
            else if (_running.Count == 0 && _delivery is null && Orphan is null && (Over || _turns > 0))
            {
                // The waiter was looked at in this very turn and nothing was awaited since: no event can be lost between it and here.
                _alarm?.Dispose();
                if (!Over) _context.ContinueAsNew(Payload.Of(new RequestRun(_run.RequestId) { State = _state, Pending = _pending }));
                return;
            }
            else
            {
                await Task.WhenAny(Awaited());
            }
        }
    }

    /// <summary>Nothing can follow: no deadline, no effect, no notice left. Later signals are answered from the snapshot.</summary>
    private bool Over => _pending.Count == 0 && (_state is null || !RequestIndex.IsUnfinished(_state));

    private async Task Begin()
    {
        if (_run.Resumed) await Load();
        if (_run.First is { } first) await Take(first);
    }

    /// <summary>Takes over what is stored, and sends again what may not have been delivered: every channel knows a notice by its id.</summary>
    private async Task Load()
    {
        var snapshot = await Call<Snapshot>(nameof(RequestActivities.LoadSnapshot), new StreamOrder(_run.RequestId), Retries.Store);
        _state = snapshot.State;
        foreach (var notice in snapshot.Notices)
        {
            if (!Notices().Contains(notice)) Start(notice, failures: 0);
        }
    }

    /// <summary>Decides one signal, makes it durable and starts what follows from it.</summary>
    private async Task Take(Signal signal)
    {
        _turns++;
        while (true)
        {
            var now = Now;
            var at = _state is { } state && state.ChangedAt > now ? state.ChangedAt : now;
            var decision = Decider.Decide(_state, signal with { At = at });
            if (decision.Repeated) return;
            var order = SaveOrders.For(_run.RequestId, _state, signal, decision, at, [.. Notices(), .. decision.Effects.OfType<Notify>()]);
            var saved = await Call<Saved>(nameof(RequestActivities.SaveDecision), order, Retries.Store);
            if (saved.Applied)
            {
                _state = saved.State;
                foreach (var effect in decision.Effects) Start(effect, failures: 0);
                Deliver();
                return;
            }

            // Somebody else wrote meanwhile: an orchestration that this one replaced, or whoever answered a signal to a finished request.
            await Load();
            if (saved.Repeated) return;
        }
    }

    /// <summary>Notices that are not known to be delivered.</summary>
    private IEnumerable<Notify> Notices() => _running.Select(static run => run.Effect).OfType<Notify>().Concat(_pending.Select(static waiting => waiting.Notice));

    private void Start(Effect effect, int failures) =>
        _running.Add(new Running(effect, failures, Call<EffectRan>(RequestActivities.NameOf(effect), new EffectOrder(_run.RequestId, effect), Retries.For(effect))));

    /// <summary>Takes the outcome of an effect. What broke off is an outcome too: removal is tried again for ever, and so is a notice.</summary>
    private async Task End(Running ended)
    {
        Signal? outcome;
        try
        {
            var ran = await ended.Task;
            outcome = ran.Outcome;
            if (ran.Again) Later((Notify)ended.Effect, ended.Failures);
        }
        catch (TaskFailedException failure)
        {
            LogEffectFailed(_logger, ended.Effect.Id, _run.RequestId, failure.FailureDetails.ErrorType);
            _turns++;
            if (ended.Effect is Notify notice)
            {
                Later(notice, ended.Failures);
                return;
            }

            outcome = Outcomes.Failed((PlatformEffect)ended.Effect, "the attempt broke off");
        }

        _turns++;
        if (outcome is not null) await Take(outcome);
    }

    private void Later(Notify notice, int failures) => _pending.Add(new PendingNotice(notice, failures + 1, Now + NoticePause));

    /// <summary>Streams what was audited. Where it fails the events stay in the store, and the timer function sends them later.</summary>
    private void Deliver()
    {
        if (_delivery is null) _delivery = Call<Done>(nameof(RequestActivities.DeliverAudit), new StreamOrder(_run.RequestId), Retries.Delivery);
        else _deliverAgain = true;
    }

    private async Task EndDelivery(Task delivered)
    {
        _delivery = null;
        try
        {
            await delivered;
            if (_deliverAgain) Deliver();
        }
        catch (TaskFailedException failure)
        {
            LogNotDelivered(_logger, _run.RequestId, failure.FailureDetails.ErrorType);
        }

        _deliverAgain = false;
    }

    /// <summary>What is next to do by the clock; null where nothing is.</summary>
    private DateTimeOffset? Due()
    {
        var due = _state is { } state ? Deadlines.Next(state) : null;
        foreach (var waiting in _pending)
        {
            if (due is null || waiting.At < due) due = waiting.At;
        }

        if (Orphan is { } orphan)
        {
            if (_lost?.Attempt != orphan) _lost = (orphan, Now + EffectRunner.AttemptTimeout + EffectRunner.Grace);
            if (due is null || _lost.Value.At < due) due = _lost.Value.At;
        }

        return due;
    }

    /// <summary>
    /// The attempt that the state awaits and nobody here runs: it was lost with the orchestration that began it. It may be running still, so
    /// it is given up only after the time that an attempt can last; the next one is then the decider's to ask for.
    /// </summary>
    private InFlight? Orphan => _state?.InFlight is { } awaited && !_running.Exists(run =>
        run.Effect is PlatformEffect effect && effect.Order.GrantId == awaited.GrantId && effect.Attempt == awaited.Attempt) ? awaited : null;

    private async Task Wake(DateTimeOffset due)
    {
        var notices = _pending.Where(waiting => waiting.At <= Now).ToList();
        foreach (var waiting in notices)
        {
            _pending.Remove(waiting);
            Start(waiting.Notice, waiting.Failures);
        }

        if (_state is { } state && Deadlines.Next(state) <= Now) await Take(Deadline(due));
        if (_lost is { } lost && lost.At <= Now && Orphan == lost.Attempt) await Take(Outcomes.Lost(lost.Attempt));
    }

    private static DeadlineReached Deadline(DateTimeOffset due) => new()
    {
        Id = $"deadline-{due.UtcTicks}",
        By = SystemActors.Timer,
        Channel = Channel.System,
        At = default,
    };

    private IEnumerable<Task> Awaited()
    {
        SetAlarm();
        yield return _waiter;
        foreach (var run in _running) yield return run.Task;
        if (_delivery is not null) yield return _delivery;
        if (_alarm is not null) yield return _alarm.Timer;
    }

    /// <summary>Sets a timer for what is due next. It is kept while that stays the same, so that histories hold few timers.</summary>
    private void SetAlarm()
    {
        var due = Due();
        if (_alarm is { Timer.IsCompleted: false } kept && kept.Due == due) return;
        _alarm?.Dispose();
        _alarm = due is { } at ? new Alarm(_context, at) : null;
    }

    private Task<Payload> Wait() => _context.WaitForExternalEvent<Payload>(RequestOrchestration.SignalEvent);

    private async Task<T> Call<T>(string activity, object input, TaskOptions? options) where T : class =>
        (await _context.CallActivityAsync<Payload>(activity, Payload.Of(input), options)).Read<T>();

    private sealed record Running(Effect Effect, int Failures, Task<EffectRan> Task);

    /// <summary>A durable timer that can be given up.</summary>
    private sealed class Alarm : IDisposable
    {
        private readonly CancellationTokenSource _stop = new();

        public Alarm(TaskOrchestrationContext context, DateTimeOffset due)
        {
            Due = due;
            var latest = new DateTimeOffset(DateTime.SpecifyKind(context.CurrentUtcDateTime, DateTimeKind.Utc)) + LongestTimer;
            Timer = context.CreateTimer((due < latest ? due : latest).UtcDateTime, _stop.Token);
        }

        /// <summary>What it is for; it fires then, or as late as one timer can.</summary>
        public DateTimeOffset Due { get; }
        public Task Timer { get; }

        public void Dispose()
        {
            _stop.Cancel();
            _stop.Dispose();
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Effect {Effect} of request {Request} broke off: {Error}.")]
    private static partial void LogEffectFailed(ILogger logger, string effect, string request, string error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Audit events of request {Request} were not taken: {Error}. They are kept and sent again.")]
    private static partial void LogNotDelivered(ILogger logger, string request, string error);
}
