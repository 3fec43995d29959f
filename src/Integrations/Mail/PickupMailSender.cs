using AccessFunctions.Application.Ports;

namespace AccessFunctions.Integrations.Mail;

/// <summary>Writes answers into the directory that notices are put into.</summary>
/// <param name="directory">Made where it is missing. Mails are named <c>{answer}-{recipient}.eml</c>.</param>
public sealed class PickupMailSender(string directory, AnswerComposer composer) : IMailSender
{
    /// <inheritdoc/>
    public async Task Send(AnswerMail mail, CancellationToken cancellation)
    {
        if (composer.Compose(mail) is not { } message) return;
        await PickupDirectory.Write(directory, $"{MailIds.FileSafe(mail.Id)}-{MailIds.FileSafe(mail.To.Id)}.eml", EmlWriter.Write(message), cancellation);
    }
}
