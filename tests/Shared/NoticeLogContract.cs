using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;
using Xunit;

namespace AccessFunctions.Tests.Shared;

/// <summary>What a host's record of notices promises.</summary>
public abstract class NoticeLogContract
{
    private static readonly DateTimeOffset At = new(2026, 11, 21, 9, 0, 0, TimeSpan.Zero);

    protected abstract INoticeLog Log { get; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Notices_AreOfTheirRequest_InOrder()
    {
        await Log.Keep("r-1", "4-0", [Outcome("bob", NoticeResult.Sent, 5)], Cancellation);
        await Log.Keep("r-1", "3-1", [Outcome("ben", NoticeResult.NotSent, 1), Outcome("bob", NoticeResult.Waiting, 2, "it failed")], Cancellation);
        await Log.Keep("r-2", "3-1", [Outcome("carol", NoticeResult.Sent, 3)], Cancellation);
        Assert.Equal([Outcome("ben", NoticeResult.NotSent, 1), Outcome("bob", NoticeResult.Waiting, 2, "it failed"), Outcome("bob", NoticeResult.Sent, 5)], await Log.Of("r-1", Cancellation));
        Assert.Empty(await Log.Of("r", Cancellation));
    }

    [Fact]
    public async Task AnotherRun_ReplacesWhatWasNotSent_AndKeepsWhatWas()
    {
        await Log.Keep("r-1", "3-1", [Outcome("ben", NoticeResult.Sent, 1), Outcome("bob", NoticeResult.Waiting, 1, "it failed")], Cancellation);
        await Log.Keep("r-1", "3-1", [Outcome("ben", NoticeResult.Sent, 6), Outcome("bob", NoticeResult.Sent, 6)], Cancellation);
        Assert.Equal([Outcome("ben", NoticeResult.Sent, 1), Outcome("bob", NoticeResult.Sent, 6)], await Log.Of("r-1", Cancellation));
    }

    private static NoticeOutcome Outcome(string to, NoticeResult result, int minutes, string? why = null) => new(NoticeKind.ReviewAsked, to, "mail", result, At.AddMinutes(minutes), why);
}
