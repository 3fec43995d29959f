using AccessFunctions.Application.Workflow;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace AccessFunctions.Functions.Requests;

/// <summary>
/// Revives the orchestrations of requests that are not finished, or have notices outstanding, and whose orchestration failed, was
/// terminated or is gone: nothing else would end their access. A timer runs it.
/// </summary>
public sealed partial class LostOrchestrations(IRequestStore store, DurableClients clients, ILogger<LostOrchestrations> logger)
{
    /// <summary>Requests looked at side by side.</summary>
    private const int Concurrency = 8;
    private readonly OrchestrationDoor _door = new(clients);

    /// <summary>Revives all that failed or were terminated. One of which nothing is owed stays for the purge of histories.</summary>
    /// <returns>How many were revived.</returns>
    public async Task<int> Revive(CancellationToken cancellation)
    {
        var revived = 0;
        var query = new OrchestrationQuery { Statuses = [OrchestrationRuntimeStatus.Failed, OrchestrationRuntimeStatus.Terminated] };
        await foreach (var instance in clients.Current.GetAllInstancesAsync(query).WithCancellation(cancellation))
        {
            if (instance.Name == nameof(RequestOrchestration) && await TryRevive(instance.InstanceId, cancellation)) revived++;
        }

        return revived;
    }

    /// <summary>Revives those of these requests for which no orchestration runs: also where it is gone altogether, as after tables were restored alone.</summary>
    /// <returns>How many were revived.</returns>
    public async Task<int> Revive(IAsyncEnumerable<string> requests, CancellationToken cancellation)
    {
        var revived = 0;
        // What the functions' call carries (the current client) flows into the parallel looks.
        await Parallel.ForEachAsync(requests, new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancellation }, async (id, token) =>
        {
            if (await TryRevive(id, token)) Interlocked.Increment(ref revived);
        });
        return revived;
    }

    /// <summary>One that cannot be revived keeps no other from its turn.</summary>
    private async Task<bool> TryRevive(string requestId, CancellationToken cancellation)
    {
        try
        {
            return await Revive(requestId, cancellation);
        }
#pragma warning disable CA1031 // Logged; the next run tries again.
        catch (Exception failure) when (!cancellation.IsCancellationRequested)
#pragma warning restore CA1031
        {
            LogNotRevived(requestId, failure);
            return false;
        }
    }

    /// <summary>Revives one, whatever became of its orchestration; a finished one where somebody may not have been told.</summary>
    /// <returns>False where nothing is owed, the request is unknown, or an orchestration runs.</returns>
    public async Task<bool> Revive(string requestId, CancellationToken cancellation)
    {
        if (await store.Find(requestId, cancellation) is not { } state) return false;
        if (!RequestIndex.IsUnfinished(state) && (await store.Notices(requestId, cancellation)).Count == 0) return false;
        if (await _door.Runs(requestId, cancellation)) return false;
        var revived = await _door.Revive(requestId, null, cancellation);
        if (revived) LogRevived(requestId);
        else if (!await _door.Runs(requestId, cancellation)) LogNotRevived(requestId, null);
        return revived;
    }

    [LoggerMessage(EventId = 4003, EventName = "OrchestrationRevived", Level = LogLevel.Error, Message = "The orchestration of request {Request} was lost; another one goes on from what is stored.")]
    private partial void LogRevived(string request);

    [LoggerMessage(EventId = 4004, EventName = "OrchestrationLost", Level = LogLevel.Error, Message = "The orchestration of request {Request} was lost and could not be started again; it is tried again.")]
    private partial void LogNotRevived(string request, Exception? failure);
}
