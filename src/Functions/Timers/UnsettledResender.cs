using AccessFunctions.Application.Ports;
using AccessFunctions.Functions.Requests;
using Microsoft.Extensions.Logging;

namespace AccessFunctions.Functions.Timers;

/// <summary>Keeps the promise of HTTP 202: hands every signal that was accepted and not settled to its request again, until it is.</summary>
public sealed partial class UnsettledResender(IUnsettledSignals unsettled, IRequestWorkflow workflow, ILogger<UnsettledResender> logger)
{
    private const int Concurrency = 8;

    /// <summary>Tries each once. One that fails keeps no other from its turn.</summary>
    /// <returns>How many are still not settled.</returns>
    public async Task<int> Run(CancellationToken cancellation)
    {
        var open = 0;
        await Parallel.ForEachAsync(unsettled.All(cancellation), new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancellation }, async (kept, token) =>
        {
            try
            {
                if ((await workflow.Signal(kept.RequestId, kept.Signal, token)).Settled) await unsettled.Remove(kept.RequestId, kept.Signal, token);
                else _ = Interlocked.Increment(ref open);
            }
#pragma warning disable CA1031 // Logged and counted; the next run tries again.
            catch (Exception failure) when (!token.IsCancellationRequested)
#pragma warning restore CA1031
            {
                _ = Interlocked.Increment(ref open);
                LogNotHanded(kept.Signal.Id, kept.RequestId, failure);
            }
        });
        if (open > 0) LogOpen(open);
        return open;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Signal {Signal} of request {Request} could not be handed over; it is tried again.")]
    private partial void LogNotHanded(string signal, string request, Exception failure);

    [LoggerMessage(EventId = 4002, EventName = "UnsettledSignals", Level = LogLevel.Warning, Message = "{Signals} accepted signals are not settled yet.")]
    private partial void LogOpen(int signals);
}
