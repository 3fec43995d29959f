using AccessFunctions.Application.Ports;
using AccessFunctions.Functions.Requests;

namespace AccessFunctions.Functions.Hosting;

/// <summary>Does the store answer?</summary>
internal sealed class StoreReadiness(IRequestStore store) : IReadinessCheck
{
    public string Name => "store";

    public async Task<Readiness> Check(CancellationToken cancellation)
    {
        _ = await store.Find("readiness", cancellation);
        return new Readiness(ReadinessStatus.Ok, "The store answers.");
    }
}
