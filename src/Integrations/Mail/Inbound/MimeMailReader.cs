using System.Security.Cryptography;
using AccessFunctions.Application.Channels.Replies;
using AccessFunctions.Application.Ports;

namespace AccessFunctions.Integrations.Mail.Inbound;

/// <summary>
/// Reads a mail as it went over the wire. It reads as much of RFC 5322 and MIME as replies need, in time and space that grow with the mail's size
/// alone, within <see cref="MimeLimits"/>.
/// </summary>
public sealed class MimeMailReader : IMailReader
{
    private static readonly string[] RecipientFields = ["To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To"];

    /// <inheritdoc/>
    public string MediaType => "message/rfc822";

    /// <inheritdoc/>
    public MailReading Read(ReadOnlyMemory<byte> raw)
    {
        if (raw.Length > MimeLimits.Mail) return MailReading.NotAMail("too large");
        raw = raw[EnvelopeLine(raw.Span)..];

        // Without the line that a local delivery put before it: the time in it differs each time.
        var fingerprint = Convert.ToHexStringLower(SHA256.HashData(raw.Span));
        if (MimeHeader.Read(raw.Span, out var at) is not { Count: > 0 } fields) return MailReading.NotAMail("no header of a mail");
        return MailReading.Of(Mail(fields, fingerprint, new Lazy<string>(() => MimeBody.Words(fields, raw[at..]))));
    }

    /// <summary>Bytes of the line <c>From sender date</c> that local deliveries put before a mail; it is no field of it.</summary>
    private static int EnvelopeLine(ReadOnlySpan<byte> raw)
    {
        if (!raw.StartsWith("From "u8) || raw[4..].TrimStart((byte)' ').StartsWith(":"u8)) return 0;
        _ = MimeHeader.Line(raw, 0, out var next);
        return next;
    }

    /// <summary>What the fields of a header say, however they came.</summary>
    internal static InboundMail Mail(IReadOnlyList<MailField> fields, string fingerprint, Lazy<string> text) => new()
    {
        Fingerprint = fingerprint,
        Fields = fields,
        From = Senders(fields),
        Recipients = [.. fields.Where(field => RecipientFields.Contains(field.Name, StringComparer.OrdinalIgnoreCase)).SelectMany(field => AddressList.Parse(field.Value, out _))],
        Subject = EncodedWords.Decode(MimeHeader.Find(fields, "Subject") ?? ""),
        MessageId = Ids(MimeHeader.Find(fields, "Message-ID")).FirstOrDefault(),
        References = [.. Ids(MimeHeader.Find(fields, "References"))],
        MediaType = MimeHeader.Find(fields, "Content-Type") is { } type ? ContentType.Parse(type).Value : ContentType.Plain.Value,
        Text = text,
    };

    /// <summary>All of them, of every From field; none where one cannot be read.</summary>
    private static IReadOnlyList<string> Senders(IReadOnlyList<MailField> fields)
    {
        List<string> senders = [];
        foreach (var field in fields.Where(field => field.Name.Equals("From", StringComparison.OrdinalIgnoreCase)))
        {
            var addresses = AddressList.Parse(field.Value, out var wellFormed);
            if (!wellFormed) return [];
            senders.AddRange(addresses);
        }

        return senders;
    }

    /// <summary>The ids between angle brackets, at most 50; others than can be written again are left out.</summary>
    internal static IEnumerable<string> Ids(string? value) => (value ?? "").Split('<').Skip(1).Take(50)
        .Select(part => part.Split('>')[0].Trim()).Where(MailIds.IsId);
}
