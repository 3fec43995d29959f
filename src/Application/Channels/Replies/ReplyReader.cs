using System.Globalization;
using System.Text;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Application.Channels.Replies;

/// <summary>What a reply says.</summary>
/// <param name="Verdict">Null where its first line is neither word.</param>
/// <param name="Comment">The rest of the sender's own words; null where there are none.</param>
public sealed record Reply(Verdict? Verdict, string? Comment);

/// <summary>
/// Finds what the sender wrote among what they quoted, signed and had appended, and reads the word on its first line (design, section 6). A
/// mark that is not known leaves a line that is no such word, and then nothing is decided.
/// </summary>
public static class ReplyReader
{
    /// <summary>Characters of a comment; what is beyond is left out.</summary>
    public const int LongestComment = 2000;

    private const string Approve = "APPROVE";
    private const string Disapprove = "DISAPPROVE";

    /// <summary>Reads the text of a mail.</summary>
    public static Reply Read(string text)
    {
        List<string> own = [.. OwnLines(text).SkipWhile(line => line.Length == 0)];
        return own.Count == 0 || VerdictOf(own[0]) is not { } verdict ? new Reply(null, null) : new Reply(verdict, Comment(own.Skip(1)));
    }

    private static IEnumerable<string> OwnLines(string text)
    {
        var lines = text.ReplaceLineEndings("\n").Split('\n').Select(Trimmed).ToList();
        for (var i = 0; i < lines.Count; i++)
        {
            var line = lines[i];
            if (line.Length == 0) yield return line;
            if (line.Length == 0 || ReplyMarks.IsQuoted(line)) continue;
            if (ReplyMarks.EndsOwnWords(lines, i)) yield break;
            if (ReplyMarks.Attribution(lines, i) is { } attribution)
            {
                // Without marks, where the quote ends cannot be seen: then all that follows is taken for it.
                if (!attribution.QuoteFollows) yield break;
                i += attribution.Lines - 1;
                continue;
            }

            if (!ReplyMarks.IsDeviceSignature(line)) yield return line;
        }
    }

    private static Verdict? VerdictOf(string line)
    {
        var (start, end) = (0, line.Length);
        while (start < end && IsBlankOrPunctuation(line[start])) start++;
        while (end > start && IsBlankOrPunctuation(line[end - 1])) end--;
        var word = line.AsSpan(start, end - start);
        return word.Equals(Approve, StringComparison.OrdinalIgnoreCase) ? Verdict.Approve
            : word.Equals(Disapprove, StringComparison.OrdinalIgnoreCase) ? Verdict.Deny
            : null;
    }

    private static string? Comment(IEnumerable<string> lines)
    {
        var text = new StringBuilder();
        var blanks = 0;
        foreach (var line in lines)
        {
            blanks = line.Length == 0 ? blanks + 1 : 0;
            if (blanks > 1 || (blanks == 1 && text.Length == 0)) continue;
            if (text.Length > 0) text.Append('\n');
            foreach (var c in line) text.Append(char.IsControl(c) ? ' ' : c);
            if (text.Length > LongestComment) break;
        }

        var comment = text.ToString().TrimEnd();
        if (comment.Length > LongestComment) comment = comment[..(char.IsHighSurrogate(comment[LongestComment - 1]) ? LongestComment - 1 : LongestComment)];
        return comment.Length == 0 ? null : comment;
    }

    /// <summary>Without blanks at its ends, of whatever kind; half a character outside the basic plane counts as none.</summary>
    private static string Trimmed(string line)
    {
        var (start, end) = (0, line.Length);
        while (start < end && IsBlank(line[start])) start++;
        while (end > start && IsBlank(line[end - 1])) end--;
        return line[start..end];
    }

    private static bool IsBlank(char c) =>
        char.IsWhiteSpace(c) || char.IsControl(c) || char.GetUnicodeCategory(c) is UnicodeCategory.Format;

    private static bool IsBlankOrPunctuation(char c) => IsBlank(c) || char.IsPunctuation(c);
}
