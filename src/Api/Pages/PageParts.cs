namespace AccessFunctions.Api.Pages;

/// <summary>A named value of a list. <see cref="Quoted"/>: a person's own words, which may have several lines.</summary>
public sealed record PageFact(string Label, string Value, bool Quoted = false);

/// <summary>Something to mend in a form.</summary>
/// <param name="Field">The id of the field to blame; null: none.</param>
public sealed record PageError(string? Field, string Message)
{
    /// <summary>The message as it begins a line: with a capital, where it begins with a word and not with a path or a name.</summary>
    public string Words => Message.Split(' ')[0].All(char.IsAsciiLetterLower) && Message.Length > 0 ? string.Concat(char.ToUpperInvariant(Message[0]).ToString(), Message.AsSpan(1)) : Message;
}
