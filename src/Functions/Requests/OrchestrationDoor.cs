using AccessFunctions.Domain.Requests;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace AccessFunctions.Functions.Requests;

/// <summary>
/// Starts, signals and revives the orchestrations of requests. Which exception says "there is one already" or "there is none" differs
/// between storage providers; whether there is one does not, so that is what is asked after any failure.
/// </summary>
internal sealed class OrchestrationDoor(DurableClients clients)
{
    private static readonly StartOrchestrationOptions IfNeverSeen = new StartOrchestrationOptions().WithDedupeStatuses([.. StartOrchestrationOptionsExtensions.ValidDedupeStatuses]);

    private static readonly StartOrchestrationOptions IfNoneRuns = new StartOrchestrationOptions()
        .WithDedupeStatuses(OrchestrationRuntimeStatus.Pending, OrchestrationRuntimeStatus.Running, OrchestrationRuntimeStatus.Suspended);

    /// <summary>Starts the first orchestration of a request; false where there is or was one.</summary>
    public Task<bool> Start(string requestId, Submit submit, CancellationToken cancellation) =>
        Start(new RequestRun(requestId) { First = submit }, IfNeverSeen, cancellation);

    /// <summary>Starts an orchestration that goes on from what is stored, in place of one that is over or gone; false where one runs.</summary>
    /// <param name="first">A signal that the one before may not have taken; null: none.</param>
    public Task<bool> Revive(string requestId, Signal? first, CancellationToken cancellation) =>
        Start(new RequestRun(requestId) { First = first, Resumed = true }, IfNoneRuns, cancellation);

    /// <summary>Hands a signal to the running orchestration; false where none runs. Some providers drop it then, and this returns true.</summary>
    public async Task<bool> Raise(string requestId, Signal signal, CancellationToken cancellation)
    {
        try
        {
            await clients.Current.RaiseEventAsync(requestId, RequestOrchestration.SignalEvent, Payload.Of(new Raised(signal)), cancellation);
            return true;
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            if (await Runs(requestId, cancellation)) throw;
            return false;
        }
    }

    /// <summary>True where an orchestration of the request can still take signals.</summary>
    public async Task<bool> Runs(string requestId, CancellationToken cancellation) =>
        await clients.Current.GetInstanceAsync(requestId, cancellation) is { IsCompleted: false };

    private async Task<bool> Start(RequestRun run, StartOrchestrationOptions options, CancellationToken cancellation)
    {
        try
        {
            await clients.Current.ScheduleNewOrchestrationInstanceAsync(nameof(RequestOrchestration), Payload.Of(run), options with { InstanceId = run.RequestId }, cancellation);
            return true;
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            if (await clients.Current.GetInstanceAsync(run.RequestId, cancellation) is null) throw;
            return false;
        }
    }
}
