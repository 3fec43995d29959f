using AccessFunctions.Application.Ports;
using AccessFunctions.Functions.Audit;

namespace AccessFunctions.Functions.Timers;

/// <summary>Makes the checkpoint of the hour and sends it, after what it covers was tried: a stream that cannot be sent does not hold it back.</summary>
public sealed class CheckpointMaker(IAuditLog audit, AuditResender resender, CheckpointStreamer checkpoints)
{
    /// <summary>Makes one where heads have changed, and sends all that were not sent.</summary>
    public async Task Run(CancellationToken cancellation)
    {
        _ = await audit.MakeCheckpoint(cancellation);
        _ = await resender.Run(cancellation);
        await checkpoints.Deliver(cancellation);
    }
}
