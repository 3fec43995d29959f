using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;
using Microsoft.Extensions.Logging;

namespace AccessFunctions.Integrations.Slack;

/// <summary>What was left for later: events that were taken and not decided, requests whose messages are not in line. Both hosts run it by the clock.</summary>
public sealed partial class SlackSweep
{
    private readonly SlackInbox? _inbox;
    private readonly SlackBoard? _board;
    private readonly IRequestWorkflow _workflow;
    private readonly ILogger<SlackSweep> _logger;

    /// <summary>Creates the sweep; without Slack it has nothing to do.</summary>
    internal SlackSweep(SlackInbox? inbox, SlackBoard? board, IRequestWorkflow workflow, ILogger<SlackSweep> logger) =>
        (_inbox, _board, _workflow, _logger) = (inbox, board, workflow, logger);

    /// <summary>False where Slack is not set up.</summary>
    public bool IsNeeded => _board is not null;

    /// <summary>Does once what can be done now; the next run does the rest.</summary>
    public async Task Run(CancellationToken cancellation)
    {
        if (_board is null) return;
        var waiting = _inbox is null ? 0 : await _inbox.HandleWaiting(cancellation);
        var (caught, behind) = await _board.CatchUp(cancellation);
        foreach (var request in caught) await NoteReached(request, cancellation);
        if (waiting > 0 || behind > 0) LogLeft(waiting, behind);
    }

    /// <summary>An emergency's message that went out late mentioned approvers all the same: its notice came back empty-handed before.</summary>
    private async Task NoteReached(AccessRequest request, CancellationToken cancellation)
    {
        if (request.Emergency is not { NoticeReachedAt: null }) return;
        if (await _board!.Find(request.Id, PostedRows.Emergency, cancellation) is not { Standing: Standing.Posted, Mentioned: [var reached, ..] }) return;
        _ = await _workflow.Signal(request.Id, new NoticeDelivered
        {
            Id = "slack-emergency",
            By = SystemActors.Runner,
            Channel = Channel.System,
            At = default,
            Kind = NoticeKind.EmergencyDeclared,
            To = reached,
        }, cancellation);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Slack: {Events} reactions wait to be decided, and the messages of {Requests} requests to be brought in line.")]
    private partial void LogLeft(int events, int requests);
}
