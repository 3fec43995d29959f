using AccessFunctions.Application.Channels.Replies;

namespace AccessFunctions.Integrations.Mail.Inbound;

/// <summary>
/// Finds the words of a mail among its parts (RFC 2046). Of alternatives the plain text counts, where it says anything; other parts that are
/// shown one below the other are put together. Attachments, and mails inside the mail, are not the sender's words.
/// </summary>
internal sealed class MimeBody
{
    private int _parts;

    /// <summary>The words of a mail or a part; empty where it has none. Every line ends with <c>\n</c>.</summary>
    public static string Words(IReadOnlyList<MailField> fields, ReadOnlyMemory<byte> body) => new MimeBody().Part(fields, body, 0) ?? "";

    /// <summary>Null: no text.</summary>
    private string? Part(IReadOnlyList<MailField> fields, ReadOnlyMemory<byte> body, int depth)
    {
        if (depth > MimeLimits.Depth || ++_parts > MimeLimits.Parts) return null;
        var type = MimeHeader.Find(fields, "Content-Type") is { } given ? ContentType.Parse(given) : ContentType.Plain;
        if (MimeHeader.Find(fields, "Content-Disposition") is { } disposition && ContentType.Parse(disposition).Value == "attachment") return null;
        if (type.Value.StartsWith("multipart/", StringComparison.Ordinal)) return Multipart(type, body, depth);
        if (type.Value is not ("text/plain" or "text/html")) return null;
        var bytes = TransferEncoding.Decode(body.Span, MimeHeader.Find(fields, "Content-Transfer-Encoding"));
        var text = MailCharset.Decode(bytes, type.Parameter("charset")).ReplaceLineEndings("\n");
        if (type.Value == "text/html") return HtmlText.Of(text);
        return Is(type, "format", "flowed") ? FlowedText.Join(text, Is(type, "delsp", "yes")) : text;
    }

    private string? Multipart(ContentType type, ReadOnlyMemory<byte> body, int depth)
    {
        if (type.Parameter("boundary") is not { Length: >= 1 and <= 70 } boundary) return null;
        List<string> texts = [];
        foreach (var part in MultipartBody.Parts(body, boundary))
        {
            if (_parts >= MimeLimits.Parts) break;
            if (MimeHeader.Read(part.Span, out var at) is not { } fields || Part(fields, part[at..], depth + 1) is not { } text) continue;
            if (type.Value is "multipart/alternative" or "multipart/signed")
            {
                if (!string.IsNullOrWhiteSpace(text)) return text;
                continue;
            }

            texts.Add(text.EndsWith('\n') ? text : text + "\n");
        }

        return texts.Count == 0 ? null : string.Concat(texts);
    }

    private static bool Is(ContentType type, string parameter, string value) => string.Equals(type.Parameter(parameter), value, StringComparison.OrdinalIgnoreCase);
}
