using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Functions.Audit;
using AccessFunctions.Functions.Tests.Fakes;
using AccessFunctions.Functions.Timers;
using AccessFunctions.Tests.Shared;
using Microsoft.Extensions.Logging;
using Xunit;

namespace AccessFunctions.Functions.Tests.Timers;

public sealed class AuditTimerTests
{
    private readonly FakeAuditStreams _streams = new();
    private readonly FakeSink _sink = new();
    private readonly LogLines<AuditResender> _log = new();
    private readonly LogLines<AuditStreamer> _streamerLog = new();
    private readonly LogLines<CheckpointStreamer> _checkpointLog = new();
    private readonly FakeReports _reports = new();
    private readonly LogLines<CheckpointMaker> _makerLog = new();
    private readonly ManualTimeProvider _clock = new(Some.Morning);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private AuditResender Resender => new(_streams, new AuditStreamer(_streams, [_sink], _streamerLog), _reports, _log);

    [Fact]
    public async Task ResendAudit_SendsWhatIsBehind_OnceAcknowledgedNoMore()
    {
        _streams.Grow(Some.Chain("r-1", 2));
        Assert.Equal(0, await Resender.Run(Cancellation));
        Assert.Equal(0, await Resender.Run(Cancellation));
        Assert.Equal(["r-1/1", "r-1/2"], _sink.Taken);
        Assert.Equal(2, _streams.At("siem", "r-1"));
    }

    [Fact]
    public async Task ResendAudit_WithAStreamThatFails_SendsTheOthers_AndCountsTheBacklog()
    {
        foreach (var stream in new[] { "r-1", "r-2", "r-3" }) _streams.Grow(Some.Chain(stream, 1));
        _sink.Refused.Add("r-2");
        Assert.Equal(1, await Resender.Run(Cancellation));
        Assert.Equal(["r-1/1", "r-3/1"], _sink.Taken.Order());
        Assert.Contains(_log.Lines, line => line.Level == LogLevel.Warning && line.Line == "Audit backlog: 1 streams wait to be sent.");
        Assert.Equal(new SinkBacklog(1, Some.Morning, 0), _reports.Of("streams"));

        _sink.Refused.Clear();
        Assert.Equal(0, await Resender.Run(Cancellation));
        Assert.Equal(["r-1/1", "r-2/1", "r-3/1"], _sink.Taken.Order());
        Assert.Equal(new SinkBacklog(0, null, 0), _reports.Of("streams"));
    }

    [Fact]
    public async Task AnEventThatIsRefusedForWhatItIs_HoldsItsStreamAlone_IsSaid_AndIsTriedAgain()
    {
        foreach (var stream in new[] { "r-1", "r-2" }) _streams.Grow(Some.Chain(stream, 3));
        _sink.TooLarge.Add("r-1/2");
        Assert.Equal(1, await Resender.Run(Cancellation));
        Assert.Equal(["r-1/1", "r-2/1", "r-2/2", "r-2/3"], _sink.Taken.Order());
        Assert.Equal(1, _streams.At("siem", "r-1"));
        Assert.Equal(new SinkBacklog(2, Some.Morning, 1), _reports.Of("streams"));
        var (level, line) = Assert.Single(_streamerLog.Lines);
        Assert.Equal(LogLevel.Error, level);
        Assert.Equal("Audit sink siem refuses event r-1/2: too large. It and what follows in its stream wait and are tried again; the others go on.", line);

        _sink.TooLarge.Clear();
        Assert.Equal(0, await Resender.Run(Cancellation));
        Assert.Equal(["r-1/1", "r-1/2", "r-1/3"], _sink.Taken.Where(taken => taken.StartsWith("r-1/", StringComparison.Ordinal)));
        Assert.Equal(new SinkBacklog(0, null, 0), _reports.Of("streams"));
    }

    [Fact]
    public async Task Deliver_OfAStreamThatIsRefused_DoesNotFail_AndOneThatIsNotTaken_Does()
    {
        var other = new FakeSink("other");
        var streamer = new AuditStreamer(_streams, [_sink, other], _streamerLog);
        _streams.Grow(Some.Chain("r-1", 1));
        _sink.TooLarge.Add("r-1/1");
        await streamer.Deliver("r-1", Cancellation);
        _sink.Refused.Add("r-1");
        await Assert.ThrowsAsync<InvalidOperationException>(() => streamer.Deliver("r-1", Cancellation));
        Assert.Equal(["r-1/1"], other.Taken);
    }

    [Fact]
    public async Task OfMoreStreamsThanAreCounted_EachFurtherOneCountsOnce()
    {
        for (var number = 0; number < AuditResender.Counted + 5; number++)
        {
            _streams.Grow(Some.Chain($"r-{number}", 2));
            _sink.Refused.Add($"r-{number}");
        }

        await Resender.Run(Cancellation);
        Assert.Equal((2 * AuditResender.Counted) + 5, _reports.Of("streams")!.Events);
    }

    [Fact]
    public async Task ACheckpointThatIsRefused_WaitsWithThoseThatFollow_AndHoldsUpNoEvent()
    {
        var audit = new Checkpointed();
        _streams.Grow(Some.Chain("r-1", 1));
        _sink.TooLarge.Add("checkpoint/1");
        await Maker(audit).Run(Cancellation);
        await Maker(audit).Run(Cancellation);
        Assert.Equal(["r-1/1"], _sink.Taken);
        Assert.Equal(new SinkBacklog(2, Some.Morning, 1), _reports.Of("checkpoints"));
        Assert.All(_checkpointLog.Lines, line => Assert.StartsWith("Audit sink siem refuses checkpoint 1: too large.", line.Line, StringComparison.Ordinal));

        _sink.TooLarge.Clear();
        await Maker(audit).Run(Cancellation);
        Assert.Equal(["r-1/1", "checkpoint 1", "checkpoint 2", "checkpoint 3"], _sink.Taken);
        Assert.Equal(new SinkBacklog(0, null, 0), _reports.Of("checkpoints"));
    }

