using System.Text.Json;
using System.Text.RegularExpressions;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Api.Json;

/// <summary>Says in the reader's words what was wrong with a body; names of our own types never leave.</summary>
public static partial class JsonErrors
{
    /// <summary>One sentence with line and position (both from 1), and the messages by field where a field is to blame.</summary>
    public static (string Detail, Dictionary<string, IReadOnlyList<string>> Errors) Describe(JsonException exception)
    {
        var where = exception.LineNumber is { } line ? $" Line {line + 1}, position {(exception.BytePositionInLine ?? 0) + 1}." : "";
        var path = (exception.Path ?? "$").TrimStart('$').TrimStart('.');
        if (exception.InnerException is JsonException or null && IsSyntax(exception))
            return ($"The body is not JSON.{where}", []);

        if (Missing().Match(exception.Message) is { Success: true } missing)
        {
            var prefix = path.Length == 0 ? "" : path + ".";
            var names = Quoted().Matches(missing.Groups[1].Value).Select(match => prefix + match.Groups[1].Value).ToList();
            return ($"The body lacks {string.Join(", ", names)}.", names.ToDictionary(name => name, _ => (IReadOnlyList<string>)["Required."]));
        }

        var field = path.Length == 0 ? "body" : path;
        var words = Words(exception.Message);
        return ($"{field}: {words}{where}", new Dictionary<string, IReadOnlyList<string>> { [field] = [words] });
    }

    // The reader's own exceptions have its internal type as the cause; messages about values name the type they were meant for.
    private static bool IsSyntax(JsonException exception) => exception.GetType() != typeof(JsonException) || exception.InnerException is JsonException;

    private static string Words(string message)
    {
        if (message.Contains("could not be mapped", StringComparison.Ordinal)) return "Unknown field.";
        if (message.Contains("uplicate", StringComparison.Ordinal)) return "The field is given twice.";
        if (message.Contains("null", StringComparison.Ordinal) && message.Contains("type '", StringComparison.Ordinal)) return "null cannot stand here.";
        if (Target().Match(message) is { Success: true } target) return Expected(target.Groups[1].Value);
        var namesOurTypes = message.Contains("type '", StringComparison.Ordinal) || message.Contains("System.", StringComparison.Ordinal);
        return namesOurTypes ? "Not a valid value here." : message;
    }

    private static string Expected(string type)
    {
        var name = type.Replace("System.Nullable`1[", "", StringComparison.Ordinal).TrimEnd(']');
        if (typeof(AccessRequest).Assembly.GetType(name) is { IsEnum: true } choice) return $"One of {string.Join(", ", Enum.GetNames(choice))}.";
        return name switch
        {
            "System.String" => "Text is expected.",
            "System.Int32" => "A whole number is expected.",
            "System.Boolean" => "true or false is expected.",
            "System.DayOfWeek" => $"One of {string.Join(", ", Enum.GetNames<DayOfWeek>())}.",
            "System.TimeOnly" => "A time of day such as \"09:00\" is expected.",
            "System.DateOnly" => "A date such as \"2026-11-21\" is expected.",
            _ when name.Contains("List", StringComparison.Ordinal) => "A list is expected.",
            _ => "Not a valid value here.",
        };
    }

    [GeneratedRegex("missing required properties including: (.*)$", RegexOptions.NonBacktracking)]
    private static partial Regex Missing();

    [GeneratedRegex("'([^']+)'", RegexOptions.NonBacktracking)]
    private static partial Regex Quoted();

    [GeneratedRegex(@"could not be converted to ([^ ]+?)\.? ", RegexOptions.NonBacktracking)]
    private static partial Regex Target();
}
