using AccessFunctions.Application.Ports;

namespace AccessFunctions.Application.Tests.Fakes;

/// <summary>A memory that outlives the reconcilers of a test.</summary>
internal sealed class FakeReconcileMemory : IReconcileMemory
{
    private readonly Lock _gate = new();

    public Dictionary<string, Difference> Differences { get; } = [];
    public IEnumerable<string> Reported => Differences.Keys;
    public Dictionary<string, ReconcilePlace> Places { get; } = [];
    public Dictionary<string, ReconcileResult> Results { get; } = [];

    public Task<Reconciled> Load(CancellationToken cancellation)
    {
        lock (_gate) return Task.FromResult(new Reconciled(new Dictionary<string, Difference>(Differences), new Dictionary<string, ReconcilePlace>(Places)) { Results = new Dictionary<string, ReconcileResult>(Results) });
    }

    public Task SaveResult(string platform, ReconcileResult result, CancellationToken cancellation)
    {
        lock (_gate) Results[platform] = result;
        return Task.CompletedTask;
    }

    public Task AddReported(string key, Difference difference, CancellationToken cancellation)
    {
        lock (_gate) Differences[key] = difference;
        return Task.CompletedTask;
    }

    public Task RemoveReported(string key, CancellationToken cancellation)
    {
        lock (_gate) _ = Differences.Remove(key);
        return Task.CompletedTask;
    }

    public Task SavePlace(string platform, ReconcilePlace? place, CancellationToken cancellation)
    {
        lock (_gate)
        {
            if (place is null) _ = Places.Remove(platform);
            else Places[platform] = place;
        }

        return Task.CompletedTask;
    }
}
