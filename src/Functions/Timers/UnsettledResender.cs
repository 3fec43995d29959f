using AccessFunctions.Application.Ports;
using AccessFunctions.Functions.Requests;
using Microsoft.Extensions.Logging;

namespace AccessFunctions.Functions.Timers;

/// <summary>
/// Keeps the promise of HTTP 202: hands every signal that was accepted and not settled to its request again, until it is. One that was
/// tried often has a fault that does not pass by itself: it is said so, and tried seldom.
/// </summary>
public sealed partial class UnsettledResender(IUnsettledSignals unsettled, IRequestWorkflow workflow, TimeProvider time, ILogger<UnsettledResender> logger)
{
    private const int Concurrency = 8;

    /// <summary>After so many tries in vain somebody is told.</summary>
    private const int Often = 10;

    /// <summary>From then on it is tried again after this long.</summary>
    private static readonly TimeSpan Seldom = TimeSpan.FromHours(1);

    /// <summary>Tries each once that is due. One that fails keeps no other from its turn.</summary>
    /// <returns>How many are still not settled.</returns>
    public async Task<int> Run(CancellationToken cancellation)
    {
        var open = 0;
        await Parallel.ForEachAsync(unsettled.All(cancellation), new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancellation }, async (kept, token) =>
        {
            if (!await Settle(kept, token)) _ = Interlocked.Increment(ref open);
        });
        if (open > 0) LogOpen(open);
        return open;
    }

    private async Task<bool> Settle(UnsettledSignal kept, CancellationToken cancellation)
    {
        if (kept is { Tries: >= Often, LastTry: { } last } && time.GetUtcNow() - last < Seldom) return false;
        try
        {
            if (await HandOver(kept, cancellation))
            {
                await unsettled.Remove(kept.RequestId, kept.Signal, cancellation);
                return true;
            }

            var now = time.GetUtcNow();
            if (kept.Tries + 1 >= Often) LogStuck(kept.Signal.Id, kept.RequestId, kept.Tries + 1, kept.FirstTry ?? now);
            await unsettled.Tried(kept, now, cancellation);
        }
#pragma warning disable CA1031 // Logged and counted; the next run tries again.
        catch (Exception failure) when (!cancellation.IsCancellationRequested)
#pragma warning restore CA1031
        {
            LogNotHanded(kept.Signal.Id, kept.RequestId, failure);
        }

        return false;
    }

    private async Task<bool> HandOver(UnsettledSignal kept, CancellationToken cancellation)
    {
        try
        {
            return (await workflow.Signal(kept.RequestId, kept.Signal, cancellation)).Settled;
        }
#pragma warning disable CA1031 // Logged; a try in vain, whatever the reason.
        catch (Exception failure) when (!cancellation.IsCancellationRequested)
#pragma warning restore CA1031
        {
            LogNotHanded(kept.Signal.Id, kept.RequestId, failure);
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Signal {Signal} of request {Request} could not be handed over; it is tried again.")]
    private partial void LogNotHanded(string signal, string request, Exception failure);

    [LoggerMessage(EventId = 4002, EventName = "UnsettledSignals", Level = LogLevel.Warning, Message = "{Signals} accepted signals are not settled yet.")]
    private partial void LogOpen(int signals);

    [LoggerMessage(EventId = 4006, EventName = "SignalStuck", Level = LogLevel.Error, Message = "An accepted signal does not settle: signal {Signal} of request {Request}, {Tries} tries since {First:u}; it is tried once an hour from now on.")]
    private partial void LogStuck(string signal, string request, int tries, DateTimeOffset first);
}
