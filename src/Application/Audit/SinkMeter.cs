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
    public SinkMeter(IMeterFactory meters, ISinkBacklogs backlogs, IEnumerable<IAuditSink> sinks)
    {
        List<string> names = [.. sinks.Select(static sink => sink.Name)];
        _meter = meters.Create(Name);
        _meter.CreateObservableGauge("access.audit.backlog", () => Each(static backlog => backlog.Events), "{event}", "Events that a sink has not acknowledged.");
        _meter.CreateObservableGauge("access.audit.held", () => Each(static backlog => backlog.Held), "{stream}", "Streams of which a sink refuses an event.");

        // Listeners call from a thread of their own and take no task; hosts answer from memory or this disk.
        IEnumerable<Measurement<long>> Each(Func<SinkBacklog, long> number)
        {
            foreach (var sink in names)
            {
                if (backlogs.Of(sink, default).GetAwaiter().GetResult() is { } backlog) yield return new Measurement<long>(number(backlog), new KeyValuePair<string, object?>("sink", sink));
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();
}
