using AccessFunctions.Application.Ports;

namespace AccessFunctions.Application.Tests.Fakes;

/// <summary>A memory that outlives the reconcilers of a test.</summary>
internal sealed class FakeReconcileMemory : IReconcileMemory
{
    private readonly Lock _gate = new();

    public HashSet<string> Reported { get; } = [];
    public Dictionary<string, ReconcilePlace> Places { get; } = [];
    public Dictionary<string, ReconcileResult> Results { get; } = [];

    public Task<Reconciled> Load(CancellationToken cancellation)
    {
        lock (_gate) return Task.FromResult(new Reconciled([.. Reported], new Dictionary<string, ReconcilePlace>(Places)) { Results = new Dictionary<string, ReconcileResult>(Results) });
    }

    public Task SaveResult(string platform, ReconcileResult result, CancellationToken cancellation)
    {
        lock (_gate) Results[platform] = result;
        return Task.CompletedTask;
    }

    public Task AddReported(string key, CancellationToken cancellation)
    {
        lock (_gate) _ = Reported.Add(key);
        return Task.CompletedTask;
    }

    public Task RemoveReported(string key, CancellationToken cancellation)
    {
        lock (_gate) _ = Reported.Remove(key);
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
