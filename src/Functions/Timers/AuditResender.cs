using AccessFunctions.Functions.Audit;
using Microsoft.Extensions.Logging;

namespace AccessFunctions.Functions.Timers;

/// <summary>Sends again what a sink did not take when it happened: by the same code, stream by stream.</summary>
public sealed partial class AuditResender(IAuditStreams streams, AuditStreamer streamer, ILogger<AuditResender> logger)
{
    private const int Concurrency = 8;

    /// <summary>Tries every stream that may be behind once. One that fails keeps no other from its turn.</summary>
    /// <returns>How many streams could not be sent.</returns>
    public async Task<int> Run(CancellationToken cancellation)
    {
        if (streamer.IsIdle) return 0;
        var waiting = 0;
        await Parallel.ForEachAsync(streams.Behind(cancellation), new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancellation }, async (stream, token) =>
        {
            try
            {
                await streamer.Deliver(stream, token);
            }
#pragma warning disable CA1031 // Logged and counted; the stream is tried again by the next run.
            catch (Exception failure) when (!token.IsCancellationRequested)
#pragma warning restore CA1031
            {
                _ = Interlocked.Increment(ref waiting);
                LogNotSent(stream, failure);
            }
        });
        if (waiting > 0) LogBacklog(waiting);
        return waiting;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Audit stream {Stream} could not be sent; its events are kept.")]
    private partial void LogNotSent(string stream, Exception failure);

    [LoggerMessage(EventId = 4001, EventName = "AuditBacklog", Level = LogLevel.Warning, Message = "Audit backlog: {Streams} streams wait to be sent.")]
    private partial void LogBacklog(int streams);
}
