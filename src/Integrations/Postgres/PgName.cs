using System.Globalization;
using System.Text;

namespace AccessFunctions.Integrations.Postgres;

/// <summary>Names as PostgreSQL has them: quoted when they are used, refused where the server would cut them off.</summary>
internal static class PgName
{
    /// <summary>NAMEDATALEN - 1. A longer name would silently mean another one.</summary>
    public const int MaxBytes = 63;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The identifier in double quotes, whatever is in it.</summary>
    public static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>The text as a literal; with a backslash in it as an escape string, so that no server setting changes what it means.</summary>
    public static string Literal(string text)
    {
        var quoted = text.Replace("'", "''", StringComparison.Ordinal);
        return quoted.Contains('\\', StringComparison.Ordinal) ? $"E'{quoted.Replace("\\", "\\\\", StringComparison.Ordinal)}'" : $"'{quoted}'";
    }

    /// <summary>A UTC instant as PostgreSQL reads it under every setting.</summary>
    public static string Literal(DateTimeOffset instant) => $"'{instant.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture)}+00'";

    /// <summary>What is wrong with a name, or null.</summary>
    public static string? Problem(string what, string name)
    {
        if (name.Length == 0)
            return $"the {what} is empty";
        if (name.Any(char.IsControl))
            return $"the {what} contains a control character";
        try
        {
            return Strict.GetByteCount(name) > MaxBytes ? $"the {what} is longer than {MaxBytes} bytes" : null;
        }
        catch (EncoderFallbackException)
        {
            return $"the {what} is not valid Unicode";
        }
    }

    /// <summary>
    /// Reads <c>name</c> or <c>name.name</c>. A name is letters, digits, <c>_</c>, <c>$</c> and <c>-</c>, or anything in double quotes with <c>""</c> for
    /// one of them. The case is kept: nothing is folded.
    /// </summary>
    /// <returns>What is wrong, or null.</returns>
    public static string? ParsePath(string path, out IReadOnlyList<string> names)
    {
        names = [];
        var found = new List<string>();
        for (var at = 0; ;)
        {
            if (ReadName(path, ref at) is not { } name)
                return "the path is not name or name.name (other characters than letters, digits, _, $ and - need double quotes)";
            if (Problem("path", name) is { } problem)
                return problem;
            found.Add(name);
            if (at == path.Length)
                break;
            if (path[at++] != '.' || found.Count == 2)
                return "the path has more than schema and object";
        }
        names = found;
        return null;
    }

    /// <summary>The path as <see cref="ParsePath"/> reads it, with quotes only where they are needed.</summary>
    public static string FormatPath(params IEnumerable<string> names) => string.Join('.', names.Select(name => name.Length > 0 && name.All(IsPlain) ? name : Quote(name)));

    private static string? ReadName(string path, ref int at)
    {
        if (at < path.Length && path[at] == '"')
        {
            var name = new StringBuilder();
            for (at++; at < path.Length; at++)
            {
                if (path[at] != '"')
                    name.Append(path[at]);
                else if (at + 1 < path.Length && path[at + 1] == '"')
                    name.Append(path[++at]);
                else
                {
                    at++;
                    return name.ToString();
                }
            }
            return null;
        }
        var start = at;
        while (at < path.Length && IsPlain(path[at]))
            at++;
        return at > start && (at == path.Length || path[at] == '.') ? path[start..at] : null;
    }

    private static bool IsPlain(char c) => char.IsLetterOrDigit(c) || c is '_' or '$' or '-';
}
