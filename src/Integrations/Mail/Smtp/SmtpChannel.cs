using AccessFunctions.Application.Ports;
using Microsoft.Extensions.Logging;

namespace AccessFunctions.Integrations.Mail.Smtp;

/// <summary>
/// Hands notices to a mail server. What the server took is remembered, so that a notice that is run again, for example because another
/// reader's mail was not taken, is not sent twice to those who have it.
/// </summary>
public sealed partial class SmtpChannel(MailComposer composer, SmtpDelivery delivery, IChannelStore rows, TimeProvider time, ILogger<SmtpChannel> logger) : INotificationChannel
{
    /// <summary>Longer than any notice is tried.</summary>
    private static readonly TimeSpan Remembered = TimeSpan.FromDays(90);

    /// <inheritdoc/>
    public string Name => "smtp";

    /// <inheritdoc/>
    /// <exception cref="MailNotTakenException">The server did not take it; it is to be tried again.</exception>
    public async Task<bool> Send(Notice notice, CancellationToken cancellation)
    {
        var (set, key) = ($"mailed:{notice.Request.Id}", MailIds.Message(notice.Id, notice.To.Id, composer.From.Domain));
        if (await rows.Find(set, key, cancellation) is not null) return true;
        if (await composer.Compose(notice, cancellation) is not { } message) return false;
        try
        {
            await delivery.Deliver(message.From, message.To, EmlWriter.Write(message), cancellation);
        }
        catch (RecipientRefusedException refused)
        {
            LogRefused(notice.Id, notice.To.Id, refused.Reply);
            return false;
        }

        await Remember(set, key, notice);
        return true;
    }

    /// <summary>The mail is on its way: to fail here, or to stop with the host, would only send it twice.</summary>
    private async Task Remember(string set, string key, Notice notice)
    {
        try
        {
            _ = await rows.Add(set, key, "", time.GetUtcNow() + Remembered, CancellationToken.None);
        }
#pragma warning disable CA1031 // Whatever the store says: the mail is sent.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            LogNotRemembered(notice.Id, notice.To.Id, failure);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Notice {NoticeId} to {Person} was refused by the mail server ({Reply}) and is not delivered.")]
    private partial void LogRefused(string noticeId, string person, string reply);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Notice {NoticeId} to {Person} was mailed, and that could not be written down: should the notice be run again, it is mailed again.")]
    private partial void LogNotRemembered(string noticeId, string person, Exception failure);
}
