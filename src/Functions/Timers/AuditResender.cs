using System.Collections.Concurrent;
using AccessFunctions.Application.Ports;
using AccessFunctions.Functions.Audit;
using Microsoft.Extensions.Logging;

namespace AccessFunctions.Functions.Timers;

/// <summary>Sends again what a sink did not take when it happened: by the same code, stream by stream. Reports what still waits.</summary>
public sealed partial class AuditResender(IAuditStreams streams, AuditStreamer streamer, ISinkReports reports, ILogger<AuditResender> logger)
{
    /// <summary>In so many streams events that wait are counted; of each further stream one is.</summary>
    internal const int Counted = 1000;
    private const int Concurrency = 8;

    /// <summary>Tries every stream that may be behind once. One that fails keeps no other from its turn.</summary>
    /// <returns>How many streams could not be sent.</returns>
    public async Task<int> Run(CancellationToken cancellation)
    {
        if (streamer.IsIdle) return 0;
        ConcurrentQueue<(string Stream, StreamDelivery Came)> left = [];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancellation };
        await Parallel.ForEachAsync(streams.Behind(cancellation), parallel, async (stream, token) =>
        {
            var came = await streamer.Try(stream, token);
            if (came is { Failure: null, Refusing.Count: 0 }) return;
            left.Enqueue((stream, came));
            if (came.Failure is { } failure) LogNotSent(stream, failure);
        });
        foreach (var sink in streamer.Sinks) await reports.Keep(sink, ISinkReports.Streams, await Waiting(sink, left, parallel), cancellation);
        if (!left.IsEmpty) LogBacklog(left.Count);
        return left.Count;
    }

    private async Task<SinkBacklog> Waiting(string sink, IReadOnlyCollection<(string Stream, StreamDelivery Came)> left, ParallelOptions parallel)
    {
        ConcurrentQueue<AuditBacklog> each = [];
        await Parallel.ForEachAsync(left.Take(Counted), parallel, async (one, token) => each.Enqueue(await streams.Waiting(sink, one.Stream, token)));
        return new SinkBacklog(
            each.Sum(static one => one.Rows) + Math.Max(0, left.Count - Counted), each.Min(static one => one.Oldest), left.Count(one => one.Came.Refusing.Contains(sink)));
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Audit stream {Stream} could not be sent; its events are kept.")]
    private partial void LogNotSent(string stream, Exception failure);

    [LoggerMessage(EventId = 4001, EventName = "AuditBacklog", Level = LogLevel.Warning, Message = "Audit backlog: {Streams} streams wait to be sent.")]
    private partial void LogBacklog(int streams);
}
