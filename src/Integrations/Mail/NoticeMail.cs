using AccessFunctions.Application.Ports;

namespace AccessFunctions.Integrations.Mail;

/// <summary>Renders notices as mails: subject, text and HTML, worded for the reader, with a link to the request's page. No tokens, no secrets.</summary>
public static class NoticeMail
{
    /// <summary>Renders one notice from the request as it is now.</summary>
    public static RenderedMail Render(Notice notice, PublicAddress address)
    {
        var text = new NoticeText(notice);
        var words = NoticeWords.Of(text);
        return MailBody.Render(new MailContent
        {
            Subject = words.Subject,
            Lead = words.Lead,
            Next = words.Next,
            Urgent = words.Urgent,
            Facts = NoticeFacts.Facts(text),
            Sections = NoticeFacts.Sections(text, id => Page(address, id)),
            Links = [new("Open the request", Page(address, notice.Request.Id))],
        });
    }

    /// <summary>The page of a request: <c>{root}/requests/{id}</c>, also where the root has a path of its own.</summary>
    public static Uri Page(PublicAddress address, string requestId) =>
        new($"{address.Root.AbsoluteUri.TrimEnd('/')}/requests/{Uri.EscapeDataString(requestId)}");
}
