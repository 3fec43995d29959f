using AccessFunctions.Application.Ports;
using AccessFunctions.Functions.Requests;
using AccessFunctions.Functions.Tests.Fakes;
using AccessFunctions.Functions.Timers;
using AccessFunctions.Tests.Shared;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AccessFunctions.Functions.Tests.Timers;

public sealed class RequestTimerTests : IAsyncDisposable
{
    private static readonly DateTimeOffset LongAgo = Some.Morning.AddDays(-2);
    private readonly FakeOrchestrations _orchestrations = new();
    private readonly FakeAuditStreams _streams = new();
    private readonly FakeSink _sink = new();
    private readonly DurableClients _clients = new();
    private readonly LogLines<UnsettledResender> _log = new();
    private readonly ManualTimeProvider _clock = new(Some.Morning);
    private readonly FakeRequestStore _store = new(Some.Open("r-open"), Some.Open("r-open-2"), Some.Cancelled("r-closed"));

    public RequestTimerTests() => _clients.Enter(_orchestrations);

    public ValueTask DisposeAsync() => _orchestrations.DisposeAsync();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private LostOrchestrations Lost => new(_store, _clients, NullLogger<LostOrchestrations>.Instance);

    private HistoryPurger Purger(params IAuditSink[] sinks) => new(
        _store, _streams, sinks, Lost, _clients, new KeptHistories(TimeSpan.FromDays(1)), new ManualTimeProvider(Some.Morning), NullLogger<HistoryPurger>.Instance);

    private UnsettledResender Resender(IUnsettledSignals unsettled, IRequestWorkflow door) => new(unsettled, door, _clock, _log);

    [Fact]
    public async Task ResendUnsettled_ForgetsWhatIsSettled_AndKeepsTheRest()
    {
        var unsettled = new FakeUnsettled(("r-1", Signals.Approve("bob", "done")), ("r-2", Signals.Approve("bob", "late")), ("r-3", Signals.Approve("bob", "broken")));
        var door = new FakeDoor((request, _) => request == "r-3" ? throw new InvalidOperationException("away") : new SignalAnswer(null, null, 1, Settled: request == "r-1"));
        Assert.Equal(2, await Resender(unsettled, door).Run(Cancellation));
        Assert.Equal(["broken", "late"], unsettled.Kept);
    }

