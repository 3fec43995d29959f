using AccessFunctions.Application.Ports;
using Microsoft.Extensions.Logging;

namespace AccessFunctions.Application;

/// <summary>Gives every platform that publishes something its turn by the clock.</summary>
public sealed partial class PublicationUpkeep(IPlatforms platforms, ILogger<PublicationUpkeep> logger)
{
    /// <summary>How often: well within half the shortest validity that a list may have.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromMinutes(10);

    /// <summary>One turn for each. One that fails is logged and has its next turn.</summary>
    public async Task RunOnce(CancellationToken cancellation)
    {
        foreach (var platform in platforms.Connected)
        {
            if (platform is not IPublisher publisher) continue;
            try
            {
                await publisher.Upkeep(cancellation);
            }
#pragma warning disable CA1031 // One platform's trouble is not another's.
            catch (Exception failure) when (!cancellation.IsCancellationRequested)
#pragma warning restore CA1031
            {
                LogFailed(platform.Name, failure);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "What {Platform} publishes could not be kept up; the next turn tries again.")]
    private partial void LogFailed(string platform, Exception failure);
}
