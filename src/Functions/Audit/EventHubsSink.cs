using AccessFunctions.Application.Audit;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Functions.Requests;
using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Producer;

namespace AccessFunctions.Functions.Audit;

/// <summary>
/// Sends events to an event hub, one CloudEvents line each. The partition key is the stream's name, so that a stream stays in one partition
/// and in order; a batch leaves only after the one before it was acknowledged (<c>docs/decisions/006</c>).
/// </summary>
public sealed class EventHubsSink(EventHubProducerClient client, WireFormat wire) : IAuditSink
{
    /// <summary>The partition key, and the cursor's stream, of checkpoints.</summary>
    public const string CheckpointStream = "checkpoints";

    /// <summary>The structured mode of CloudEvents: the whole event, envelope and all, is the body.</summary>
    public const string ContentType = "application/cloudevents+json";

    /// <inheritdoc/>
    public string Name => "event-hubs";

    /// <inheritdoc/>
    /// <exception cref="TransientException">The hub did not answer or is busy; some of the events may have been taken.</exception>
    /// <exception cref="InvalidOperationException">One event alone is larger than the hub takes.</exception>
    public async Task Send(IReadOnlyList<AuditRow> rows, CancellationToken cancellation)
    {
        var first = 0;
        while (first < rows.Count)
        {
            var stream = rows[first].Stream;
            var run = rows.Skip(first).TakeWhile(row => row.Stream == stream).ToList();
            await Send(stream, run.Select(row => ($"{row.Stream}/{row.Sequence}", wire.Line(row))), cancellation);
            first += run.Count;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="TransientException">The hub did not answer or is busy.</exception>
    /// <exception cref="InvalidOperationException">The checkpoint is larger than the hub takes.</exception>
    public Task Send(Checkpoint checkpoint, CancellationToken cancellation) =>
        Send(CheckpointStream, [($"{CheckpointStream}/{checkpoint.Number}", wire.Line(checkpoint))], cancellation);

    private async Task Send(string key, IEnumerable<(string Id, byte[] Line)> events, CancellationToken cancellation)
    {
        try
        {
            await SendInBatches(new CreateBatchOptions { PartitionKey = key }, events, cancellation);
        }
        catch (EventHubsException failure) when (failure.IsTransient || failure.Reason == EventHubsException.FailureReason.QuotaExceeded)
        {
            throw new TransientException($"The event hub did not take events: {failure.Reason}.", failure);
        }
        catch (Exception failure) when (failure is TimeoutException or IOException || (failure is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            throw new TransientException("The event hub did not answer.", failure);
        }
    }

    private async Task SendInBatches(CreateBatchOptions options, IEnumerable<(string Id, byte[] Line)> events, CancellationToken cancellation)
    {
        var batch = await client.CreateBatchAsync(options, cancellation);
        try
        {
            foreach (var (id, line) in events)
            {
                if (batch.TryAdd(Event(id, line))) continue;
                if (batch.Count > 0)
                {
                    await client.SendAsync(batch, cancellation);
                    batch.Dispose();
                    batch = await client.CreateBatchAsync(options, cancellation);
                    if (batch.TryAdd(Event(id, line))) continue;
                }

                throw new InvalidOperationException(
                    $"Audit event {id} has {line.Length} bytes, and the event hub takes at most {batch.MaximumSizeInBytes} at once. Its stream waits: use a tier with a larger limit.");
            }

            if (batch.Count > 0) await client.SendAsync(batch, cancellation);
        }
        finally
        {
            batch.Dispose();
        }
    }

    private static EventData Event(string id, byte[] line) => new(line) { ContentType = ContentType, MessageId = id };
}
