using AccessFunctions.Application.Ports;

namespace AccessFunctions.Integrations.Mail;

/// <summary>Makes the mail of an answer, the same for every transport.</summary>
public sealed class AnswerComposer(MailComposer notices, PublicAddress address)
{
    /// <summary>Makes the mail. It may hold a token: hand it to the transport, and keep it nowhere.</summary>
    /// <returns>Null where the reader has no address that can be used.</returns>
    public MailMessage? Compose(AnswerMail answer)
    {
        if (!Mailbox.TryCreate(answer.To.Name, answer.To.Email, out var to)) return null;
        var (from, about) = (notices.From, answer.RequestId);
        var thread = about is null ? $"{answer.Id}@{from.Domain}" : MailIds.Thread(about, from.Domain);
        List<string> before = [.. new[] { about is null ? null : thread }.Concat(answer.References).Append(answer.InReplyTo).OfType<string>().Where(MailIds.IsId).Distinct()];
        var content = new MailContent
        {
            Subject = answer.Subject,
            Lead = answer.Lead,
            Next = answer.Next,
            Facts = [],
            Sections = [],
            Links = [about is null ? new("Open Access Functions", address.Root) : new("Open the request", NoticeMail.Page(address, about))],
        };
        return new MailMessage(from, to, MailIds.Message(answer.Id, answer.To.Id, from.Domain), thread, answer.At, MailBody.Render(content))
        {
            ReplyTo = Mailbox.TryCreate(from.Name, answer.ReplyTo, out var replyTo) ? replyTo : null,
            InReplyTo = answer.InReplyTo is { } id && MailIds.IsId(id) ? id : thread,
            References = before.Count > 0 ? before : [thread],
            AutoSubmitted = "auto-replied",
        };
    }
}
