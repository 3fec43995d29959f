using AccessFunctions.Application;
using AccessFunctions.Application.Inventory;
using AccessFunctions.Application.Ports;
using AccessFunctions.Functions.Requests;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;

namespace AccessFunctions.Functions.Timers;

/// <summary>What happens by the clock beside the deadlines of requests. Each runs in one process at a time; schedules begin with seconds, in UTC.</summary>
public sealed class TimerFunctions(
    Reconciler reconciler, Ingester ingester, PublicationUpkeep publications, CheckpointMaker checkpoints, AuditResender audit, UnsettledResender unsettled, DirectorySweeper directory,
    LostOrchestrations lost,
    IRequestReader requests, HistoryPurger purger, ReplyMailbox mailbox, DurableClients clients)
{
    /// <summary>So long looks at platforms are begun; the next run goes on.</summary>
    internal static readonly TimeSpan ReconcileFor = TimeSpan.FromMinutes(10);

    /// <summary>Compares platforms with the ledger.</summary>
    [Function(nameof(Reconcile))]
    public Task Reconcile([TimerTrigger("0 */15 * * * *")] TimerInfo timer, [DurableClient] DurableTaskClient client, CancellationToken cancellation) =>
        With(client, () => reconciler.RunOnce(ReconcileFor, cancellation));

    /// <summary>Keeps up what platforms publish.</summary>
    [Function(nameof(KeepPublications))]
    public Task KeepPublications([TimerTrigger("5 */10 * * * *")] TimerInfo timer, CancellationToken cancellation) => publications.RunOnce(cancellation);

    /// <summary>So long pages of platforms are begun; the next run goes on.</summary>
    internal static readonly TimeSpan IngestFor = TimeSpan.FromMinutes(8);

    /// <summary>Ingests platforms that are due: by schedule, broken off, or because somebody asked.</summary>
    [Function(nameof(Ingest))]
    public Task Ingest([TimerTrigger("40 * * * * *")] TimerInfo timer, CancellationToken cancellation) => ingester.RunDue(IngestFor, cancellation);

    /// <summary>Makes the checkpoint of the hour and sends it.</summary>
    [Function(nameof(MakeCheckpoint))]
    public Task MakeCheckpoint([TimerTrigger("0 0 * * * *")] TimerInfo timer, CancellationToken cancellation) => checkpoints.Run(cancellation);

    /// <summary>Sends audit events that a sink did not take.</summary>
    [Function(nameof(ResendAudit))]
    public Task ResendAudit([TimerTrigger("30 */5 * * * *")] TimerInfo timer, CancellationToken cancellation) => audit.Run(cancellation);

    /// <summary>Hands over signals that were accepted and not settled.</summary>
    [Function(nameof(ResendUnsettled))]
    public Task ResendUnsettled([TimerTrigger("15 * * * * *")] TimerInfo timer, [DurableClient] DurableTaskClient client, CancellationToken cancellation) =>
        With(client, () => unsettled.Run(cancellation));

    /// <summary>Tells requests what changed in the directory.</summary>
    [Function(nameof(SweepDirectory))]
    public Task SweepDirectory([TimerTrigger("45 */2 * * * *")] TimerInfo timer, [DurableClient] DurableTaskClient client, CancellationToken cancellation) =>
        With(client, () => directory.Run(cancellation));

    /// <summary>Starts orchestrations again that ended before their request.</summary>
    [Function(nameof(ReviveRequests))]
    public Task ReviveRequests([TimerTrigger("20 */10 * * * *")] TimerInfo timer, [DurableClient] DurableTaskClient client, CancellationToken cancellation) =>
        With(client, () => lost.Revive(cancellation));

    /// <summary>Looks at every unfinished request, and starts the orchestrations that are gone without a trace.</summary>
    [Function(nameof(ReviveMissing))]
    public Task ReviveMissing([TimerTrigger("0 20 */6 * * *")] TimerInfo timer, [DurableClient] DurableTaskClient client, CancellationToken cancellation) =>
        With(client, () => lost.Revive(requests.Unfinished(after: null, cancellation), cancellation));

    /// <summary>Removes histories that nobody needs any more.</summary>
    [Function(nameof(PurgeHistories))]
    public Task PurgeHistories([TimerTrigger("0 40 * * * *")] TimerInfo timer, [DurableClient] DurableTaskClient client, CancellationToken cancellation) =>
        With(client, () => purger.Run(cancellation));

    /// <summary>Reads the reply mailbox, where one is configured.</summary>
    [Function(nameof(ReadReplies))]
    public Task ReadReplies([TimerTrigger("50 * * * * *")] TimerInfo timer, [DurableClient] DurableTaskClient client, CancellationToken cancellation) =>
        With(client, () => mailbox.Run(cancellation));

    private Task With(DurableTaskClient client, Func<Task> run)
    {
        clients.Enter(client);
        return run();
    }
}
