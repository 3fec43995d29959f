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
}
