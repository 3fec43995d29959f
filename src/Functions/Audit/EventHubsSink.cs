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
    /// <exception cref="AuditRefusedException">One event alone is larger than the hub takes.</exception>
    public async Task Send(IReadOnlyList<AuditRow> rows, CancellationToken cancellation)
    {
        var first = 0;
        while (first < rows.Count)
        {
            var stream = rows[first].Stream;
            var run = rows.Skip(first).TakeWhile(row => row.Stream == stream).ToList();
            await Send(stream, run.Select(row => new Outgoing($"{row.Stream}/{row.Sequence}", row.Stream, row.Sequence, wire.Line(row))), cancellation);
            first += run.Count;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="TransientException">The hub did not answer or is busy.</exception>
    /// <exception cref="AuditRefusedException">The checkpoint is larger than the hub takes.</exception>
    public Task Send(Checkpoint checkpoint, CancellationToken cancellation) =>
        Send(CheckpointStream, [new Outgoing($"{CheckpointStream}/{checkpoint.Number}", AuditRefusedException.Checkpoints, checkpoint.Number, wire.Line(checkpoint))], cancellation);

    private async Task Send(string key, IEnumerable<Outgoing> events, CancellationToken cancellation)
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

    private async Task SendInBatches(CreateBatchOptions options, IEnumerable<Outgoing> events, CancellationToken cancellation)
    {
        var batch = await client.CreateBatchAsync(options, cancellation);
        try
        {
            Outgoing? last = null;
            foreach (var next in events)
            {
                if (!batch.TryAdd(Event(next)))
                {
                    if (batch.Count > 0)
                    {
                        await Send(batch, last, cancellation);
                        batch.Dispose();
                        batch = await client.CreateBatchAsync(options, cancellation);
                    }

                    if (!batch.TryAdd(Event(next))) throw TooLarge(next, $"the event hub takes at most {batch.MaximumSizeInBytes} at once");
                }

                last = next;
            }

            if (batch.Count > 0) await Send(batch, last, cancellation);
        }
        finally
        {
            batch.Dispose();
        }
    }

    private async Task Send(EventDataBatch batch, Outgoing? last, CancellationToken cancellation)
    {
        try
        {
            await client.SendAsync(batch, cancellation);
        }
        catch (EventHubsException failure) when (failure.Reason == EventHubsException.FailureReason.MessageSizeExceeded && batch.Count == 1 && last is not null)
        {
            throw TooLarge(last, "the event hub does not take it");
        }
    }

    private static AuditRefusedException TooLarge(Outgoing what, string limit) =>
        new(what.Stream, what.Sequence, $"it has {what.Line.Length} bytes, and {limit}; use a tier with a larger limit");

    private static EventData Event(Outgoing what) => new(what.Line) { ContentType = ContentType, MessageId = what.Id };

    private sealed record Outgoing(string Id, string Stream, long Sequence, byte[] Line);
}
