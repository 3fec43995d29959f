using System.Globalization;

namespace AccessFunctions.Api.Pages.App;

/// <summary>Times as a form's <c>datetime-local</c> fields hold them: wall-clock time of the reader's zone.</summary>
internal static class PageTimes
{
    /// <summary>The field of a form that says which zone its times are of.</summary>
    public const string ZoneField = "zone";

    private static readonly string[] Shapes = ["yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd HH:mm"];

    /// <summary>The instant; null where the text is no time, or one that the zone's clocks skip.</summary>
    public static DateTimeOffset? Read(string? text, TimeZoneInfo zone) =>
        DateTime.TryParseExact(text, Shapes, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local) && local.Year is > 1900 and < 9000 && !zone.IsInvalidTime(local)
            ? new DateTimeOffset(local, zone.GetUtcOffset(local)).ToUniversalTime()
            : null;

    /// <summary>An instant for a field.</summary>
    public static string Write(DateTimeOffset at, TimeZoneInfo zone) => TimeZoneInfo.ConvertTime(at, zone).ToString(Shapes[0], CultureInfo.InvariantCulture);

    /// <summary>What is wrong with a time that was given and cannot be read; null: nothing.</summary>
    /// <param name="what">The field in words: <c>start</c>.</param>
    public static string? Fault(string? text, TimeZoneInfo zone, string what) =>
        text is null || Read(text, zone) is not null ? null : $"The {what} is not a date and time such as 2026-11-21 09:00.";
}
