using System.Runtime.ExceptionServices;
using AccessFunctions.Application.Ports;
using AccessFunctions.Functions.Requests;
using Microsoft.Extensions.Logging;

namespace AccessFunctions.Functions.Audit;

/// <summary>
/// Sends the audit rows of one stream to each sink, in order: the next batch leaves only after the one before was acknowledged and the
/// cursor moved. Used after every decision and by the timer that sends again; both may run at once, and delivery is at least once.
/// </summary>
/// <remarks>A row that a sink refuses for what it is, and what follows it in its stream, waits for the timer. Nothing else does.</remarks>
public sealed partial class AuditStreamer(IAuditStreams streams, IEnumerable<IAuditSink> sinks, ILogger<AuditStreamer> logger)
{
    private const int BatchSize = 200;
    private readonly IReadOnlyList<IAuditSink> _sinks = [.. sinks];

    /// <summary>True where there is no sink: nothing is sent, and what grows is marked for the day there is one.</summary>
    public bool IsIdle => _sinks.Count == 0;

    /// <summary>The names of all sinks.</summary>
    public IEnumerable<string> Sinks => _sinks.Select(static sink => sink.Name);

    /// <summary>Sends what is new. That a sink refuses an event is said in the log; sending it again at once is of no use.</summary>
    /// <exception cref="TransientException">A sink did not take it, or the store did not answer. The other sinks were tried.</exception>
    public async Task Deliver(string stream, CancellationToken cancellation)
    {
        if ((await Try(stream, cancellation)).Failure is { } failure) ExceptionDispatchInfo.Throw(failure);
    }

    /// <summary>The same, and what came of it.</summary>
    public async Task<StreamDelivery> Try(string stream, CancellationToken cancellation)
    {
        List<string> refusing = [];
        Exception? first = null;
        foreach (var sink in _sinks)
        {
            try
            {
                await Deliver(sink, stream, cancellation);
            }
            catch (AuditRefusedException refused)
            {
                LogRefused(sink.Name, refused.Stream, refused.Sequence, refused.Why);
                refusing.Add(sink.Name);
            }
#pragma warning disable CA1031 // Handed on once the other sinks were tried.
            catch (Exception failure) when (!cancellation.IsCancellationRequested)
#pragma warning restore CA1031
            {
                first ??= failure;
            }
        }

        return new StreamDelivery(refusing, first);
    }

    private async Task Deliver(IAuditSink sink, string stream, CancellationToken cancellation)
    {
        StreamCursor? cursor = await streams.Cursor(sink.Name, stream, cancellation);
        while (cursor is not null)
        {
            var rows = await streams.Rows(stream, cursor.Sequence, BatchSize, cancellation);
            if (rows.Count == 0)
            {
                await streams.CaughtUp(sink.Name, stream, cancellation);
                return;
            }

            try
            {
                await sink.Send(rows, cancellation);
            }
            catch (AuditRefusedException refused) when (refused.Sequence > rows[0].Sequence)
            {
                // What came before it is safe there, and need not be sent again with it.
                _ = await streams.Advance(sink.Name, stream, cursor, refused.Sequence - 1, cancellation);
                throw;
            }

            cursor = await streams.Advance(sink.Name, stream, cursor, rows[^1].Sequence, cancellation);
        }
    }

    [LoggerMessage(EventId = 4007, EventName = "AuditRefused", Level = LogLevel.Error,
        Message = "Audit sink {Sink} refuses event {Stream}/{Sequence}: {Why}. It and what follows in its stream wait and are tried again; the others go on.")]
    private partial void LogRefused(string sink, string stream, long sequence, string why);
}

/// <summary>What came of sending a stream.</summary>
/// <param name="Refusing">The sinks that refuse an event of it.</param>
/// <param name="Failure">What a sink or the store threw besides; null: nothing.</param>
public sealed record StreamDelivery(IReadOnlyList<string> Refusing, Exception? Failure);
