using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Application.Tests.Fakes;

/// <summary>A door that stamps the instant and really decides; states go into <see cref="FakeRequests"/>, effects are kept.</summary>
internal sealed class DecidingDoor(FakeRequests requests, TimeProvider time) : IRequestWorkflow
{
    public List<Effect> Effects { get; } = [];

    public Task<SignalAnswer> Signal(string requestId, Signal signal, CancellationToken cancellation)
    {
        var decision = Decider.Decide(requests.All.GetValueOrDefault(requestId), signal with { At = time.GetUtcNow() });
        if (decision.State is { } state) _ = requests.Put(state);
        Effects.AddRange(decision.Effects);
        return Task.FromResult(new SignalAnswer(decision.State, decision.Refusal, decision.State?.Sequence ?? 0));
    }
}
