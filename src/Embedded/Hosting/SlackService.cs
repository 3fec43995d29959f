using AccessFunctions.Integrations.Slack;

namespace AccessFunctions.Embedded.Hosting;

/// <summary>Does every 15 s what was left for later with Slack: reactions to decide, messages to bring in line.</summary>
internal sealed class SlackService(SlackSweep sweep, TimeProvider time, ILogger<SlackService> logger) : PeriodicService("Catching up with Slack", time, logger)
{
    protected override TimeSpan? Every => sweep.IsNeeded ? TimeSpan.FromSeconds(15) : null;

    protected override bool AtOnce => true;

    protected override Task RunOnce(CancellationToken stopping) => sweep.Run(stopping);
}
