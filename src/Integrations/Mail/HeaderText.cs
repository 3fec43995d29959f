using System.Text;

namespace AccessFunctions.Integrations.Mail;

/// <summary>
/// Writes header values: plain where they are plain ASCII, else as RFC 2047 encoded words; folded at 76 characters. No value can end its
/// line: control characters become blanks before anything else.
/// </summary>
internal static class HeaderText
{
    private const int MaxLine = 76;

    // 45 bytes are 60 characters of base64; with =?utf-8?B? and ?= that is 72, below the 75 an encoded word may have.
    private const int WordBytes = 45;

    /// <summary>Appends an unstructured header, such as a subject.</summary>
    public static void Append(StringBuilder mail, string name, string value)
    {
        mail.Append(name).Append(':');
        var column = name.Length + 1;
        foreach (var word in Words(MailBody.Line(value))) Put(mail, word, ref column);
        mail.Append("\r\n");
    }

    /// <summary>Appends a header with one mailbox.</summary>
    public static void Append(StringBuilder mail, string name, Mailbox mailbox)
    {
        mail.Append(name).Append(':');
        var column = name.Length + 1;
        if (mailbox.Name is { } shown && MailBody.Line(shown) is { Length: > 0 } line)
        {
            IEnumerable<string> words = IsPlain(line) && line.Length < MaxLine - 20 ? [$"\"{line.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\""] : Encoded(line);
            foreach (var word in words) Put(mail, word, ref column);
        }

        Put(mail, $"<{mailbox.Address}>", ref column);
        mail.Append("\r\n");
    }

    /// <summary>Puts a word after a blank; on a line of its own (folded) where it would stand out too far.</summary>
    private static void Put(StringBuilder mail, string word, ref int column)
    {
        var fold = column + 1 + word.Length > MaxLine && column > 1;
        mail.Append(fold ? "\r\n " : " ").Append(word);
        column = (fold ? 0 : column) + 1 + word.Length;
    }

    private static IEnumerable<string> Words(string line) => IsPlain(line) ? line.Split(' ', StringSplitOptions.RemoveEmptyEntries) : Encoded(line);

    /// <summary>Printable ASCII, nothing that looks like an encoded word, and no word too long to fold.</summary>
    private static bool IsPlain(string line) =>
        line.All(c => c is >= ' ' and <= '~') && !line.Contains("=?", StringComparison.Ordinal) && line.Split(' ').All(word => word.Length <= MaxLine - 20);

    private static IEnumerable<string> Encoded(string line)
    {
        var bytes = new List<byte>(WordBytes);
        var buffer = new byte[4];
        foreach (var rune in line.EnumerateRunes())
        {
            var length = rune.EncodeToUtf8(buffer);
            if (bytes.Count + length > WordBytes)
            {
                yield return Word(bytes);
                bytes.Clear();
            }

            bytes.AddRange(buffer.AsSpan(0, length));
        }

        if (bytes.Count > 0) yield return Word(bytes);

        static string Word(List<byte> bytes) => $"=?utf-8?B?{Convert.ToBase64String([.. bytes])}?=";
    }
}