    [Fact]
    public async Task ResendAudit_WithoutASink_LeavesTheMarks_ForTheDayThereIsOne()
    {
        _streams.Grow(Some.Chain("r-1", 1));
        Assert.Equal(0, await new AuditResender(_streams, new AuditStreamer(_streams, [], _streamerLog), _reports, _log).Run(Cancellation));
        Assert.Empty(_log.Lines);
        Assert.Equal(0, await Resender.Run(Cancellation));
        Assert.Equal(["r-1/1"], _sink.Taken);
    }

    [Fact]
    public async Task MakeCheckpoint_SendsWhatItCoversFirst_ThenEveryCheckpointOnce()
    {
        _streams.Grow(Some.Chain("r-1", 1));
        var audit = new Checkpointed();
        await Maker(audit).Run(Cancellation);
        await Maker(audit).Run(Cancellation);
        Assert.Equal(["r-1/1", "checkpoint 1", "checkpoint 2"], _sink.Taken);
        Assert.Equal(2, _streams.At("siem", "checkpoints"));
    }

    [Fact]
    public async Task MakeCheckpoint_WithAReceiverThatWasAway_SendsWhatItMissed_InOrder()
    {
        var audit = new Checkpointed();
        _sink.RefusesCheckpoints = true;
        await Assert.ThrowsAsync<InvalidOperationException>(() => Maker(audit).Run(Cancellation));
        _sink.RefusesCheckpoints = false;
        await Maker(audit).Run(Cancellation);
        Assert.Equal(["checkpoint 1", "checkpoint 2"], _sink.Taken);
    }

    [Fact]
    public async Task MakeCheckpoint_OvertakenByAnotherRun_LeavesTheRestToThatOne()
    {
        var audit = new Checkpointed();
        _sink.RefusesCheckpoints = true;
        await Assert.ThrowsAsync<InvalidOperationException>(() => Maker(audit).Run(Cancellation));
        (_sink.RefusesCheckpoints, _streams.Overtaken) = (false, true);
        await Maker(audit).Run(Cancellation);
        Assert.Equal(["checkpoint 1"], _sink.Taken);
    }

    [Fact]
    public async Task MakeCheckpoint_GoesOnWhileCheckpointsAreFull()
    {
        await Maker(new Checkpointed { Full = 3 }).Run(Cancellation);
        Assert.Equal(["checkpoint 1", "checkpoint 2", "checkpoint 3", "checkpoint 4"], _sink.Taken);
        Assert.Empty(_makerLog.Lines);
    }

    [Fact]
    public async Task MakeCheckpoint_OutOfTime_Stops_SaysSo_AndSendsWhatItMade()
    {
        var audit = new Checkpointed { Full = int.MaxValue, Making = () => _clock.Advance(TimeSpan.FromMinutes(1.5)) };
        await Maker(audit).Run(Cancellation);
        Assert.Equal(["checkpoint 1", "checkpoint 2", "checkpoint 3"], _sink.Taken);
        Assert.Contains("checkpoint 3", Assert.Single(_makerLog.Lines).Line, StringComparison.Ordinal);
    }

    private CheckpointMaker Maker(Checkpointed audit) => new(audit, Resender, new CheckpointStreamer(audit, _streams, _reports, [_sink], _checkpointLog), _clock, _makerLog);

    private sealed class FakeReports : ISinkReports
    {
        private readonly Dictionary<string, SinkBacklog> _kept = [];

        public SinkBacklog? Of(string what) => _kept.GetValueOrDefault(what);

        public Task Keep(string sink, string of, SinkBacklog backlog, CancellationToken cancellation)
        {
            _kept[of] = backlog;
            return Task.CompletedTask;
        }
    }

    /// <summary>An audit log that has a new checkpoint each time.</summary>
    private sealed class Checkpointed : IAuditLog, ICheckpoints
    {
        private static readonly IReadOnlyList<StreamHead> Many = [.. Enumerable.Range(1, 3000).Select(number => new StreamHead($"r-{number}", 1, new string('a', 64)))];
        private readonly List<Checkpoint> _made = [];

        /// <summary>So many are full.</summary>
        public int Full { get; init; }

        public Action Making { get; init; } = static () => { };

        public Task<Checkpoint?> MakeCheckpoint(CancellationToken cancellation)
        {
            Making();
            var next = Some.Checkpoint(_made.Count + 1);
            _made.Add(_made.Count < Full ? next with { Heads = Many } : next);
            return Task.FromResult<Checkpoint?>(_made[^1]);
        }

        public IAsyncEnumerable<Checkpoint> CheckpointsAfter(long number, CancellationToken cancellation) => _made.Where(made => made.Number > number).ToAsyncEnumerable();

        public Task<IReadOnlyList<Checkpoint>> Checkpoints(CancellationToken cancellation) => throw new NotSupportedException();

        public Task Append(AuditEvent happened, CancellationToken cancellation) => throw new NotSupportedException();

        public Task<IReadOnlyList<AuditRow>> Stream(string stream, CancellationToken cancellation) => throw new NotSupportedException();

        public Task<Page<AuditRow>> List(AuditFilter filter, string? cursor, int limit, CancellationToken cancellation) => throw new NotSupportedException();

        public IAsyncEnumerable<AuditRow> Export(CancellationToken cancellation) => throw new NotSupportedException();

        public IAsyncEnumerable<Tombstone> Tombstones(CancellationToken cancellation) => throw new NotSupportedException();
    }
}
