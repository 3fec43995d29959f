using AccessFunctions.Functions.Requests;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace AccessFunctions.Functions.Timers;

/// <summary>What keeps the directory up by the clock.</summary>
public sealed class DirectoryTimerFunctions(GraphDirectory directory, DurableClients clients)
{
    /// <summary>Takes over what changed in Microsoft Graph, where people are read from there; requests of those who left hear of it at once.</summary>
    [Function(nameof(ReadDirectory))]
    public Task ReadDirectory([TimerTrigger("10 * * * * *")] TimerInfo timer, [DurableClient] DurableTaskClient client, CancellationToken cancellation)
    {
        clients.Enter(client);
        return directory.Run(cancellation);
    }
}
