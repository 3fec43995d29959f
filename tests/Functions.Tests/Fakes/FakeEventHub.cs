using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Producer;

namespace AccessFunctions.Functions.Tests.Fakes;

/// <summary>Stands in for an event hub, which cannot run here: keeps batches as they were acknowledged, by partition key.</summary>
internal sealed class FakeEventHub : EventHubProducerClient
{
    private readonly Dictionary<EventDataBatch, (string Key, List<EventData> Events)> _open = [];

    /// <summary>Events that one batch takes.</summary>
    public int BatchTakes { get; init; } = int.MaxValue;

    /// <summary>An event that is larger takes no batch at all.</summary>
    public int LargestEvent { get; init; } = int.MaxValue;

    /// <summary>Thrown by the next sends, one each; null lets one through.</summary>
    public Queue<Exception?> Failures { get; } = new();

    /// <summary>Acknowledged batches, in order.</summary>
    public List<(string Key, IReadOnlyList<EventData> Events)> Sent { get; } = [];

    public override ValueTask<EventDataBatch> CreateBatchAsync(CreateBatchOptions options, CancellationToken cancellationToken = default)
    {
        var events = new List<EventData>();
        var batch = EventHubsModelFactory.EventDataBatch(0, events, options, added => events.Count < BatchTakes && added.Body.Length <= LargestEvent);
        lock (_open) _open[batch] = (options.PartitionKey, events);
        return new ValueTask<EventDataBatch>(batch);
    }

    public override Task SendAsync(EventDataBatch eventBatch, CancellationToken cancellationToken = default)
    {
        lock (_open)
        {
            if (Failures.TryDequeue(out var failure) && failure is not null) return Task.FromException(failure);
            var (key, events) = _open[eventBatch];
            Sent.Add((key, [.. events]));
            return Task.CompletedTask;
        }
    }
}
