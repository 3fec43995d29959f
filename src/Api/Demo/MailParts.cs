using System.Text.RegularExpressions;

namespace AccessFunctions.Api.Demo;

/// <summary>A stretch of a mail's text; <see cref="IsLink"/>: an address to open.</summary>
public sealed record MailPart(string Text, bool IsLink);

/// <summary>Takes a mail's text apart into words and addresses.</summary>
internal static partial class MailParts
{
    public static IReadOnlyList<MailPart> Of(string text)
    {
        var parts = new List<MailPart>();
        var at = 0;
        foreach (Match link in Address().Matches(text))
        {
            if (link.Index > at) parts.Add(new MailPart(text[at..link.Index], IsLink: false));
            parts.Add(new MailPart(link.Value, IsLink: true));
            at = link.Index + link.Length;
        }

        if (at < text.Length) parts.Add(new MailPart(text[at..], IsLink: false));
        return parts;
    }

    [GeneratedRegex(@"https?://[^\s<>""]+[^\s<>"".,;:!?)]", RegexOptions.NonBacktracking)]
    private static partial Regex Address();
}
