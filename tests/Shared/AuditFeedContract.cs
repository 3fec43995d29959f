using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;
using Xunit;

namespace AccessFunctions.Tests.Shared;

/// <summary>What a feed of all streams in the order of commits promises, and the cursors of those who read it.</summary>
public abstract class AuditFeedContract
{
    protected abstract IAuditLog Audit { get; }
    protected abstract IAuditFeed Feed { get; }
    protected abstract IAuditCursors Cursors { get; }
    protected abstract IRequestWorkflow Workflow { get; }
    protected abstract ManualTimeProvider Time { get; }

    [Fact]
    public async Task Feed_GivesRowsInOrderOfCommit_AndSaysThatThereAreMore()
    {
        var news = 0;
        Feed.Appended += () => Interlocked.Increment(ref news);
        await Workflow.Signal("r-1", Signals.Submit("r-1"), CancellationToken.None);
        await Audit.Append(
            new AuditEvent { Type = EventTypes.Host.AuditExported, At = Time.GetUtcNow(), Actor = "erin", Channel = nameof(Channel.SignedIn), Succeeded = true }, CancellationToken.None);
        Assert.True(Volatile.Read(ref news) >= 2);

        var all = await Feed.Rows(0, 100, CancellationToken.None);
        Assert.Equal(all.Select(row => row.Position).Order(), all.Select(row => row.Position));
        Assert.StartsWith("host:", all[^1].Row.Stream, StringComparison.Ordinal);
        var rest = await Feed.Rows(all[0].Position, 1, CancellationToken.None);
        Assert.Equal(all[1].Position, Assert.Single(rest).Position);
        var made = await Audit.MakeCheckpoint(CancellationToken.None);
        Assert.Equal(made!.Root, Assert.Single(await Feed.Checkpoints(0, 10, CancellationToken.None)).Root);
        Assert.Empty(await Feed.Checkpoints(made.Number, 10, CancellationToken.None));
    }

    [Fact]
    public async Task Cursor_OfEachSink_IsKept()
    {
        Assert.Equal(AuditCursor.Start, await Cursors.Get("file", CancellationToken.None));
        await Cursors.Advance("file", new AuditCursor(7, 1), CancellationToken.None);
        await Cursors.Advance("file", new AuditCursor(9, 2), CancellationToken.None);
        Assert.Equal(new AuditCursor(9, 2), await Cursors.Get("file", CancellationToken.None));
        Assert.Equal(AuditCursor.Start, await Cursors.Get("syslog", CancellationToken.None));
    }

    [Fact]
    public async Task Stream_GivesItsRowsFromASequence_AsFarAsAPosition()
    {
        await Workflow.Signal("r-1", Signals.Submit("r-1"), CancellationToken.None);
        await Workflow.Signal("r-2", Signals.Submit("r-2"), CancellationToken.None);
        await Workflow.Signal("r-1", Signals.Deny("bob"), CancellationToken.None);
        var all = await Feed.Rows(0, 100, CancellationToken.None);
        var ours = all.Where(row => row.Row.Stream == "r-1").ToList();

        var whole = await Feed.Stream("r-1", 1, all[^1].Position, 100, CancellationToken.None);
        Assert.Equal(ours.Select(row => row.Row.Hash), whole.Select(row => row.Hash));
        Assert.Equal(ours[1].Row.Hash, (await Feed.Stream("r-1", 2, all[^1].Position, 1, CancellationToken.None))[0].Hash);
        Assert.Equal(ours[0].Row.Hash, Assert.Single(await Feed.Stream("r-1", 1, ours[0].Position, 100, CancellationToken.None)).Hash);
        Assert.Empty(await Feed.Stream("r-9", 1, all[^1].Position, 100, CancellationToken.None));
    }

    [Fact]
    public async Task Backlog_IsWhatLiesAfterAPosition_AndSinceWhen()
    {
        Assert.Equal(new AuditBacklog(0, null), await Feed.Backlog(0, CancellationToken.None));
        var first = Time.GetUtcNow();
        await Workflow.Signal("r-1", Signals.Submit("r-1"), CancellationToken.None);
        var all = await Feed.Rows(0, 100, CancellationToken.None);
        Assert.Equal(new AuditBacklog(all.Count, first), await Feed.Backlog(0, CancellationToken.None));
        Assert.Equal(new AuditBacklog(0, null), await Feed.Backlog(all[^1].Position, CancellationToken.None));
    }

    [Fact]
    public async Task HeldStreams_OfEachSink_AreKeptUntilTheyAreReleased()
    {
        var at = Time.GetUtcNow();
        var held = new HeldStream("r-1", 2, at, "too odd");
        await Cursors.Hold("siem", held, CancellationToken.None);
        await Cursors.Hold("siem", new HeldStream("host:a:2026-11-21", 9, at, "too long"), CancellationToken.None);
        await Cursors.Hold("siem", held with { Sequence = 3 }, CancellationToken.None);
        Assert.Equal([new HeldStream("host:a:2026-11-21", 9, at, "too long"), held with { Sequence = 3 }], await Cursors.Held("siem", CancellationToken.None));
        Assert.Empty(await Cursors.Held("file", CancellationToken.None));
        await Cursors.Release("siem", "r-1", CancellationToken.None);
        await Cursors.Release("siem", "r-1", CancellationToken.None);
        Assert.Equal("host:a:2026-11-21", Assert.Single(await Cursors.Held("siem", CancellationToken.None)).Stream);
    }
}
