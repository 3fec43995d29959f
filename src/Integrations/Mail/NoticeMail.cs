using AccessFunctions.Application.Ports;

namespace AccessFunctions.Integrations.Mail;

/// <summary>Renders notices as mails: subject, text and HTML, worded for the reader, with a link to the request's page. No secrets.</summary>
public static class NoticeMail
{
    /// <summary>Renders one notice from the request as it is now.</summary>
    /// <param name="actions">What the mail lets its reader do; null: nothing by itself.</param>
    public static RenderedMail Render(Notice notice, PublicAddress address, MailActions? actions = null)
    {
        var text = new NoticeText(notice, actions);
        var words = NoticeWords.Of(text);
        return MailBody.Render(new MailContent
        {
            Subject = words.Subject,
            Lead = words.Lead,
            Next = words.Next,
            Urgent = words.Urgent,
            Facts = NoticeFacts.Facts(text),
            Sections = NoticeFacts.Sections(text, id => Page(address, id)),
            Links = Links(notice, text.Actions, Page(address, notice.Request.Id)),
        });
    }

    /// <summary>The page of a request: <c>{root}/requests/{id}</c>, also where the root has a path of its own.</summary>
    public static Uri Page(PublicAddress address, string requestId) =>
        new($"{address.Root.AbsoluteUri.TrimEnd('/')}/requests/{Uri.EscapeDataString(requestId)}");

    private static MailLink[] Links(Notice notice, MailActions actions, Uri page) => actions switch
    {
        { Review: { } review } when MailActions.NeedsSignIn(notice) => [new("Sign in to approve", page), new("Deny", review, Token: true)],
        { Review: { } review } => [new("Approve or deny", review, Token: true), new("Open the request", page)],
        { Revoke: { } revoke } => [new("Revoke this access", revoke, Token: true), new("Open the request", page)],
        _ => [new("Open the request", page)],
    };
}
