using AccessFunctions.Application.Audit;
using AccessFunctions.Application.Ports;
using AccessFunctions.Tests.Shared;
using NSubstitute;
using Xunit;

namespace AccessFunctions.Application.Tests.Audit;

public sealed class SinkReadinessTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly IAuditFeed _feed = Substitute.For<IAuditFeed>();
    private readonly IAuditCursors _cursors = Substitute.For<IAuditCursors>();
    private readonly IAuditSink _siem = Substitute.For<IAuditSink>();
    private readonly SinkReadiness _readiness;

    public SinkReadinessTests()
    {
        _siem.Name.Returns("siem");
        _cursors.Get("siem", default).ReturnsForAnyArgs(new AuditCursor(7, 0));
        _cursors.Held("siem", default).ReturnsForAnyArgs([]);
        _readiness = new SinkReadiness(new FeedBacklogs(_feed, _cursors), [_siem], _time);
    }

    [Theory]
    [InlineData(0, null, ReadinessStatus.Ok)]
    [InlineData(3, 299, ReadinessStatus.Ok)]
    [InlineData(3, 300, ReadinessStatus.Degraded)]
    public async Task ASinkIsBehind_WhereAnEventHasWaitedForFiveMinutes(long rows, int? seconds, ReadinessStatus expected)
    {
        _feed.Backlog(7, default).ReturnsForAnyArgs(new AuditBacklog(rows, seconds is { } ago ? _time.GetUtcNow() - TimeSpan.FromSeconds(ago) : null));
        var found = await _readiness.Check(CancellationToken.None);
        Assert.Equal(expected, found.Status);
        Assert.Equal(expected == ReadinessStatus.Degraded, found.Words.StartsWith($"siem: {rows} events wait, the first since ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AStreamThatIsHeldBack_IsSaid()
    {
        _feed.Backlog(7, default).ReturnsForAnyArgs(new AuditBacklog(0, null));
        _cursors.Held("siem", default).ReturnsForAnyArgs([new HeldStream("r-1", 2, _time.GetUtcNow(), "too odd")]);
        Assert.Equal(new Readiness(ReadinessStatus.Degraded, "siem: refuses events of 1 stream."), await _readiness.Check(CancellationToken.None));
    }

    [Theory]
    [InlineData(19, "The audit sinks keep up.")]
    [InlineData(20, "siem: nobody has looked what waits since 2026-11-21T09:00:00Z.")]
    public async Task AReportThatNobodyRenews_IsSaid(int minutes, string words)
    {
        var backlogs = Substitute.For<ISinkBacklogs>();
        backlogs.Of("siem", default).ReturnsForAnyArgs(new SinkBacklog(0, null, 0, _time.GetUtcNow()));
        _time.Advance(TimeSpan.FromMinutes(minutes));
        Assert.Equal(words, (await new SinkReadiness(backlogs, [_siem], _time).Check(CancellationToken.None)).Words);
    }

    [Fact]
    public async Task ASinkOfWhichNothingIsKnownYet_IsNotBehind()
    {
        var backlogs = Substitute.For<ISinkBacklogs>();
        backlogs.Of("siem", default).ReturnsForAnyArgs((SinkBacklog?)null);
        Assert.Equal(ReadinessStatus.Ok, (await new SinkReadiness(backlogs, [_siem], _time).Check(CancellationToken.None)).Status);
    }
}
