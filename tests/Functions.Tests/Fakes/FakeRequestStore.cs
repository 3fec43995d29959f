using System.Runtime.CompilerServices;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Functions.Requests;

namespace AccessFunctions.Functions.Tests.Fakes;

/// <summary>Snapshots in memory, for tests of what only reads them.</summary>
internal sealed class FakeRequestStore(params AccessRequest[] requests) : IRequestStore
{
    public Task<AccessRequest?> Find(string requestId, CancellationToken cancellation) => Task.FromResult(requests.FirstOrDefault(request => request.Id == requestId));

    public Task<bool> IsPurged(string requestId, CancellationToken cancellation) => Task.FromResult(false);

    public Task<KeptAnswer?> Answer(string requestId, string actor, string signalId, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<Saved> Save(SaveOrder order, CancellationToken cancellation) => throw new NotSupportedException();
}

/// <summary>Accepted signals in memory.</summary>
internal sealed class FakeUnsettled(params (string RequestId, Signal Signal)[] kept) : IUnsettledSignals
{
    private readonly Lock _gate = new();
    private readonly List<UnsettledSignal> _kept = [.. kept.Select(one => new UnsettledSignal(one.RequestId, one.Signal))];

    public IReadOnlyList<string> Kept
    {
        get
        {
            lock (_gate) return [.. _kept.Select(one => one.Signal.Id).Order(StringComparer.Ordinal)];
        }
    }

    public Task Add(string requestId, Signal signal, CancellationToken cancellation) => throw new NotSupportedException();

    public async IAsyncEnumerable<UnsettledSignal> All([EnumeratorCancellation] CancellationToken cancellation)
    {
        List<UnsettledSignal> all;
        lock (_gate) all = [.. _kept];
        foreach (var one in all) yield return one;
        await Task.CompletedTask;
    }

    public Task Tried(UnsettledSignal kept, DateTimeOffset at, CancellationToken cancellation)
    {
        lock (_gate)
        {
            var index = _kept.IndexOf(kept);
            if (index >= 0) _kept[index] = kept with { Tries = kept.Tries + 1, FirstTry = kept.FirstTry ?? at, LastTry = at };
        }

        return Task.CompletedTask;
    }

    public Task Remove(string requestId, Signal signal, CancellationToken cancellation)
    {
        lock (_gate) _kept.RemoveAll(one => one.RequestId == requestId && one.Signal.Id == signal.Id);
        return Task.CompletedTask;
    }
}

/// <summary>A door that answers as told.</summary>
internal sealed class FakeDoor(Func<string, Signal, SignalAnswer> answer) : IRequestWorkflow
{
    public Task<SignalAnswer> Signal(string requestId, Signal signal, CancellationToken cancellation) => Task.FromResult(answer(requestId, signal));
}
