using System.Globalization;
using System.Text.RegularExpressions;

namespace AccessFunctions.Integrations.Audit;

/// <summary>An audit file, and what its name says: the day and, from the second file of a day on, its number.</summary>
internal sealed partial record AuditFile(string Path, DateOnly Day, int Number)
{
    private const string DayFormat = "yyyy-MM-dd";

    /// <summary>Where a day's file of that number is, from 1.</summary>
    public static string PathOf(string directory, DateOnly day, int number) => System.IO.Path.Combine(
        directory, string.Create(CultureInfo.InvariantCulture, $"audit-{day.ToString(DayFormat, CultureInfo.InvariantCulture)}{(number == 1 ? "" : $".{number}")}.jsonl"));

    /// <summary>Those that are there, in no order; other files are not seen.</summary>
    public static IReadOnlyList<AuditFile> In(string directory)
    {
        List<AuditFile> found = [];
        foreach (var path in Directory.EnumerateFiles(directory, "audit-*.jsonl"))
        {
            if (FileName().Match(System.IO.Path.GetFileName(path)) is not { Success: true } name) continue;
            if (!DateOnly.TryParseExact(name.Groups["day"].ValueSpan, DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)) continue;
            found.Add(new AuditFile(path, day, name.Groups["number"].Success ? int.Parse(name.Groups["number"].ValueSpan, CultureInfo.InvariantCulture) : 1));
        }

        return found;
    }

    [GeneratedRegex(@"\Aaudit-(?<day>\d{4}-\d{2}-\d{2})(\.(?<number>[1-9]\d{0,5}))?\.jsonl\z", RegexOptions.ExplicitCapture)]
    private static partial Regex FileName();
}
