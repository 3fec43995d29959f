using System.Globalization;
using System.Text;
using AccessFunctions.Application.Channels.Replies;
using AccessFunctions.Application.Ports;

namespace AccessFunctions.Integrations.Mail.Demo;

/// <summary>
/// Writes a reply as a mail program would, with the original quoted below it, and as the receiving server of the demo would hand it on: with its
/// word that DMARC passed.
/// </summary>
internal static class DemoReply
{
    public static byte[] Write(DemoMail mail, string words, string server, DateTimeOffset now)
    {
        var domain = mail.To[(mail.To.LastIndexOf('@') + 1)..];
        var at = now.UtcDateTime.ToString("ddd, dd MMM yyyy HH:mm:ss", CultureInfo.InvariantCulture) + " +0000";
        var body = new StringBuilder(words.ReplaceLineEndings("\n")).Append("\n\n").Append($"On {at}, Access Functions wrote:\n");
        foreach (var line in mail.Mail.Text.Value.Split('\n')) body.Append("> ").Append(line).Append('\n');

        var reply = new StringBuilder();
        reply.Append($"{AuthenticationResults.FieldName}: {server}; dmarc=pass header.from={domain}\r\n");
        reply.Append($"From: <{mail.To}>\r\nTo: <{mail.ReplyTo}>\r\nDate: {at}\r\n");
        HeaderText.Append(reply, "Subject", $"Re: {mail.Mail.Subject}");
        reply.Append($"Message-ID: <reply.{Guid.NewGuid():n}@{domain}>\r\n");
        if (mail.Mail.MessageId is { } id) reply.Append($"In-Reply-To: <{id}>\r\nReferences: <{id}>\r\n");
        reply.Append("MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n");
        QuotedPrintable.Append(reply, body.ToString());
        return Encoding.ASCII.GetBytes(reply.ToString());
    }
}
