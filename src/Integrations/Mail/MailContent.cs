namespace AccessFunctions.Integrations.Mail;

/// <summary>What a notice says, before it is text or HTML. Values are as people gave them: the body escapes.</summary>
internal sealed record MailContent
{
    public required string Subject { get; init; }

    /// <summary>What happened, in a sentence or two.</summary>
    public required string Lead { get; init; }

    /// <summary>What happens next, and what the reader can do.</summary>
    public required string Next { get; init; }

    /// <summary>Stands out: somebody has to look now.</summary>
    public bool Urgent { get; init; }

    public required IReadOnlyList<MailFact> Facts { get; init; }
    public required IReadOnlyList<MailSection> Sections { get; init; }

    /// <summary>The pages to open, the first one the main one.</summary>
    public required IReadOnlyList<MailLink> Links { get; init; }

    /// <summary>The kind of content alone: links may hold tokens.</summary>
    public override string ToString() => nameof(MailContent);
}

/// <summary>A named value. <see cref="Quoted"/>: a person's own words, which may have several lines.</summary>
internal sealed record MailFact(string Label, string Value, bool Quoted = false);

/// <summary>A list under a heading.</summary>
internal sealed record MailSection(string Heading, IReadOnlyList<string> Items);

/// <summary>A page to open. <see cref="Token"/>: its address holds a token, so it is not shown where a button is enough.</summary>
internal sealed record MailLink(string Label, Uri Address, bool Token = false)
{
    /// <summary>The label alone.</summary>
    public override string ToString() => $"MailLink({Label})";
}

/// <summary>A rendered notice.</summary>
/// <param name="Subject">One line.</param>
/// <param name="Text">The plain text, lines end in <c>\n</c>.</param>
/// <param name="Html">A whole HTML page with the same content.</param>
public sealed record RenderedMail(string Subject, string Text, string Html)
{
    /// <summary>Nothing of it: texts hold tokens.</summary>
    public override string ToString() => nameof(RenderedMail);
}
