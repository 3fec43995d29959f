namespace AccessFunctions.Application.Channels.Replies;

/// <summary>A mail that came in, from whatever gateway, in the one form that replies are judged by.</summary>
public sealed record InboundMail
{
    /// <summary>SHA-256 over what came, in lower-case hex: the same mail delivered twice has the same.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>All header fields, topmost first, unfolded and otherwise as they came.</summary>
    public required IReadOnlyList<MailField> Fields { get; init; }

    /// <summary>The addresses it says it is from, of all From fields; empty where one cannot be read.</summary>
    public required IReadOnlyList<string> From { get; init; }

    /// <summary>The addresses it was sent or delivered to, as far as they can be read.</summary>
    public required IReadOnlyList<string> Recipients { get; init; }

    /// <summary>Decoded, one line; may be empty.</summary>
    public string Subject { get; init; } = "";

    /// <summary>Without angle brackets; null where there is none.</summary>
    public string? MessageId { get; init; }

    /// <summary>The mails it answers, without angle brackets, oldest first.</summary>
    public IReadOnlyList<string> References { get; init; } = [];

    /// <summary>Type and subtype in lower case, for example <c>multipart/report</c>.</summary>
    public string MediaType { get; init; } = "text/plain";

    /// <summary>
    /// The words, lines ended by <c>\n</c>; a block that the markup says is quoted has become a line <c>&gt;</c>. Read only when asked for:
    /// most mails are refused before anybody looks at them.
    /// </summary>
    public required Lazy<string> Text { get; init; }

    /// <summary>The values of all fields of that name, topmost first.</summary>
    public IEnumerable<string> All(string name) =>
        Fields.Where(field => string.Equals(field.Name, name, StringComparison.OrdinalIgnoreCase)).Select(field => field.Value);

    /// <summary>Neither addresses nor words.</summary>
    public override string ToString() => $"InboundMail({Fingerprint[..8]})";
}

/// <summary>One header field, unfolded.</summary>
public sealed record MailField(string Name, string Value);
