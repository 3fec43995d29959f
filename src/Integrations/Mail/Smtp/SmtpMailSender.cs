using AccessFunctions.Application.Ports;
using Microsoft.Extensions.Logging;

namespace AccessFunctions.Integrations.Mail.Smtp;

/// <summary>Hands answers to a mail server. Whoever sends them remembers what was sent; a crash in between sends one twice, with the same Message-ID.</summary>
public sealed partial class SmtpMailSender(AnswerComposer composer, SmtpDelivery delivery, ILogger<SmtpMailSender> logger) : IMailSender
{
    /// <inheritdoc/>
    /// <exception cref="MailNotTakenException">The server did not take it; it is to be tried again.</exception>
    public async Task Send(AnswerMail mail, CancellationToken cancellation)
    {
        if (composer.Compose(mail) is not { } message) return;
        try
        {
            await delivery.Deliver(message.From, message.To, EmlWriter.Write(message), cancellation);
        }
        catch (RecipientRefusedException refused)
        {
            LogRefused(mail.Id, mail.To.Id, refused.Reply);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Answer {Id} to {Person} was refused by the mail server ({Reply}) and is not delivered.")]
    private partial void LogRefused(string id, string person, string reply);
}
