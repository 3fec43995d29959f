using System.Globalization;
using AccessFunctions.Application.Ports;

namespace AccessFunctions.Application.Audit;

/// <summary>
/// Do the audit sinks keep up? Degraded where an event has waited for five minutes, or a stream is held back; never down, because nothing
/// is lost and nothing else waits for them.
/// </summary>
public sealed class SinkReadiness(IAuditFeed feed, IAuditCursors cursors, IEnumerable<IAuditSink> sinks, TimeProvider time) : IReadinessCheck
{
    /// <summary>So long an event may wait before somebody should look.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <inheritdoc/>
    public string Name => "audit-sinks";

    /// <inheritdoc/>
    public async Task<Readiness> Check(CancellationToken cancellation)
    {
        List<string> behind = [];
        foreach (var sink in sinks)
        {
            var backlog = await feed.Backlog((await cursors.Get(sink.Name, cancellation)).Position, cancellation);
            var held = (await cursors.Held(sink.Name, cancellation)).Count;
            if (backlog.Oldest is { } oldest && time.GetUtcNow() - oldest >= Patience)
                behind.Add(string.Create(CultureInfo.InvariantCulture, $"{sink.Name}: {backlog.Rows} events wait, the first since {oldest.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}"));
            if (held > 0) behind.Add($"{sink.Name}: refuses events of {RequestWords.Count(held, "stream")}");
        }

        return behind.Count == 0
            ? new Readiness(ReadinessStatus.Ok, "The audit sinks keep up.")
            : new Readiness(ReadinessStatus.Degraded, $"{string.Join("; ", behind)}.");
    }
}
