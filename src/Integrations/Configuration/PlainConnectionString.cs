using System.Text.RegularExpressions;

namespace AccessFunctions.Integrations.Configuration;

/// <summary>
/// Connection strings that people may see and set: each part once and without quotes, and none that is a secret, names a file of the host, or lets the host sign
/// in as itself.
/// </summary>
internal static partial class PlainConnectionString
{
    private const string Password = "Password";
    private static readonly string[] Parts = ["Host", "Port", "Database", "Username", Password, "SSL Mode", "Application Name"];

    /// <summary>Why a connection string is none; null: it is one.</summary>
    public static string? Fault(string text)
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var part in text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (part.Split('=', 2, StringSplitOptions.TrimEntries) is not [var name, var value] || !Parts.Contains(name, StringComparer.OrdinalIgnoreCase))
                return $"is made of {string.Join(", ", Parts)} here, each with a value, separated by semicolons";
            if (!seen.Add(name)) return $"has {name} twice";
            if (string.Equals(name, Password, StringComparison.OrdinalIgnoreCase))
            {
                if (!EnvironmentVariable.Is(value)) return "writes a password out, which everybody who decides would see: name an environment variable of the host, such as Password=${PLATFORM_SECRET}";
            }
            else if (!Plain().IsMatch(value))
            {
                return $"has a value of {name} that is no name, address or number: variables stand for the password alone, and no path of the host can be named";
            }
        }

        return seen.Contains(Password) ? null : "names no password: without one the host would sign in as itself. Name an environment variable of it, such as Password=${PLATFORM_SECRET}";
    }

    [GeneratedRegex(@"\A[\p{L}\p{Nd}][\p{L}\p{Nd} ._:@+-]*\z", RegexOptions.NonBacktracking)]
    private static partial Regex Plain();
}

/// <summary>The environment variables that settings name.</summary>
internal static partial class EnvironmentVariable
{
    /// <summary>True where the text is one variable and nothing else.</summary>
    public static bool Is(string text) => Named().Match(text) is { Success: true, Length: var length } && length == text.Length;

    /// <summary>The names of the variables in a text.</summary>
    public static IEnumerable<string> Names(string? text) => text is null ? [] : Named().Matches(text).Select(static match => match.Groups[1].Value);

    /// <summary>Puts values in.</summary>
    /// <param name="value">The value of a name.</param>
    public static string PutIn(string text, Func<string, string> value) => Named().Replace(text, match => value(match.Groups[1].Value));

    [GeneratedRegex(@"\$\{([A-Za-z_][A-Za-z0-9_]*)\}", RegexOptions.NonBacktracking)]
    private static partial Regex Named();
}
