using System.Text;
using System.Text.RegularExpressions;

namespace AccessFunctions.Tests.Shared;

/// <summary>Reads a message as a mail program would: unfolds headers, decodes words, takes the parts apart. Throws where it is malformed.</summary>
public sealed partial class ParsedMail
{
    private readonly Dictionary<string, string> _headers = new(StringComparer.OrdinalIgnoreCase);

    private ParsedMail()
    {
    }

    public string Body { get; private init; } = "";

    public IReadOnlyList<ParsedMail> Parts { get; private init; } = [];

    public IReadOnlyCollection<string> HeaderNames => _headers.Keys;

    public string this[string header] => _headers[header];

    public static ParsedMail Read(byte[] mail)
    {
        if (Array.Exists(mail, b => b > 126)) throw new FormatException("Not ASCII.");
        var text = Encoding.ASCII.GetString(mail);
        if (text.Replace("\r\n", "", StringComparison.Ordinal).AsSpan().ContainsAny('\r', '\n')) throw new FormatException("A line does not end in CRLF.");
        if (text.Split("\r\n").FirstOrDefault(line => line.Length > 998) is not null) throw new FormatException("A line is too long.");
        return Parse(text);
    }

    private static ParsedMail Parse(string text)
    {
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        var headers = text[..end].Replace("\r\n ", " ", StringComparison.Ordinal).Split("\r\n").Select(line => line.Split(": ", 2)).ToArray();
        var content = text[(end + 4)..];
        var boundary = headers.Where(header => header[0] == "Content-Type").Select(header => BoundaryParameter().Match(header[1])).Single();
        string[] parts = boundary.Success ? content.Split("--" + boundary.Groups[1].Value) : [];
        if (boundary.Success && (parts[0].Length > 0 || parts[^1] != "--\r\n")) throw new FormatException("The parts are not framed.");
        var parsed = new ParsedMail
        {
            Body = boundary.Success ? "" : Unquoted(content),
            Parts = [.. parts.Skip(1).SkipLast(1).Select(part => Parse(part["\r\n".Length..]))],
        };
        foreach (var header in headers) parsed._headers.Add(header[0], Decoded(header[1]));
        return parsed;
    }

    private static string Unquoted(string body)
    {
        var lines = body.Split("\r\n");
        if (Array.Exists(lines, line => line.Length > 76 || line.EndsWith(' '))) throw new FormatException("A quoted-printable line is too long or ends in a blank.");
        var joined = string.Join("\r\n", lines).Replace("=\r\n", "", StringComparison.Ordinal);
        var bytes = new List<byte>();
        for (var i = 0; i < joined.Length; i++)
        {
            if (joined[i] != '=')
            {
                bytes.Add((byte)joined[i]);
                continue;
            }

            bytes.Add(Convert.ToByte(joined.Substring(i + 1, 2), 16));
            i += 2;
        }

        return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString([.. bytes]);
    }

    private static string Decoded(string value)
    {
        var joined = BetweenWords().Replace(value, "?==?");
        return Word().Replace(joined, word =>
            word.Value.Length <= 75 ? Encoding.UTF8.GetString(Convert.FromBase64String(word.Groups[1].Value)) : throw new FormatException("An encoded word is too long."));
    }

    [GeneratedRegex("boundary=\"([^\"]+)\"")]
    private static partial Regex BoundaryParameter();

    [GeneratedRegex(@"\?= +=\?")]
    private static partial Regex BetweenWords();

    [GeneratedRegex(@"=\?utf-8\?B\?([A-Za-z0-9+/=]+)\?=")]
    private static partial Regex Word();
}
