using System.Text;
using AccessFunctions.Application.Channels.Replies;

namespace AccessFunctions.Integrations.Mail.Inbound;

/// <summary>Reads a block of header fields (RFC 5322, section 2.2), of a mail or of a part. Lines end with CRLF or LF.</summary>
internal static class MimeHeader
{
    /// <summary>Reads the fields at the beginning of <paramref name="bytes"/>.</summary>
    /// <param name="bytes">A mail or a part.</param>
    /// <param name="body">Where the body begins.</param>
    /// <returns>Null where it is no header: a line without a name, a zero byte, or more than the limits allow.</returns>
    public static IReadOnlyList<MailField>? Read(ReadOnlySpan<byte> bytes, out int body)
    {
        List<MailField> fields = [];
        var (name, value) = ("", new StringBuilder());
        var at = 0;
        body = bytes.Length;
        while (at < bytes.Length)
        {
            var line = Line(bytes, at, out var next);
            if (next > MimeLimits.Header) return null;
            at = next;
            if (line.Length == 0)
            {
                body = next;
                break;
            }

            if (line.Contains((byte)0)) return null;
            if (line[0] is (byte)' ' or (byte)'\t')
            {
                if (name.Length == 0 || value.Length + line.Length > MimeLimits.Field) return null;
                value.Append(Text(line));
                continue;
            }

            End();
            var colon = line.IndexOf((byte)':');
            if (colon < 1 || line.Length > MimeLimits.Field || fields.Count == MimeLimits.Fields) return null;
            var given = line[..colon].TrimEnd(" \t"u8);
            if (given.IsEmpty || given.ContainsAnyExceptInRange((byte)'!', (byte)'~')) return null;
            name = Encoding.ASCII.GetString(given);
            value.Append(Text(line[(colon + 1)..]));
        }

        End();
        return fields;

        void End()
        {
            if (name.Length > 0) fields.Add(new MailField(name, value.ToString().Trim(' ', '\t', '\r')));
            name = "";
            value.Clear();
        }
    }

    /// <summary>The first value of that name; null where there is none.</summary>
    public static string? Find(IReadOnlyList<MailField> fields, string name)
    {
        foreach (var field in fields)
        {
            if (string.Equals(field.Name, name, StringComparison.OrdinalIgnoreCase)) return field.Value;
        }

        return null;
    }

    /// <summary>The line that begins there, without its end.</summary>
    public static ReadOnlySpan<byte> Line(ReadOnlySpan<byte> bytes, int at, out int next)
    {
        var length = bytes[at..].IndexOf((byte)'\n');
        next = length < 0 ? bytes.Length : at + length + 1;
        var line = length < 0 ? bytes[at..] : bytes.Slice(at, length);
        return line is [.. var rest, (byte)'\r'] ? rest : line;
    }

    /// <summary>UTF-8 (RFC 6532) where it is, else one character for each byte.</summary>
    private static string Text(ReadOnlySpan<byte> bytes) => System.Text.Unicode.Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : Encoding.Latin1.GetString(bytes);
}
