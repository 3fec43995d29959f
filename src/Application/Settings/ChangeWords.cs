using System.Security.Cryptography;
using System.Text;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Application.Settings;

/// <summary>How pages and messages tell of a change of settings. Values are as people gave them, so whoever shows them escapes.</summary>
public static class ChangeWords
{
    /// <summary>The lines that differ, with those around them.</summary>
    public static IReadOnlyList<DiffLine> Lines(SettingsChange change) => change switch
    {
        { Before: null, After: { } made } => [.. made.Split('\n').Select(static line => new DiffLine(LineChange.Added, line))],
        { Before: { } gone, After: null } => [.. gone.Split('\n').Select(static line => new DiffLine(LineChange.Removed, line))],
        _ => TextDiff.Of(change.Before ?? "", change.After ?? ""),
    };

    /// <summary>What it comes to, in a sentence: <c>3 lines added, 1 line removed, against version 1a2b3c</c>.</summary>
    public static string Summary(SettingsChange change)
    {
        if (change.After is null) return $"removes the document, which is at version {change.Base}";
        var lines = Lines(change);
        var counts = $"{Count(lines, LineChange.Added)} added, {Count(lines, LineChange.Removed)} removed";
        return change.Base is { } version ? $"{counts}, against version {version}" : $"a new document: {counts}";
    }

    /// <summary>The lines as text for a message, each with its sign, at most so many; null: there is none.</summary>
    public static string? Text(SettingsChange? change, int most)
    {
        if (change is null) return null;
        var lines = Lines(change);
        var shown = lines.Take(most).Select(static line => line.Change switch
        {
            LineChange.Added => $"+ {line.Text}",
            LineChange.Removed => $"- {line.Text}",
            LineChange.Same => $"  {line.Text}",
            LineChange.Skipped => "…",
        });
        return string.Join('\n', lines.Count > most ? shown.Append($"… and {RequestWords.Count(lines.Count - most, "line")} more: open the request to see all of it.") : shown);
    }

    /// <summary>SHA-256 of the document that is applied, in lower-case hex; of nothing where it goes.</summary>
    public static string Hash(SettingsChange change) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(change.After ?? "")));

    private static string Count(IEnumerable<DiffLine> lines, LineChange change) => RequestWords.Count(lines.Count(line => line.Change == change), "line");
}
