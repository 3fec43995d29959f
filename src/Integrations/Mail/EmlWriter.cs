using System.Globalization;
using System.Text;

namespace AccessFunctions.Integrations.Mail;

/// <summary>Writes a mail as an RFC 5322 message: ASCII bytes, CRLF lines, <c>multipart/alternative</c> of text and HTML. The same mail gives the same bytes.</summary>
public static class EmlWriter
{
    // '=' never stands before '_' in quoted-printable, so no body can hold the boundary.
    private const string Boundary = "=_access-functions-alternative";

    /// <summary>Writes the message.</summary>
    public static byte[] Write(MailMessage message)
    {
        var mail = new StringBuilder();
        HeaderText.Append(mail, "From", message.From);
        HeaderText.Append(mail, "To", message.To);
        if (message.ReplyTo is { } replyTo) HeaderText.Append(mail, "Reply-To", replyTo);
        HeaderText.Append(mail, "Subject", message.Body.Subject);
        mail.Append("Date: ").Append(message.Date.UtcDateTime.ToString("ddd, dd MMM yyyy HH:mm:ss", CultureInfo.InvariantCulture)).Append(" +0000\r\n");
        Id("Message-ID", message.MessageId);
        Id("In-Reply-To", message.InReplyTo);
        Id("References", [.. message.References]);
        HeaderText.Append(mail, "Auto-Submitted", message.AutoSubmitted);
        mail.Append("MIME-Version: 1.0\r\n");
        mail.Append("Content-Type: multipart/alternative;\r\n boundary=\"").Append(Boundary).Append("\"\r\n\r\n");
        Part("text/plain", message.Body.Text);
        Part("text/html", message.Body.Html);
        mail.Append("--").Append(Boundary).Append("--\r\n");
        return Encoding.ASCII.GetBytes(mail.ToString());

        void Id(string name, params string[] ids)
        {
            if (!ids.All(MailIds.IsId)) throw new ArgumentException($"{name} is left@right, of printable characters.", nameof(message));
            mail.Append(name).Append(": <").AppendJoin(">\r\n <", ids).Append(">\r\n");
        }

        void Part(string type, string text)
        {
            mail.Append("--").Append(Boundary).Append("\r\nContent-Type: ").Append(type).Append("; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n");
            QuotedPrintable.Append(mail, text);
            mail.Append("\r\n");
        }
    }
}
