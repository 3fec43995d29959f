using AccessFunctions.Application.Workflow;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Functions.Requests;

/// <summary>Makes the order that stores a decision, for the orchestration and for what is answered without one.</summary>
internal static class SaveOrders
{
    /// <summary>A timer's signal changes nothing when it comes again, so no answer is kept for it.</summary>
    public static SaveOrder For(string requestId, AccessRequest? before, Signal signal, Decision decision, DateTimeOffset at, IReadOnlyList<Notify>? notices = null) => new(
        requestId, before, decision.State, decision.Events,
        signal is DeadlineReached ? null : new KeptAnswer(signal.By, signal.Id, SignalContent.Hash(signal), decision.Refusal, decision.State?.Sequence ?? 0, at))
    {
        Notices = notices,
    };
}
