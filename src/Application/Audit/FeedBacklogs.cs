using AccessFunctions.Application.Ports;

namespace AccessFunctions.Application.Audit;

/// <summary>What lies in the feed behind the cursor of each sink, and the streams that wait apart.</summary>
public sealed class FeedBacklogs(IAuditFeed feed, IAuditCursors cursors) : ISinkBacklogs
{
    /// <inheritdoc/>
    public async Task<SinkBacklog?> Of(string sink, CancellationToken cancellation)
    {
        var backlog = await feed.Backlog((await cursors.Get(sink, cancellation)).Position, cancellation);
        return new SinkBacklog(backlog.Rows, backlog.Oldest, (await cursors.Held(sink, cancellation)).Count);
    }
}
