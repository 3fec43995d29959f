using System.Text;

namespace AccessFunctions.Integrations.Mail.Inbound;

/// <summary>Decodes RFC 2047 encoded words in unstructured header values, such as subjects: <c>=?utf-8?Q?caf=C3=A9?=</c>.</summary>
internal static class EncodedWords
{
    /// <summary>The value in plain characters, on one line; what is no encoded word stays.</summary>
    public static string Decode(string value)
    {
        var text = new StringBuilder(value.Length);
        var (at, afterWord) = (0, false);
        while (at < value.Length)
        {
            var begin = value.IndexOf("=?", at, StringComparison.Ordinal);
            if (begin < 0) break;
            if (Word(value, begin, out var next) is { } word)
            {
                // Blanks between two encoded words are not part of the text.
                var between = value.AsSpan(at, begin - at);
                if (!afterWord || !between.IsWhiteSpace()) text.Append(between);
                text.Append(word);
                (at, afterWord) = (next, true);
            }
            else
            {
                text.Append(value.AsSpan(at, begin + 2 - at));
                (at, afterWord) = (begin + 2, false);
            }
        }

        return MailBody.Line(text.Append(value.AsSpan(at)).ToString());
    }

    private static string? Word(string value, int begin, out int next)
    {
        next = begin;
        var charset = value.IndexOf('?', begin + 2);
        if (charset < 0 || charset + 2 >= value.Length || value[charset + 2] != '?') return null;
        var end = value.IndexOf("?=", charset + 3, StringComparison.Ordinal);
        if (end < 0) return null;
        var encoded = value.AsSpan(charset + 3, end - charset - 3);
        if (encoded.ContainsAny(' ', '\t', '?') || encoded.ContainsAnyExceptInRange('!', '~')) return null;
        var bytes = Encoding.ASCII.GetBytes(encoded.ToString());
        byte[]? decoded = value[charset + 1] switch
        {
            'q' or 'Q' => TransferEncoding.QuotedPrintable(bytes, underscoreIsBlank: true),
            'b' or 'B' => TransferEncoding.Base64(bytes),
            _ => null,
        };
        if (decoded is null) return null;
        next = end + 2;
        // RFC 2231 allows a language behind an asterisk.
        return MailCharset.Decode(decoded, value[(begin + 2)..charset].Split('*')[0]);
    }
}
