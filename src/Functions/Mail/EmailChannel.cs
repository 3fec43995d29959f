using System.Security.Cryptography;
using System.Text;
using AccessFunctions.Application.Ports;
using AccessFunctions.Functions.Requests;
using AccessFunctions.Functions.Storage;
using AccessFunctions.Integrations.Mail;
using Azure;
using Azure.Communication.Email;
using Microsoft.Extensions.Logging;

namespace AccessFunctions.Functions.Mail;

/// <summary>
/// Sends notices through Azure Communication Services. What the service took is remembered, and not sent again however late it is asked
/// for; the operation's id, made from notice, recipient and purpose, covers the minutes in which a crash left that unwritten. What the
/// service says about an address stays out of logs and histories.
/// </summary>
public sealed partial class EmailChannel(EmailClient client, TableSentMail sent, MailComposer composer, ILogger<EmailChannel> logger) : INotificationChannel
{
    /// <summary>
    /// Refusals that are about the reader's address, and come again however often it is tried: no address, or one that bounced. The
    /// sender's address was checked at the start; every other refusal is somebody's to mend.
    /// </summary>
    private static readonly HashSet<string> AboutRecipient = new(["InvalidEmailAddress", "EmailDroppedAllRecipientsSuppressed"], StringComparer.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public string Name => "e-mail";

    /// <inheritdoc/>
    /// <exception cref="TransientException">The service is busy, did not answer, or is not set up, or storage did not answer; nothing was sent.</exception>
    public async Task<bool> Send(Notice notice, CancellationToken cancellation)
    {
        var operation = OperationId(notice);
        if (await sent.Has(notice.Request.Id, operation, cancellation)) return true;
        if (await composer.Compose(notice, cancellation) is not { } message || !await Hand(notice, message, operation, cancellation)) return false;
        await Remember(notice, operation);
        return true;
    }

    /// <summary>Hands the mail over; false where the service has no way to this reader.</summary>
    private async Task<bool> Hand(Notice notice, MailMessage message, Guid operation, CancellationToken cancellation)
    {
        try
        {
            await client.SendAsync(WaitUntil.Started, Message(message), operation, cancellation);
            return true;
        }
        catch (RequestFailedException failure) when (failure.Status == 409)
        {
            LogTakenBefore(notice.Id, notice.To.Id);
            return true;
        }
        catch (RequestFailedException failure) when (IsAboutRecipient(failure))
        {
            LogRefused(notice.Id, notice.To.Id, failure.ErrorCode);
            return false;
        }
        catch (RequestFailedException failure)
        {
            // Its message may quote the address, and histories keep inner exceptions: only status and code go on. Whatever is not about
            // this recipient (busy, no right, sender not verified, content) is mended by somebody, and then tried again.
            throw new TransientException($"The e-mail service did not take a notice: {failure.Status} {failure.ErrorCode}.");
        }
    }

    /// <summary>The mail is on its way: to fail here, or to stop with the host, would only send it twice.</summary>
    private async Task Remember(Notice notice, Guid operation)
    {
        try
        {
            await sent.Add(notice.Request.Id, operation, notice.Id, notice.To.Id, CancellationToken.None);
        }
        catch (Exception failure) when (failure is TransientException or RequestFailedException)
        {
            LogNotRemembered(notice.Id, notice.To.Id, failure);
        }
    }

    /// <summary>True where the service refused the reader's address.</summary>
    internal static bool IsAboutRecipient(RequestFailedException failure) => failure is { Status: 400, ErrorCode: { } code } && AboutRecipient.Contains(code);

    /// <summary>The same for the same notice, recipient and purpose; a UUID in the form of version 8 (RFC 9562).</summary>
    internal static Guid OperationId(Notice notice)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{notice.Id}\n{notice.To.Id}\n{notice.Effect.Kind}"), hash);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }

    /// <summary>
    /// What the service lets a sender say: it takes the thread's headers as they are, and makes a Message-ID of its own where it cannot use ours.
    /// The sender's name is the one that is set at the service.
    /// </summary>
    internal static EmailMessage Message(MailMessage mail)
    {
        var message = new EmailMessage(
            mail.From.Address,
            new EmailRecipients([Address(mail.To)]),
            new EmailContent(mail.Body.Subject) { PlainText = mail.Body.Text, Html = mail.Body.Html })
        {
            Headers = { ["Message-ID"] = $"<{mail.MessageId}>", ["In-Reply-To"] = $"<{mail.InReplyTo}>", ["References"] = $"<{string.Join("> <", mail.References)}>", ["Auto-Submitted"] = mail.AutoSubmitted },

            // The service would lead links over addresses of its own to count clicks, and so learn tokens.
            UserEngagementTrackingDisabled = true,
        };
        if (mail.ReplyTo is { } replyTo) message.ReplyTo.Add(Address(replyTo));
        return message;
    }

    private static EmailAddress Address(Mailbox mailbox) => new(mailbox.Address, DisplayName(mailbox.Name));

    private static string DisplayName(string? name) => new([.. (name ?? "").Where(c => !char.IsControl(c))]);

    [LoggerMessage(Level = LogLevel.Error, Message = "Notice {NoticeId} to {Person} was refused by the e-mail service ({Code}) and is not delivered.")]
    private partial void LogRefused(string noticeId, string person, string? code);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Notice {NoticeId} to {Person} was mailed, and that could not be written down: should the notice be run again, it is mailed again.")]
    private partial void LogNotRemembered(string noticeId, string person, Exception failure);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Notice {NoticeId} to {Person} was handed over before.")]
    private partial void LogTakenBefore(string noticeId, string person);
}
