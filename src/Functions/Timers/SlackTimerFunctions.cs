using AccessFunctions.Functions.Requests;
using AccessFunctions.Integrations.Slack;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace AccessFunctions.Functions.Timers;

/// <summary>What was left for later with Slack.</summary>
public sealed class SlackTimerFunctions(SlackSweep sweep, DurableClients clients)
{
    /// <summary>Decides reactions that wait, and brings messages in line.</summary>
    [Function(nameof(SweepSlack))]
    public Task SweepSlack([TimerTrigger("5 * * * * *")] TimerInfo timer, [DurableClient] DurableTaskClient client, CancellationToken cancellation)
    {
        clients.Enter(client);
        return sweep.Run(cancellation);
    }
}
