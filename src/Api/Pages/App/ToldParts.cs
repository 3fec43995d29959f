using System.Globalization;
using System.Text.RegularExpressions;

namespace AccessFunctions.Api.Pages.App;

/// <summary>Finds the instants in a sentence of ours.</summary>
internal static partial class ToldParts
{
    private const string Utc = " UTC";

    /// <summary>The sentence in order: words, and instants where there are any.</summary>
    public static IReadOnlyList<(string Words, DateTimeOffset? At)> Of(string text)
    {
        List<(string, DateTimeOffset?)> parts = [];
        var from = 0;
        foreach (var match in Instant().EnumerateMatches(text))
        {
            if (!DateTimeOffset.TryParse(text.AsSpan(match.Index, match.Length - Utc.Length), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)) continue;
            parts.Add((text[from..match.Index], null));
            parts.Add(("", at));
            from = match.Index + match.Length;
        }

        parts.Add((text[from..], null));
        return parts;
    }

    [GeneratedRegex($"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}} [0-9]{{2}}:[0-9]{{2}}(:[0-9]{{2}})?{Utc}", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Instant();
}
