using System.Text;

namespace AccessFunctions.Domain.Policy;

/// <summary>
/// A resource pattern such as <c>pg-prod/analytics*</c> or <c>vault/[#USERNAME#]/*</c>. It is parsed first, so that an inserted user
/// name is literal; <c>*</c> stands for any run of characters, none included, within one segment; comparison is ordinal.
/// </summary>
public sealed class Pattern
{
    public const string UserName = "[#USERNAME#]";
    public const int MaxLength = 400;

    // A part is literal text, or one of these two; neither can be text, because brackets and '*' are not.
    private const string Star = "*";
    private readonly string[][] _segments;

    private Pattern(string text, string[][] segments)
    {
        (Text, _segments) = (text, segments);
        NamesUser = segments.Any(parts => parts.Contains(UserName, StringComparer.Ordinal));
    }

    /// <summary>The pattern as written.</summary>
    public string Text { get; }

    /// <summary>True where the user name is part of it.</summary>
    public bool NamesUser { get; }

    /// <summary>Reads a pattern.</summary>
    /// <param name="text">What is written.</param>
    /// <param name="pattern">The pattern; null where the text is not one.</param>
    /// <param name="error">What is wrong and what to do, for people; null where nothing is.</param>
    public static bool TryParse(string? text, out Pattern? pattern, out string? error)
    {
        pattern = null;
        error = Fault(text);
        if (error is not null) return false;
        var segments = text!.Split('/');
        var parsed = new string[segments.Length][];
        for (var i = 0; i < segments.Length; i++)
        {
            if (segments[i].Length == 0) error = $"\"{text}\" has an empty segment: write platform/path, such as \"pg-prod/analytics*\"";
            else if (Parts(segments[i]) is { } parts) parsed[i] = parts;
            else error = $"\"{text}\": brackets are only allowed as {UserName}";
            if (error is not null) return false;
        }

        pattern = new Pattern(text, parsed);
        return true;
    }

    /// <summary>True where a user name can be inserted: not empty, and without <c>*</c>, <c>/</c>, brackets and control characters.</summary>
    public static bool CanInsert(string? userName) => !string.IsNullOrEmpty(userName) && !userName.Any(c => c is '*' or '/' or '[' or ']' || char.IsControl(c));

    /// <summary>True where the resource fits. A pattern that names the user fits nothing for a user name that cannot be inserted.</summary>
    public bool Matches(string resource, string userName)
    {
        if (NamesUser && !CanInsert(userName)) return false;
        var rest = resource.AsSpan();
        for (var i = 0; i < _segments.Length; i++)
        {
            var slash = rest.IndexOf('/');
            var last = i == _segments.Length - 1;
            if (last != slash < 0) return false;
            if (!Fits(_segments[i], last ? rest : rest[..slash], userName)) return false;
            if (!last) rest = rest[(slash + 1)..];
        }

        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => Text;

    private static string? Fault(string? text) =>
        string.IsNullOrEmpty(text) ? "a pattern is missing: write platform/path, such as \"pg-prod/analytics*\""
        : text.Length > MaxLength ? $"a pattern has at most {MaxLength} characters"
        : text.Any(char.IsControl) ? "a pattern cannot hold control characters"
        : !text.Contains('/', StringComparison.Ordinal) ? $"\"{text}\" names no path: write platform/path, such as \"{text}/*\""
        : null;

    private static string[]? Parts(string segment)
    {
        var parts = new List<string>();
        var literal = new StringBuilder();
        for (var i = 0; i < segment.Length; i++)
        {
            if (segment[i] == '*')
            {
                Flush();
                if (parts.Count == 0 || parts[^1] != Star) parts.Add(Star);
            }
            else if (string.CompareOrdinal(segment, i, UserName, 0, UserName.Length) == 0)
            {
                Flush();
                parts.Add(UserName);
                i += UserName.Length - 1;
            }
            else if (segment[i] is '[' or ']')
            {
                return null;
            }
            else
            {
                literal.Append(segment[i]);
            }
        }

        Flush();
        return [.. parts];

        void Flush()
        {
            if (literal.Length > 0) parts.Add(literal.ToString());
            literal.Clear();
        }
    }

    /// <summary>Fits text to parts: on a mismatch only the last star is widened, which is enough and stays quadratic at worst.</summary>
    private static bool Fits(string[] parts, ReadOnlySpan<char> text, string userName)
    {
        int part = 0, at = 0, star = -1, starAt = 0;
        while (true)
        {
            if (part < parts.Length && ReferenceEquals(parts[part], Star))
            {
                (star, starAt) = (part++, at);
                continue;
            }

            var literal = part == parts.Length ? default : parts[part] == UserName ? userName.AsSpan() : parts[part].AsSpan();
            if (part == parts.Length && at == text.Length) return true;
            if (part < parts.Length && text[at..].StartsWith(literal, StringComparison.Ordinal))
            {
                at += literal.Length;
                part++;
                continue;
            }

            if (star < 0 || starAt >= text.Length) return false;
            (part, at) = (star + 1, ++starAt);
        }
    }
}
