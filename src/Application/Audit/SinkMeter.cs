using System.Diagnostics.Metrics;
using AccessFunctions.Application.Ports;

namespace AccessFunctions.Application.Audit;

/// <summary>
/// The instruments <c>access.audit.backlog</c> (events that a sink has not acknowledged) and <c>access.audit.held</c> (streams of which a sink
/// refuses an event), each with the tag <c>sink</c>, of the meter <c>AccessFunctions.Audit</c>.
/// </summary>
public sealed class SinkMeter : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string Name = "AccessFunctions.Audit";

    private readonly Meter _meter;

    /// <summary>Creates the instruments; they look when somebody listens.</summary>
    public SinkMeter(IMeterFactory meters, IAuditFeed feed, IAuditCursors cursors, IEnumerable<IAuditSink> sinks)
    {
        List<string> names = [.. sinks.Select(static sink => sink.Name)];
        _meter = meters.Create(Name);
        // Listeners call from a thread of their own and take no task; the store answers from memory or this disk.
        _meter.CreateObservableGauge("access.audit.backlog", () => Each(sink => feed.Backlog(cursors.Get(sink, default).GetAwaiter().GetResult().Position, default).GetAwaiter().GetResult().Rows),
            "{event}", "Events that a sink has not acknowledged.");
        _meter.CreateObservableGauge("access.audit.held", () => Each(sink => cursors.Held(sink, default).GetAwaiter().GetResult().Count),
            "{stream}", "Streams of which a sink refuses an event.");

        IEnumerable<Measurement<long>> Each(Func<string, long> look) => names.Select(sink => new Measurement<long>(look(sink), new KeyValuePair<string, object?>("sink", sink)));
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();
}
