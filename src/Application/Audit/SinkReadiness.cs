using System.Globalization;
using AccessFunctions.Application.Ports;

namespace AccessFunctions.Application.Audit;

/// <summary>
/// Do the audit sinks keep up? Degraded where an event has waited for five minutes, a stream is held back, or nobody has looked for a while;
/// never down, because nothing is lost and nothing else waits for them.
/// </summary>
public sealed class SinkReadiness(ISinkBacklogs backlogs, IEnumerable<IAuditSink> sinks, TimeProvider time) : IReadinessCheck
{
    /// <summary>So long an event may wait before somebody should look.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>So old a report of what waits may be, where a host looks by the clock: longer than it takes to look three times.</summary>
    public static readonly TimeSpan Stale = TimeSpan.FromMinutes(20);

    /// <inheritdoc/>
    public string Name => "audit-sinks";

    /// <inheritdoc/>
    public async Task<Readiness> Check(CancellationToken cancellation)
    {
        List<string> behind = [];
        var now = time.GetUtcNow();
        foreach (var sink in sinks)
        {
            if (await backlogs.Of(sink.Name, cancellation) is not { } backlog) continue;
            if (backlog.Oldest is { } oldest && now - oldest >= Patience) behind.Add($"{sink.Name}: {backlog.Events} events wait, the first since {Instant(oldest)}");
            if (backlog.Held > 0) behind.Add($"{sink.Name}: refuses events of {RequestWords.Count(backlog.Held, "stream")}");
            if (backlog.At is { } looked && now - looked >= Stale) behind.Add($"{sink.Name}: nobody has looked what waits since {Instant(looked)}");
        }

        return behind.Count == 0
            ? new Readiness(ReadinessStatus.Ok, "The audit sinks keep up.")
            : new Readiness(ReadinessStatus.Degraded, $"{string.Join("; ", behind)}.");
    }

    private static string Instant(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
