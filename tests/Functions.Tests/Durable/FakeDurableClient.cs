using System.Text.Json;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Converters;

namespace AccessFunctions.Functions.Tests.Durable;

/// <summary>The client of the fake service. Stands in because the real one needs the Functions host.</summary>
internal sealed class FakeDurableClient(FakeDurableService service) : DurableTaskClient("fake")
{
    public override Task<string> ScheduleNewOrchestrationInstanceAsync(TaskName orchestratorName, object? input = null, StartOrchestrationOptions? options = null, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        var id = options?.InstanceId ?? Guid.NewGuid().ToString("N");
        service.Start(id, orchestratorName.Name, Text(input), options?.DedupeStatuses ?? []);
        return Task.FromResult(id);
    }

    public override Task RaiseEventAsync(string instanceId, string eventName, object? eventPayload = null, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        service.Raise(instanceId, eventName, Text(eventPayload));
        return Task.CompletedTask;
    }

    public override Task<OrchestrationMetadata?> GetInstancesAsync(string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
        Task.FromResult(service.Find(instanceId) is { } instance ? Metadata(instance, getInputsAndOutputs) : null);

    public override AsyncPageable<OrchestrationMetadata> GetAllInstancesAsync(OrchestrationQuery? filter = null) => Pageable.Create((_, _) =>
    {
        var found = service.Instances.Where(instance =>
            (filter?.Statuses is not { } statuses || statuses.Contains(instance.Status))
            && (filter?.InstanceIdPrefix is not { } prefix || instance.Id.StartsWith(prefix, StringComparison.Ordinal))
            && (filter?.CreatedFrom is not { } from || instance.CreatedAt >= from)
            && (filter?.CreatedTo is not { } to || instance.CreatedAt < to));
        return Task.FromResult(new Page<OrchestrationMetadata>([.. found.Select(instance => Metadata(instance, filter?.FetchInputsAndOutputs ?? false))]));
    });

    public override Task TerminateInstanceAsync(string instanceId, TerminateInstanceOptions? options = null, CancellationToken cancellation = default)
    {
        service.End(instanceId, OrchestrationRuntimeStatus.Terminated);
        return Task.CompletedTask;
    }

    public override Task<PurgeResult> PurgeInstanceAsync(string instanceId, PurgeInstanceOptions? options = null, CancellationToken cancellation = default) =>
        Task.FromResult(new PurgeResult(service.Purge(instance => instance.Id == instanceId), true));

    public override Task<PurgeResult> PurgeAllInstancesAsync(PurgeInstancesFilter filter, PurgeInstanceOptions? options = null, CancellationToken cancellation = default) =>
        Task.FromResult(new PurgeResult(service.Purge(instance =>
            (filter.Statuses is not { } statuses || statuses.Contains(instance.Status))
            && (filter.CreatedFrom is not { } from || instance.CreatedAt >= from)
            && (filter.CreatedTo is not { } to || instance.CreatedAt < to)), true));

    public override Task<OrchestrationMetadata> WaitForInstanceStartAsync(string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) => throw new NotSupportedException();

    public override Task<OrchestrationMetadata> WaitForInstanceCompletionAsync(string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) => throw new NotSupportedException();

    public override Task SuspendInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) => throw new NotSupportedException();

    public override Task ResumeInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) => throw new NotSupportedException();

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static string? Text(object? value) => value is null ? null : JsonSerializer.Serialize(value);

    private static OrchestrationMetadata Metadata(FakeInstance instance, bool withData) => new(instance.Name, instance.Id)
    {
        RuntimeStatus = instance.Status,
        CreatedAt = instance.CreatedAt,
        LastUpdatedAt = instance.UpdatedAt,
        SerializedInput = withData ? instance.Input : null,
        DataConverter = withData ? JsonDataConverter.Default : null,
        FailureDetails = instance.Fault is { } fault ? Failure.Of(fault).Details() : null,
    };
}
