using System.Text;

namespace AccessFunctions.Integrations.Snowflake;

/// <summary>Names as Snowflake has them: always quoted when they are used, so that nothing is folded.</summary>
internal static class SnowflakeName
{
    /// <summary>docs.snowflake.com, "Identifier requirements".</summary>
    public const int MaxLength = 255;

    /// <summary>The identifier in double quotes, whatever is in it.</summary>
    public static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>The text as a literal; a backslash begins an escape in Snowflake's single quotes.</summary>
    public static string Literal(string text) => $"'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal)}'";

    /// <summary>What is wrong with a name, or null.</summary>
    public static string? Problem(string what, string name) => name switch
    {
        { Length: 0 } => $"the {what} is empty",
        { Length: > MaxLength } => $"the {what} is longer than {MaxLength} characters",
        _ when name.Any(char.IsControl) => $"the {what} contains a control character",
        _ when !name.IsNormalized(NormalizationForm.FormC) => $"the {what} is not in Unicode's composed form",
        _ => null,
    };

    /// <summary>The names joined with dots, in quotes where they are no plain upper-case identifiers.</summary>
    public static string Path(params IEnumerable<string> names) => string.Join('.', names.Select(static name => IsPlain(name) ? name : Quote(name)));

    /// <summary>The names of a path as Snowflake shows it, without their quotes.</summary>
    public static IReadOnlyList<string> Parts(string path)
    {
        var (parts, quoted, start) = (new List<string>(), false, 0);
        for (var i = 0; i <= path.Length; i++)
        {
            if (i < path.Length && path[i] == '"') quoted = !quoted;
            if (i < path.Length && (quoted || path[i] != '.')) continue;
            parts.Add(SnowflakeAccount.Plain(path[start..i]));
            start = i + 1;
        }

        return parts;
    }

    private static bool IsPlain(string name) =>
        name.Length > 0 && (char.IsAsciiLetterUpper(name[0]) || name[0] == '_') && name.All(static c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c) || c is '_' or '$');
}
