using AccessFunctions.Functions.Requests;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace AccessFunctions.Functions.Tests.Fakes;

/// <summary>Stands in for the list of orchestrations, which only the orchestration service has: what ended, what was started, what was removed.</summary>
internal sealed class FakeOrchestrations() : DurableTaskClient("fake")
{
    public List<OrchestrationMetadata> Instances { get; } = [];
    public List<(string Id, RequestRun Run, StartOrchestrationOptions Options)> Started { get; } = [];
    public List<string> Purged { get; } = [];

    /// <summary>Starting or purging this one fails.</summary>
    public string? Broken { get; set; }

    /// <summary>This one was started again after the list was read.</summary>
    public string? RunsMeanwhile { get; set; }

    public void Add(string id, OrchestrationRuntimeStatus status, DateTimeOffset at, string name = nameof(RequestOrchestration)) =>
        Instances.Add(new OrchestrationMetadata(name, id) { RuntimeStatus = status, CreatedAt = at.AddHours(-1), LastUpdatedAt = at });

    public override AsyncPageable<OrchestrationMetadata> GetAllInstancesAsync(OrchestrationQuery? filter = null) =>
        Pageable.Create((_, _, _) => Task.FromResult(new Page<OrchestrationMetadata>(
            [.. Instances.Where(instance => filter?.Statuses?.Contains(instance.RuntimeStatus) != false && (filter?.CreatedTo is not { } to || instance.CreatedAt <= to))], null)));

    public override Task<string> ScheduleNewOrchestrationInstanceAsync(
        TaskName orchestratorName, object? input = null, StartOrchestrationOptions? options = null, CancellationToken cancellation = default)
    {
        if (options!.InstanceId == Broken) throw new InvalidOperationException("The service is away.");
        Started.Add((options.InstanceId!, ((Payload)input!).Read<RequestRun>(), options));
        return Task.FromResult(options.InstanceId!);
    }

    public override Task<PurgeResult> PurgeInstanceAsync(string instanceId, PurgeInstanceOptions? options = null, CancellationToken cancellation = default)
    {
        if (instanceId == Broken) throw new InvalidOperationException("The service is away.");
        Purged.Add(instanceId);
        return Task.FromResult(new PurgeResult(1));
    }

    public override Task RaiseEventAsync(string instanceId, string eventName, object? eventPayload = null, CancellationToken cancellation = default) => throw new NotSupportedException();

    public override Task<OrchestrationMetadata> WaitForInstanceStartAsync(string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) => throw new NotSupportedException();

    public override Task<OrchestrationMetadata> WaitForInstanceCompletionAsync(string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) => throw new NotSupportedException();

    public override Task SuspendInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) => throw new NotSupportedException();

    public override Task ResumeInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) => throw new NotSupportedException();

    public override Task<OrchestrationMetadata?> GetInstancesAsync(string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
        Task.FromResult(instanceId == RunsMeanwhile
            ? new OrchestrationMetadata(nameof(RequestOrchestration), instanceId) { RuntimeStatus = OrchestrationRuntimeStatus.Running }
            : Instances.FirstOrDefault(instance => instance.InstanceId == instanceId));

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
