using AccessFunctions.Application.Ports;
using AccessFunctions.Application.Workflow;
using AccessFunctions.Functions.Audit;
using AccessFunctions.Functions.Requests;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace AccessFunctions.Functions.Timers;

/// <summary>
/// Removes the histories of orchestrations that ended some time ago. A history goes only where the request is finished and every sink has
/// acknowledged all of its audit events; the request itself, its answers and its audit stay in the store.
/// </summary>
public sealed partial class HistoryPurger(
    IRequestStore store, IAuditStreams streams, IEnumerable<IAuditSink> sinks, LostOrchestrations lost, DurableClients clients, KeptHistories kept, TimeProvider time,
    ILogger<HistoryPurger> logger)
{
    private static readonly OrchestrationRuntimeStatus[] Ended =
        [OrchestrationRuntimeStatus.Completed, OrchestrationRuntimeStatus.Failed, OrchestrationRuntimeStatus.Terminated];
    private readonly IReadOnlyList<IAuditSink> _sinks = [.. sinks];

    /// <summary>Looks at every orchestration that ended long enough ago.</summary>
    /// <returns>How many histories were removed.</returns>
    public async Task<int> Run(CancellationToken cancellation)
    {
        var (client, until, purged) = (clients.Current, time.GetUtcNow() - kept.For, 0);
        await foreach (var instance in client.GetAllInstancesAsync(new OrchestrationQuery(CreatedTo: until, Statuses: Ended)).WithCancellation(cancellation))
        {
            if (instance.Name != nameof(RequestOrchestration) || instance.LastUpdatedAt > until) continue;
            if (await Purge(client, instance.InstanceId, cancellation)) purged++;
        }

        LogPurged(purged);
        return purged;
    }

    private async Task<bool> Purge(DurableTaskClient client, string requestId, CancellationToken cancellation)
    {
        try
        {
            if (await store.Find(requestId, cancellation) is { } state && RequestIndex.IsUnfinished(state))
            {
                await lost.Revive(requestId, cancellation);
                return false;
            }

            // The list of what has ended may be minutes old, and not every version of the service refuses to purge what runs.
            if (!await IsDelivered(requestId, cancellation) || await client.GetInstanceAsync(requestId, cancellation) is not { IsCompleted: true }) return false;
            await client.PurgeInstanceAsync(requestId, cancellation);
            await lost.Revive(requestId, cancellation);
            return true;
        }
#pragma warning disable CA1031 // Logged; the next run tries again.
        catch (Exception failure) when (!cancellation.IsCancellationRequested)
#pragma warning restore CA1031
        {
            LogNotPurged(requestId, failure);
            return false;
        }
    }

    private async Task<bool> IsDelivered(string stream, CancellationToken cancellation)
    {
        foreach (var sink in _sinks)
        {
            var cursor = await streams.Cursor(sink.Name, stream, cancellation);
            if ((await streams.Rows(stream, cursor.Sequence, 1, cancellation)).Count > 0) return false;
        }

        return true;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Histories} histories of finished requests were removed.")]
    private partial void LogPurged(int histories);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The history of request {Request} could not be removed; the next run tries again.")]
    private partial void LogNotPurged(string request, Exception failure);
}

/// <summary>How long the history of an orchestration is kept after it ended.</summary>
public sealed record KeptHistories(TimeSpan For);
