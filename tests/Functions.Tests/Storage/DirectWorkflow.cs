using AccessFunctions.Application.Ports;
using AccessFunctions.Application.Retention;
using AccessFunctions.Application.Workflow;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Functions.Requests;

namespace AccessFunctions.Functions.Tests.Storage;

/// <summary>Decides and saves as an orchestration does, without one and without effects: what stores are tested through.</summary>
internal sealed class DirectWorkflow(IRequestStore store, TimeProvider time) : IRequestWorkflow
{
    public async Task<SignalAnswer> Signal(string requestId, Signal signal, CancellationToken cancellation)
    {
        if (signal is Submit && await store.IsPurged(requestId, cancellation)) return PurgedRequests.CannotBeMadeAgain;
        while (true)
        {
            var kept = await store.Answer(requestId, signal.By, signal.Id, cancellation);
            var state = await store.Find(requestId, cancellation);
            if (kept is not null) return new SignalAnswer(state, kept.Refusal, kept.Sequence) { ContentDiffers = !kept.Content.AsSpan().SequenceEqual(SignalContent.Hash(signal)) };
            var (order, decision) = Decide(requestId, state, signal, time.GetUtcNow());
            if (decision.Repeated || (state is null && signal is not Submit)) return new SignalAnswer(state, decision.Refusal, 0);
            var saved = await store.Save(order, cancellation);
            if (saved.Applied) return new SignalAnswer(saved.State, decision.Refusal, saved.State?.Sequence ?? 0);
        }
    }

    /// <summary>What would be saved.</summary>
    public static (SaveOrder Order, Decision Decision) Decide(string requestId, AccessRequest? state, Signal signal, DateTimeOffset now)
    {
        var at = state is not null && state.ChangedAt > now ? state.ChangedAt : now;
        var decision = Decider.Decide(state, signal with { At = at });
        return (SaveOrders.For(requestId, state, signal, decision, at), decision);
    }
}
