using AccessFunctions.Application.Ports;
using AccessFunctions.Application.Retention;
using AccessFunctions.Application.Workflow;
using AccessFunctions.Domain.Requests;
using Microsoft.Extensions.Logging;

namespace AccessFunctions.Functions.Requests;

/// <summary>
/// The one door to requests on Azure: hands a signal to the request's orchestration and waits a while for its answer row. What no
/// orchestration is needed for (a refused submission, a finished request, a repeat) is answered here.
/// </summary>
public sealed partial class DurableWorkflow(
    IRequestStore store, IUnsettledSignals unsettled, DurableClients clients, TimeProvider time, ILogger<DurableWorkflow> logger, SignalWait? wait = null) : IRequestWorkflow
{
    private readonly SignalWait _wait = wait ?? new SignalWait();
    private readonly OrchestrationDoor _door = new(clients);

    /// <inheritdoc />
    public async Task<SignalAnswer> Signal(string requestId, Signal signal, CancellationToken cancellation)
    {
        if (signal is Submit && await store.IsPurged(requestId, cancellation)) return PurgedRequests.CannotBeMadeAgain;
        if (await Look(requestId, signal, cancellation) is { } known) return known;
        if (!await Hand(requestId, signal, cancellation))
        {
            // It ended between the look and the hand; or it was lost, and then another one goes on from what is stored.
            if (await Look(requestId, signal, cancellation) is { } settled) return settled;
            await Revive(requestId, signal, cancellation);
        }

        var pause = _wait.First;
        // The wait is measured by the machine's clock, whatever clock decisions are made by.
        using var patience = new CancellationTokenSource(_wait.Patience);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
        try
        {
            while (true)
            {
                await Task.Delay(pause, either.Token);
                if (await LookAgain(requestId, signal, either.Token) is { } answer) return answer;
                pause = pause * 2 < _wait.Longest ? pause * 2 : _wait.Longest;
            }
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            // "Accepted" is a promise: an orchestration that ends at this very moment drops what it was sent, so the signal is kept and sent again.
            await unsettled.Add(requestId, signal, cancellation);
            if (!await _door.Runs(requestId, cancellation)) await Revive(requestId, signal, cancellation);
            LogNotSettled(requestId, signal.Id);
            return new SignalAnswer(null, null, 0, Settled: false);
        }
    }

    /// <summary>A look after the signal was handed over: that the store is away for a while no longer makes the signal fail.</summary>
    private async Task<SignalAnswer?> LookAgain(string requestId, Signal signal, CancellationToken cancellation)
    {
        try
        {
            return await Look(requestId, signal, cancellation);
        }
        catch (TransientException failure)
        {
            LogLookFailed(requestId, failure);
            return null;
        }
    }

    /// <summary>The answer, where there is one or none has to be waited for; null: the orchestration has to decide.</summary>
    private async Task<SignalAnswer?> Look(string requestId, Signal signal, CancellationToken cancellation)
    {
        while (true)
        {
            // The answer is read before the snapshot: an answer that is there has a snapshot at least as new.
            var kept = await store.Answer(requestId, signal.By, signal.Id, cancellation);
            var state = await store.Find(requestId, cancellation);
            if (kept is not null) return Answered(kept, state);

            var now = time.GetUtcNow();
            var at = state is not null && state.ChangedAt > now ? state.ChangedAt : now;
            var decision = Decider.Decide(state, signal with { At = at });
            if (decision.Repeated)
            {
                // Answered between the two reads: the state knows only that, the row knows the words.
                var seen = state!.Seen.LastOrDefault(seen => seen.Id == signal.Id && seen.By == signal.By);
                return seen is not null && await store.Answer(requestId, signal.By, signal.Id, cancellation) is { } since
                    ? Answered(since, state)
                    : new SignalAnswer(state, decision.Refusal, seen?.Sequence ?? 0);
            }

            if (state is null && signal is not Submit) return new SignalAnswer(null, decision.Refusal, 0);

            var settles = state is null ? decision.State is null : !RequestIndex.IsUnfinished(state) && decision.Effects.Count == 0;
            if (!settles) return null;
            var saved = await store.Save(SaveOrders.For(requestId, state, signal, decision, at), cancellation);
            if (saved.Applied) return new SignalAnswer(saved.State, decision.Refusal, saved.State?.Sequence ?? 0);
        }

        SignalAnswer Answered(KeptAnswer kept, AccessRequest? state) =>
            new(state, kept.Refusal, kept.Sequence) { ContentDiffers = !kept.Content.AsSpan().SequenceEqual(SignalContent.Hash(signal)) };
    }

    /// <summary>Gives the signal to the request's orchestration, the first one starting it; false where none runs any more.</summary>
    private async Task<bool> Hand(string requestId, Signal signal, CancellationToken cancellation)
    {
        if (signal is Submit submit && await store.Find(requestId, cancellation) is null && await _door.Start(requestId, submit, cancellation)) return true;
        return await _door.Raise(requestId, signal, cancellation);
    }

    private async Task Revive(string requestId, Signal signal, CancellationToken cancellation)
    {
        if (await _door.Revive(requestId, signal, cancellation)) LogRevived(requestId);
        else if (!await _door.Raise(requestId, signal, cancellation)) throw new TransientException($"The orchestration of request {requestId} came and went.");
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Signal {Signal} of request {Request} was not settled in time; it will be.")]
    private partial void LogNotSettled(string request, string signal);

    [LoggerMessage(Level = LogLevel.Warning, Message = "No orchestration of request {Request} was running; another one goes on from what is stored.")]
    private partial void LogRevived(string request);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The answer of request {Request} could not be looked at; it is looked at again.")]
    private partial void LogLookFailed(string request, Exception failure);
}

/// <summary>How a caller's answer is waited for.</summary>
public sealed record SignalWait
{
    /// <summary>Then the caller hears that the signal is not settled yet.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Before the first look; doubled with every further one.</summary>
    public TimeSpan First { get; init; } = TimeSpan.FromMilliseconds(50);
    public TimeSpan Longest { get; init; } = TimeSpan.FromMilliseconds(400);
}
