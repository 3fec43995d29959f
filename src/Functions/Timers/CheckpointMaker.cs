using AccessFunctions.Application.Ports;
using AccessFunctions.Functions.Audit;
using AccessFunctions.Functions.Storage;
using Microsoft.Extensions.Logging;

namespace AccessFunctions.Functions.Timers;

/// <summary>Makes the checkpoints of the hour and sends them, after what they cover was tried: a stream that cannot be sent does not hold them back.</summary>
public sealed partial class CheckpointMaker(IAuditLog audit, AuditResender resender, CheckpointStreamer checkpoints, TimeProvider time, ILogger<CheckpointMaker> logger)
{
    /// <summary>So long full checkpoints are followed by another; the next run goes on.</summary>
    public static TimeSpan Budget { get; } = TimeSpan.FromMinutes(4);

    /// <summary>Makes as many as it takes to cover every head that had changed, and sends all that were not sent.</summary>
    public async Task Run(CancellationToken cancellation)
    {
        // Not until none is left: while events come in, some head has always changed.
        var until = time.GetUtcNow() + Budget;
        while (await audit.MakeCheckpoint(cancellation) is { } made && CheckpointTable.IsFull(made))
        {
            if (time.GetUtcNow() < until) continue;
            LogCutShort(made.Number);
            break;
        }

        _ = await resender.Run(cancellation);
        await checkpoints.Deliver(cancellation);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Not every stream that grew is in a checkpoint yet; checkpoint {Number} was the last that there was time for, and the next run goes on.")]
    private partial void LogCutShort(long number);
}
