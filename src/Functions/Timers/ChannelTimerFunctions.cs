using AccessFunctions.Application.Ports;
using Microsoft.Azure.Functions.Worker;

namespace AccessFunctions.Functions.Timers;

/// <summary>What channels need done by the clock. Each runs in one process at a time; schedules begin with seconds, in UTC.</summary>
public sealed class ChannelTimerFunctions(IChannelStore rows, TimeProvider time)
{
    /// <summary>Removes rows of channels whose time is over.</summary>
    [Function(nameof(PurgeChannelRows))]
    public Task PurgeChannelRows([TimerTrigger("50 50 * * * *")] TimerInfo timer, CancellationToken cancellation) => rows.Purge(time.GetUtcNow(), cancellation);
}
