using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Integrations.Slack;

/// <summary>
/// Slack as a channel of notices: whatever the notice, the request's messages are brought in line with the request. So the hundredth
/// notice of a request costs no call where nothing changed that can be seen.
/// </summary>
/// <remarks>
/// A message in a channel is read by nobody in particular, so it does not count as having reached the reader, least of all an approver of
/// an emergency. It does where Slack told that very person: they are linked, and the message that stands mentions them. Who is linked has
/// to be a member of the channel for that, as the operations page says.
/// </remarks>
internal sealed class SlackChannel(SlackBoard board) : INotificationChannel
{
    /// <inheritdoc/>
    public string Name => "slack";

    /// <inheritdoc/>
    /// <remarks>Trouble with Slack is not thrown: see <see cref="SlackBoard"/>.</remarks>
    public async Task<bool> Send(Notice notice, CancellationToken cancellation)
    {
        _ = await board.Bring(notice.Request, cancellation);
        var key = notice.Effect.Kind switch
        {
            NoticeKind.EmergencyDeclared => PostedRows.Emergency,
            NoticeKind.ReviewAsked or NoticeKind.ReviewReminder or NoticeKind.Escalated => PostedRows.Key(notice.Effect.Revision, notice.Effect.Level),
            _ => null, // edits tell nobody
        };
        return key is not null && notice.To.SlackUserId is not null
            && await board.Find(notice.Request.Id, key, cancellation) is { Standing: Standing.Posted } row && row.Mentioned.Contains(notice.To.Id, StringComparer.Ordinal);
    }
}
