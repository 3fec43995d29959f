using AccessFunctions.Application.Workflow;
using AccessFunctions.Functions.Requests;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace AccessFunctions.Functions.Timers;

/// <summary>
/// Starts requests again whose orchestration broke off or was terminated while something is still owed: access that is live has to end.
/// The new orchestration takes over from the stored snapshot and replaces the ended one in one step; purging that first would lose the
/// request where a crash falls in between.
/// </summary>
public sealed partial class Reviver(IRequestStore store, DurableClients clients, ILogger<Reviver> logger)
{
    private static readonly OrchestrationRuntimeStatus[] Broken = [OrchestrationRuntimeStatus.Failed, OrchestrationRuntimeStatus.Terminated];

    /// <summary>An orchestration in one of these is at work, or will be: it is left alone.</summary>
    private static readonly StartOrchestrationOptions UnlessLive = new StartOrchestrationOptions()
        .WithDedupeStatuses(OrchestrationRuntimeStatus.Pending, OrchestrationRuntimeStatus.Running, OrchestrationRuntimeStatus.Suspended);

    /// <summary>Looks at every orchestration that broke off. One that cannot be revived keeps no other from its turn.</summary>
    /// <returns>How many were started again.</returns>
    public async Task<int> Run(CancellationToken cancellation)
    {
        var revived = 0;
        await foreach (var instance in clients.Current.GetAllInstancesAsync(new OrchestrationQuery(Statuses: Broken)).WithCancellation(cancellation))
        {
            if (instance.Name == nameof(RequestOrchestration) && await Revive(instance.InstanceId, cancellation)) revived++;
        }

        return revived;
    }

    /// <summary>Starts a request's orchestration anew where the request is not finished.</summary>
    /// <returns>False where nothing is owed, or where it could not be started (which is logged).</returns>
    public async Task<bool> Revive(string requestId, CancellationToken cancellation)
    {
        try
        {
            if (await store.Find(requestId, cancellation) is not { } state || !RequestIndex.IsUnfinished(state)) return false;
            var run = Payload.Of(new RequestRun(requestId) { Resumed = true });
            await clients.Current.ScheduleNewOrchestrationInstanceAsync(nameof(RequestOrchestration), run, UnlessLive with { InstanceId = requestId }, cancellation);
            LogRevived(requestId);
            return true;
        }
#pragma warning disable CA1031 // Logged; the next run tries again.
        catch (Exception failure) when (!cancellation.IsCancellationRequested)
#pragma warning restore CA1031
        {
            LogNotRevived(requestId, failure);
            return false;
        }
    }

    [LoggerMessage(EventId = 4003, EventName = "OrchestrationRevived", Level = LogLevel.Warning, Message = "The orchestration of request {Request} had ended before the request did; it was started again.")]
    private partial void LogRevived(string request);

    [LoggerMessage(EventId = 4004, EventName = "OrchestrationLost", Level = LogLevel.Error, Message = "The orchestration of request {Request} has ended before the request did, and could not be started again.")]
    private partial void LogNotRevived(string request, Exception failure);
}
