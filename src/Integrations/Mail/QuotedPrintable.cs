using System.Text;

namespace AccessFunctions.Integrations.Mail;

/// <summary>RFC 2045's quoted-printable: lines of at most 76 characters, CRLF between them, plain text stays readable.</summary>
internal static class QuotedPrintable
{
    private const int MaxLine = 76;
    private const string Hex = "0123456789ABCDEF";

    /// <summary>Appends UTF-8 text; its line ends become CRLF, and the last line is ended.</summary>
    public static void Append(StringBuilder mail, string text)
    {
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        var count = lines[^1].Length == 0 ? lines.Length - 1 : lines.Length;
        for (var i = 0; i < count; i++)
        {
            AppendLine(mail, Encoding.UTF8.GetBytes(lines[i]));
            mail.Append("\r\n");
        }
    }

    private static void AppendLine(StringBuilder mail, byte[] line)
    {
        var column = 0;
        for (var i = 0; i < line.Length; i++)
        {
            var (b, last) = (line[i], i == line.Length - 1);
            // Blanks at an end get lost on the way, a lone dot ends an SMTP message, and "From " gets quoted in mailboxes.
            var plain = b is >= 33 and <= 126 and not (byte)'=' || (b is (byte)' ' or (byte)'\t' && !last);
            if (column == 0 && (b == '.' || line.AsSpan(i).StartsWith("From "u8))) plain = false;
            var width = plain ? 1 : 3;
            if (column + width > (last ? MaxLine : MaxLine - 1))
            {
                mail.Append("=\r\n");
                column = 0;
            }

            if (plain) mail.Append((char)b);
            else mail.Append('=').Append(Hex[b >> 4]).Append(Hex[b & 15]);
            column += width;
        }
    }
}