    [Fact]
    public async Task ResendUnsettled_ReachesTheOrchestrations_WithTheClientOfItsOwnCall()
    {
        var unsettled = new FakeUnsettled([.. Enumerable.Range(1, 20).Select(number => ($"r-{number}", (Domain.Requests.Signal)Signals.Approve("bob", $"s-{number}")))]);
        var door = new FakeDoor((_, _) => new SignalAnswer(null, null, 1, Settled: ReferenceEquals(_clients.Current, _orchestrations)));
        Assert.Equal(0, await Resender(unsettled, door).Run(Cancellation));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ResendUnsettled_OfWhatNeverSettles_SaysSo_AndGoesOnOnceAnHour(bool broken)
    {
        var handed = 0;
        var unsettled = new FakeUnsettled(("r-1", Signals.Approve("bob", "stuck")));
        var door = new FakeDoor((_, _) => ++handed > 0 && broken ? throw new InvalidOperationException("away") : new SignalAnswer(null, null, 1, Settled: handed == 12));
        for (var minute = 0; minute < 9; minute++) await Minute();
        Assert.DoesNotContain(_log.Lines, line => line.Level == LogLevel.Error);
        await Minute();
        Assert.Contains("signal stuck of request r-1, 10 tries since 2026-11-21 09:00:00Z", Assert.Single(_log.Lines, line => line.Level == LogLevel.Error).Line, StringComparison.Ordinal);

        for (var minute = 10; minute < 69; minute++) await Minute();
        Assert.Equal(10, handed);
        await Minute();
        Assert.Equal(11, handed);
        Assert.Equal(2, _log.Lines.Count(line => line.Level == LogLevel.Error));
        Assert.Equal(["stuck"], unsettled.Kept);

        _clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(broken ? 1 : 0, await Resender(unsettled, door).Run(Cancellation));
        Assert.Equal(12, handed);

        async Task Minute()
        {
            Assert.Equal(1, await Resender(unsettled, door).Run(Cancellation));
            _clock.Advance(TimeSpan.FromMinutes(1));
        }
    }

    [Theory]
    [InlineData(OrchestrationRuntimeStatus.Failed)]
    [InlineData(OrchestrationRuntimeStatus.Terminated)]
    public async Task ReviveRequests_OfAnUnfinishedRequest_TakesOverFromTheSnapshot(OrchestrationRuntimeStatus status)
    {
        _orchestrations.Add("r-open", status, Some.Morning);
        Assert.Equal(1, await Lost.Revive(Cancellation));
        var (id, run, options) = Assert.Single(_orchestrations.Started);
        Assert.Equal(("r-open", "r-open", true), (id, run.RequestId, run.Resumed));
        Assert.Null(run.First);
        Assert.Equal(["Pending", "Running", "Suspended"], options.DedupeStatuses!.Order());
    }

    [Fact]
    public async Task ReviveMissing_StartsWhatIsGoneWithoutATrace_AndLeavesAloneWhatRuns()
    {
        _orchestrations.Add("r-open", OrchestrationRuntimeStatus.Running, Some.Morning);
        Assert.Equal(1, await Lost.Revive(new[] { "r-open", "r-open-2", "r-closed" }.ToAsyncEnumerable(), Cancellation));
        var (id, run, _) = Assert.Single(_orchestrations.Started);
        Assert.Equal(("r-open-2", true), (id, run.Resumed));
    }

    [Fact]
    public async Task ReviveRequests_LeavesAloneWhatIsFinished_AtWork_Unknown_OrNoRequest()
    {
        _orchestrations.Add("r-closed", OrchestrationRuntimeStatus.Failed, Some.Morning);
        _orchestrations.Add("r-open", OrchestrationRuntimeStatus.Running, Some.Morning);
        _orchestrations.Add("r-refused", OrchestrationRuntimeStatus.Failed, Some.Morning);
        _orchestrations.Add("r-open-2", OrchestrationRuntimeStatus.Failed, Some.Morning, name: "SomethingElse");
        Assert.Equal(0, await Lost.Revive(Cancellation));
        Assert.Empty(_orchestrations.Started);
    }

    [Fact]
    public async Task ReviveRequests_ThatCannotStartOne_StartsTheNext()
    {
        _orchestrations.Add("r-open", OrchestrationRuntimeStatus.Failed, Some.Morning);
        _orchestrations.Add("r-open-2", OrchestrationRuntimeStatus.Failed, Some.Morning);
        _orchestrations.Broken = "r-open";
        Assert.Equal(1, await Lost.Revive(Cancellation));
        Assert.Equal("r-open-2", Assert.Single(_orchestrations.Started).Id);
    }

    [Fact]
    public async Task PurgeHistories_RemovesWhatEndedLongAgo_AndWasDelivered()
    {
        await Deliver("r-closed");
        _orchestrations.Add("r-closed", OrchestrationRuntimeStatus.Completed, LongAgo);
        Assert.Equal(1, await Purger(_sink).Run(Cancellation));
        Assert.Equal(["r-closed"], _orchestrations.Purged);
    }

    [Fact]
    public async Task PurgeHistories_BeforeTheAuditReachedEverySink_Waits()
    {
        await Deliver("r-closed");
        _orchestrations.Add("r-closed", OrchestrationRuntimeStatus.Completed, LongAgo);
        Assert.Equal(0, await Purger(_sink, new FakeSink("archive")).Run(Cancellation));
        Assert.Empty(_orchestrations.Purged);
    }

    [Fact]
    public async Task PurgeHistories_WithARowThatCameSince_Waits()
    {
        await Deliver("r-closed");
        _streams.Grow(Some.Chain("r-closed", 3));
        _orchestrations.Add("r-closed", OrchestrationRuntimeStatus.Completed, LongAgo);
        Assert.Equal(0, await Purger(_sink).Run(Cancellation));
    }

    [Fact]
    public async Task PurgeHistories_KeepsWhatEndedToday_WhatRuns_AndWhatIsNoRequest()
    {
        _orchestrations.Add("r-closed", OrchestrationRuntimeStatus.Completed, Some.Morning.AddHours(-23));
        _orchestrations.Add("r-open", OrchestrationRuntimeStatus.Running, LongAgo);
        _orchestrations.Add("r-other", OrchestrationRuntimeStatus.Completed, LongAgo, name: "SomethingElse");
        Assert.Equal(0, await Purger(_sink).Run(Cancellation));
        Assert.Empty(_orchestrations.Purged);
    }

    [Fact]
    public async Task PurgeHistories_OfARequestThatIsNotFinished_RevivesItInstead()
    {
        _orchestrations.Add("r-open", OrchestrationRuntimeStatus.Completed, LongAgo);
        Assert.Equal(0, await Purger(_sink).Run(Cancellation));
        Assert.Empty(_orchestrations.Purged);
        Assert.Equal("r-open", Assert.Single(_orchestrations.Started).Id);
    }

    [Fact]
    public async Task PurgeHistories_LeavesAloneWhatRunsAgain_SinceTheListWasRead()
    {
        await Deliver("r-closed");
        _orchestrations.Add("r-closed", OrchestrationRuntimeStatus.Completed, LongAgo);
        _orchestrations.RunsMeanwhile = "r-closed";
        Assert.Equal(0, await Purger(_sink).Run(Cancellation));
        Assert.Empty(_orchestrations.Purged);
    }

    [Fact]
    public async Task PurgeHistories_ThatCannotRemoveOne_RemovesTheNext()
    {
        _orchestrations.Add("r-closed", OrchestrationRuntimeStatus.Completed, LongAgo);
        _orchestrations.Add("r-refused", OrchestrationRuntimeStatus.Failed, LongAgo);
        _orchestrations.Broken = "r-closed";
        Assert.Equal(1, await Purger(_sink).Run(Cancellation));
        Assert.Equal(["r-refused"], _orchestrations.Purged);
    }

    private async Task Deliver(string stream)
    {
        _streams.Grow(Some.Chain(stream, 2));
        await new Functions.Audit.AuditStreamer(_streams, [_sink], NullLogger<Functions.Audit.AuditStreamer>.Instance).Deliver(stream, Cancellation);
    }
}
