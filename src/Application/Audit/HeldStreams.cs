using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;
using Microsoft.Extensions.Logging;

namespace AccessFunctions.Application.Audit;

/// <summary>
/// The streams of which one sink refuses a row. The row and what follows it in its stream wait, so that the order of a stream holds; all
/// others go on. What waits is tried again every ten minutes, for ever. A sink that refuses rows of very many streams refuses everything: it
/// counts as down.
/// </summary>
internal sealed partial class HeldStreams
{
    private const int Most = 100;
    private const int BatchSize = 500;
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(10);

    private readonly IAuditSink _sink;
    private readonly IAuditFeed _feed;
    private readonly IAuditCursors _cursors;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Dictionary<string, HeldStream> _held;
    private DateTimeOffset _due;

    private HeldStreams(IAuditSink sink, IAuditFeed feed, IAuditCursors cursors, TimeProvider time, ILogger logger, IEnumerable<HeldStream> held) =>
        (_sink, _feed, _cursors, _time, _logger, _held, _due) = (sink, feed, cursors, time, logger, held.ToDictionary(static one => one.Stream, StringComparer.Ordinal), time.GetUtcNow());

    /// <summary>How long until they are tried again; null where none waits.</summary>
    public TimeSpan? DueIn => _held.Count == 0 ? null : _due > _time.GetUtcNow() ? _due - _time.GetUtcNow() : TimeSpan.Zero;

    /// <summary>Those that are remembered.</summary>
    public static async Task<HeldStreams> Of(IAuditSink sink, IAuditFeed feed, IAuditCursors cursors, TimeProvider time, ILogger logger, CancellationToken cancellation) =>
        new(sink, feed, cursors, time, logger, await cursors.Held(sink.Name, cancellation));

    /// <summary>Sends the rows of streams that do not wait; a stream of which one is refused waits from there on.</summary>
    public async Task SendOthers(IReadOnlyList<AuditRow> rows, CancellationToken cancellation)
    {
        var rest = Others(rows);
        while (rest.Count > 0)
        {
            try
            {
                await _sink.Send(rest, cancellation);
                return;
            }
            catch (AuditRefusedException refused)
            {
                await Hold(refused, cancellation);
                rest = Others([.. rest.SkipWhile(row => (row.Stream, row.Sequence) != (refused.Stream, refused.Sequence))]);
            }
        }
    }

    /// <summary>Sends a checkpoint; one that is refused waits with all that follow it.</summary>
    public async Task Send(Checkpoint checkpoint, CancellationToken cancellation)
    {
        if (_held.ContainsKey(AuditRefusedException.Checkpoints)) return;
        try
        {
            await _sink.Send(checkpoint, cancellation);
        }
        catch (AuditRefusedException refused)
        {
            await Hold(refused, cancellation);
        }
    }

    /// <summary>Where that is due, sends what waits, stream by stream.</summary>
    /// <param name="cursor">As far as the sink has got: what lies behind it comes in its turn.</param>
    public async Task TryAgain(AuditCursor cursor, CancellationToken cancellation)
    {
        if (DueIn != TimeSpan.Zero) return;
        foreach (var held in _held.Values.OrderBy(static one => one.Stream, StringComparer.Ordinal).ToList()) await TryAgain(held, cursor, cancellation);
        _due = _time.GetUtcNow() + Period;
    }

    private async Task TryAgain(HeldStream held, AuditCursor cursor, CancellationToken cancellation)
    {
        try
        {
            var next = held.Sequence;
            while (await SendSome(held.Stream, next, cursor, cancellation) is { } last) next = last + 1;
        }
        catch (AuditRefusedException refused)
        {
            await Keep(held with { Sequence = refused.Sequence, Why = refused.Why }, cancellation);
            return;
        }

        await _cursors.Release(_sink.Name, held.Stream, cancellation);
        _held.Remove(held.Stream);
        LogReleased(_sink.Name, held.Stream);
    }

    /// <summary>Sends what waits from a sequence on; the last one sent, null where there is no more.</summary>
    private async Task<long?> SendSome(string stream, long from, AuditCursor cursor, CancellationToken cancellation)
    {
        if (stream == AuditRefusedException.Checkpoints)
        {
            var checkpoint = (await _feed.Checkpoints(from - 1, 1, cancellation)).FirstOrDefault(next => next.Number <= cursor.Checkpoint);
            if (checkpoint is null) return null;
            await _sink.Send(checkpoint, cancellation);
            return checkpoint.Number;
        }

        var rows = await _feed.Stream(stream, from, cursor.Position, BatchSize, cancellation);
        if (rows.Count == 0) return null;
        await _sink.Send(rows, cancellation);
        return rows[^1].Sequence;
    }

    private async Task Hold(AuditRefusedException refused, CancellationToken cancellation)
    {
        if (_held.Count >= Most) throw new InvalidOperationException($"The sink refuses rows of more than {Most} streams: {refused.Why}", refused);
        if (_held.Count == 0) _due = _time.GetUtcNow() + Period;
        await Keep(new HeldStream(refused.Stream, refused.Sequence, _time.GetUtcNow(), refused.Why), cancellation);
        LogHeld(_sink.Name, refused.Stream, refused.Sequence, refused.Why);
    }

    private async Task Keep(HeldStream held, CancellationToken cancellation)
    {
        await _cursors.Hold(_sink.Name, held, cancellation);
        _held[held.Stream] = held;
    }

    private List<AuditRow> Others(IReadOnlyList<AuditRow> rows) => [.. rows.Where(row => !_held.ContainsKey(row.Stream))];

    [LoggerMessage(Level = LogLevel.Error, Message = "Audit sink {Sink} refuses event {Stream}/{Sequence}: {Why}. It and what follows in its stream wait; the others go on.")]
    private partial void LogHeld(string sink, string stream, long sequence, string why);

    [LoggerMessage(Level = LogLevel.Information, Message = "Audit sink {Sink} has taken what waited of stream {Stream}.")]
    private partial void LogReleased(string sink, string stream);
}
