using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AccessFunctions.Application.Channels.Replies;
using AccessFunctions.Application.Ports;
using AccessFunctions.Integrations.Mail.Inbound;

namespace AccessFunctions.Integrations.Mail.Graph;

/// <summary>
/// Reads a mail as Microsoft Graph shows it: the JSON of a <c>message</c> with <c>from</c>, <c>toRecipients</c>, <c>internetMessageHeaders</c> and
/// <c>body</c> or <c>uniqueBody</c> (https://learn.microsoft.com/graph/api/resources/message). Never throws for what is in it.
/// </summary>
public sealed class GraphMessageReader : IMailReader
{
    private const int Depth = 16;

    /// <inheritdoc/>
    public string MediaType => "application/json";

    /// <inheritdoc/>
    public MailReading Read(ReadOnlyMemory<byte> raw)
    {
        try
        {
            using var document = JsonDocument.Parse(raw, new JsonDocumentOptions { MaxDepth = Depth });
            return document.RootElement is { ValueKind: JsonValueKind.Object } message ? Message(message, raw.Span) : MailReading.NotAMail("not a Graph message");
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            // A value with half a character pair is valid JSON and no text.
            return MailReading.NotAMail("not JSON");
        }
    }

    private static MailReading Message(JsonElement message, ReadOnlySpan<byte> raw)
    {
        List<MailField> fields = [];
        foreach (var header in Items(message, "internetMessageHeaders"))
        {
            if (fields.Count == MimeLimits.Fields) return MailReading.NotAMail("too many header fields");

            // Nothing is left out: below a field that cannot be read may be one that its sender wrote, such as another Authentication-Results.
            if (Text(header, "name")?.Trim() is not { Length: > 0 } name || Text(header, "value") is not { Length: <= MimeLimits.Field } value)
                return MailReading.NotAMail("no header of a mail");
            fields.Add(new MailField(name, value.ReplaceLineEndings(" ").Trim()));
        }

        var from = Address(message, "from");
        if (from is null && fields.Count == 0) return MailReading.NotAMail("not a Graph message");
        var words = new[] { Words(message, "uniqueBody"), Words(message, "body") };
        var mail = MimeMailReader.Mail(fields, Fingerprint(message, raw), new Lazy<string>(() => words.Select(Plain).FirstOrDefault(static text => !string.IsNullOrWhiteSpace(text)) ?? ""));
        return MailReading.Of(mail with
        {
            // Where the header's own field is there too, both must say the same: else the mail is from two. One that names nobody is not made up for.
            From = from is null || (mail.From.Count == 0 && mail.All("From").Any()) ? [] : [.. mail.From.Append(from).Distinct(StringComparer.OrdinalIgnoreCase)],
            Recipients = [.. mail.Recipients, .. Items(message, "toRecipients").Concat(Items(message, "ccRecipients")).Select(Address).OfType<string>()],
            Subject = EncodedWords.Decode(Text(message, "subject") ?? ""),
            MessageId = MimeMailReader.Ids(Text(message, "internetMessageId")).FirstOrDefault() ?? mail.MessageId,
        });
    }

    /// <summary>The id that the mailbox gave it; a message without one is told by what came.</summary>
    private static string Fingerprint(JsonElement message, ReadOnlySpan<byte> raw) => Convert.ToHexStringLower(
        Text(message, "id") is { Length: > 0 } id ? SHA256.HashData(Encoding.UTF8.GetBytes($"graph:{id}")) : SHA256.HashData(raw));

    private static (string Type, string Content)? Words(JsonElement message, string name) =>
        message.TryGetProperty(name, out var body) && body.ValueKind == JsonValueKind.Object && Text(body, "content") is { Length: <= MimeLimits.Mail } content
            ? (Text(body, "contentType") ?? "text", content)
            : null;

    private static string? Plain((string Type, string Content)? words) => words is not var (type, content) ? null
        : type.Equals("html", StringComparison.OrdinalIgnoreCase) ? HtmlText.Of(content)
        : content.ReplaceLineEndings("\n");

    private static string? Address(JsonElement message, string name) =>
        message.TryGetProperty(name, out var recipient) && recipient.ValueKind == JsonValueKind.Object ? Address(recipient) : null;

    /// <summary>Of a <c>recipient</c>: <c>{ "emailAddress": { "address": … } }</c>.</summary>
    private static string? Address(JsonElement recipient) =>
        recipient.ValueKind == JsonValueKind.Object && recipient.TryGetProperty("emailAddress", out var email) && email.ValueKind == JsonValueKind.Object
        && Text(email, "address") is { } address && AddressList.Parse(address, out var wellFormed) is [var one] && wellFormed ? one : null;

    private static IEnumerable<JsonElement> Items(JsonElement message, string name) =>
        message.TryGetProperty(name, out var items) && items.ValueKind == JsonValueKind.Array ? items.EnumerateArray() : Enumerable.Empty<JsonElement>();

    private static string? Text(JsonElement item, string name) =>
        item.ValueKind == JsonValueKind.Object && item.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;
}
