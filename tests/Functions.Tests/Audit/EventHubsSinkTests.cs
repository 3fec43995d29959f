using System.Text.Json.Nodes;
using AccessFunctions.Application.Audit;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Functions.Audit;
using AccessFunctions.Functions.Requests;
using AccessFunctions.Functions.Tests.Fakes;
using Azure.Messaging.EventHubs;
using Xunit;

namespace AccessFunctions.Functions.Tests.Audit;

public sealed class EventHubsSinkTests
{
    private static readonly WireFormat Wire = new(new WireOptions());

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Send_PutsAStreamUnderItsName_InOrder_AsCloudEvents()
    {
        var hub = new FakeEventHub();
        await new EventHubsSink(hub, Wire).Send(Some.Chain("r-1", 3), Cancellation);

        var (key, events) = Assert.Single(hub.Sent);
        Assert.Equal("r-1", key);
        Assert.Equal(["r-1/1", "r-1/2", "r-1/3"], events.Select(sent => JsonNode.Parse(sent.Body.Span)!["id"]!.GetValue<string>()));
        Assert.Equal(["r-1/1", "r-1/2", "r-1/3"], events.Select(sent => sent.MessageId));
        Assert.All(events, sent => Assert.Equal("application/cloudevents+json", sent.ContentType));
    }

    [Fact]
    public async Task Send_OfSeveralStreams_NeverMixesThemInABatch()
    {
        var hub = new FakeEventHub();
        await new EventHubsSink(hub, Wire).Send([.. Some.Chain("r-1", 2), .. Some.Chain("r-2", 1)], Cancellation);
        Assert.Equal([("r-1", 2), ("r-2", 1)], hub.Sent.Select(batch => (batch.Key, batch.Events.Count)));
    }

    [Fact]
    public async Task Send_OfMoreThanABatchTakes_SplitsAndKeepsTheOrder()
    {
        var hub = new FakeEventHub { BatchTakes = 2 };
        await new EventHubsSink(hub, Wire).Send(Some.Chain("r-1", 5), Cancellation);
        Assert.Equal([2, 2, 1], hub.Sent.Select(batch => batch.Events.Count));
        Assert.Equal(Enumerable.Range(1, 5).Select(number => $"r-1/{number}"), hub.Sent.SelectMany(batch => batch.Events).Select(sent => sent.MessageId));
        Assert.All(hub.Sent, batch => Assert.Equal("r-1", batch.Key));
    }

    [Fact]
    public async Task Send_WhereABatchIsNotAcknowledged_SendsNothingThatFollows()
    {
        var hub = new FakeEventHub { BatchTakes = 1 };
        hub.Failures.Enqueue(null);
        hub.Failures.Enqueue(new EventHubsException(true, "audit", "busy", EventHubsException.FailureReason.ServiceBusy));
        await Assert.ThrowsAsync<TransientException>(() => new EventHubsSink(hub, Wire).Send(Some.Chain("r-1", 3), Cancellation));
        Assert.Equal("r-1/1", Assert.Single(hub.Sent).Events[0].MessageId);
    }

    [Fact]
    public async Task Send_OfAnEventThatIsTooLarge_SaysWhichOne()
    {
        var hub = new FakeEventHub { LargestEvent = 10 };
        var refused = await Assert.ThrowsAsync<AuditRefusedException>(() => new EventHubsSink(hub, Wire).Send(Some.Chain("r-1", 1), Cancellation));
        Assert.Equal(("r-1", 1), (refused.Stream, refused.Sequence));
        Assert.Contains("use a tier with a larger limit", refused.Why, StringComparison.Ordinal);
        Assert.Empty(hub.Sent);
        Assert.Equal(AuditRefusedException.Checkpoints, (await Assert.ThrowsAsync<AuditRefusedException>(() => new EventHubsSink(hub, Wire).Send(Some.Checkpoint(1), Cancellation))).Stream);
    }

    [Fact]
    public async Task Send_OfAnEventThatIsTooLarge_SendsWhatComesBeforeIt()
    {
        var rows = Some.Chain("r-1", 4);
        var large = AuditLink.Next("r-1", new AuditHead(2, rows[1].Hash), new AuditEvent
        {
            Type = EventTypes.Request.Reminded,
            At = Some.Morning,
            Actor = new string('a', 4000),
            Channel = "System",
            Succeeded = true,
            RequestId = "r-1",
        }, new byte[16]);
        var hub = new FakeEventHub { LargestEvent = 3000 };
        var refused = await Assert.ThrowsAsync<AuditRefusedException>(() => new EventHubsSink(hub, Wire).Send([rows[0], rows[1], large, rows[3]], Cancellation));
        Assert.Equal(("r-1", 3), (refused.Stream, refused.Sequence));
        Assert.Equal(["r-1/1", "r-1/2"], hub.Sent.SelectMany(batch => batch.Events).Select(sent => sent.MessageId));
    }

    [Fact]
    public async Task Send_OfOneEventThatTheHubFindsTooLarge_SaysWhichOne()
    {
        var hub = new FakeEventHub();
        hub.Failures.Enqueue(new EventHubsException(false, "audit", "too large", EventHubsException.FailureReason.MessageSizeExceeded));
        var refused = await Assert.ThrowsAsync<AuditRefusedException>(() => new EventHubsSink(hub, Wire).Send(Some.Chain("r-1", 1), Cancellation));
        Assert.Equal(("r-1", 1), (refused.Stream, refused.Sequence));
    }

    [Fact]
    public async Task Send_WithoutTheRight_IsNoTransientFailure()
    {
        var hub = new FakeEventHub();
        hub.Failures.Enqueue(new EventHubsException(false, "audit", "no", EventHubsException.FailureReason.ResourceNotFound));
        await Assert.ThrowsAsync<EventHubsException>(() => new EventHubsSink(hub, Wire).Send(Some.Chain("r-1", 1), Cancellation));
    }

    [Fact]
    public async Task Send_OfACheckpoint_HasAKeyOfItsOwn()
    {
        var hub = new FakeEventHub();
        await new EventHubsSink(hub, Wire).Send(Some.Checkpoint(1), Cancellation);
        var (key, events) = Assert.Single(hub.Sent);
        Assert.Equal("checkpoints", key);
        Assert.Equal(WireFormat.CheckpointType, JsonNode.Parse(Assert.Single(events).Body.Span)!["type"]!.GetValue<string>());
    }
}
