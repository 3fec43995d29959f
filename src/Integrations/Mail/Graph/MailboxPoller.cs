using AccessFunctions.Application.Channels.Replies;
using Microsoft.Extensions.Logging;

namespace AccessFunctions.Integrations.Mail.Graph;

/// <summary>
/// Handles the unread messages of the reply mailbox. A message is marked as read only after what came of it is durable; what a crash leaves
/// unread is handled again, without a second effect.
/// </summary>
public sealed partial class MailboxPoller(GraphMailbox mailbox, MailReplies replies, TimeProvider time, ILogger<MailboxPoller> logger)
{
    private readonly GraphMessageReader _reader = new();
    private DateTimeOffset _notBefore;

    /// <summary>Looks once. Trouble is logged, and the next run tries again; one message's trouble does not stop the others.</summary>
    /// <returns>How many messages were handled.</returns>
    public async Task<int> RunOnce(CancellationToken cancellation)
    {
        if (time.GetUtcNow() < _notBefore) return 0;
        var handled = 0;
        try
        {
            foreach (var id in await mailbox.Unread(cancellation))
            {
                if (await Handle(id, cancellation)) handled++;
            }
        }
        catch (GraphException failure)
        {
            if (failure.Pause is { } pause) _notBefore = time.GetUtcNow() + pause;
            LogGraph(failure, failure.Pause ?? TimeSpan.Zero);
        }

        return handled;
    }

    private async Task<bool> Handle(string id, CancellationToken cancellation)
    {
        try
        {
            if (await mailbox.Read(id, cancellation) is not { } message) return false;
            _ = await Judge(message, cancellation);
            await mailbox.MarkRead(id, cancellation);
            return true;
        }
#pragma warning disable CA1031 // The store, a mail transport, or Graph about this message: it stays unread, and the others have their turn.
        catch (Exception failure) when (failure is not GraphException { Everything: true } && !cancellation.IsCancellationRequested)
#pragma warning restore CA1031
        {
            LogUnhandled(failure);
            return false;
        }
    }

    private async Task<ReplyResult> Judge(GraphMessage message, CancellationToken cancellation)
    {
        if (message.Json is not { } json) return await replies.Unreadable("too large", peer: null);
        var reading = _reader.Read(json);
        return reading.Mail is { } mail ? await replies.Handle(mail, peer: null, cancellation) : await replies.Unreadable(reading.Why!, peer: null);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The reply mailbox could not be read; it is left alone for {Pause} and read again.")]
    private partial void LogGraph(Exception failure, TimeSpan pause);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A message of the reply mailbox could not be handled; it stays unread and is handled again.")]
    private partial void LogUnhandled(Exception failure);
}
