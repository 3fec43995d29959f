using AccessFunctions.Application;

namespace AccessFunctions.Api.Pages.App;

/// <summary>How long something lasts, in two units at most.</summary>
public static class TimeLeft
{
    /// <summary><c>2 days 3 hours</c>, <c>5 minutes</c>, <c>less than a minute</c>.</summary>
    public static string Words(TimeSpan span)
    {
        if (span < TimeSpan.FromMinutes(1)) return "less than a minute";
        IEnumerable<string> parts =
        [
            .. span.Days > 0 ? [RequestWords.Count(span.Days, "day")] : Array.Empty<string>(),
            .. span.Hours > 0 ? [RequestWords.Count(span.Hours, "hour")] : Array.Empty<string>(),
            .. span.Minutes > 0 ? [RequestWords.Count(span.Minutes, "minute")] : Array.Empty<string>(),
        ];
        return string.Join(' ', parts.Take(2));
    }
}
