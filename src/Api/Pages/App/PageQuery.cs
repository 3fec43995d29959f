using System.Globalization;
using AccessFunctions.Api.Handlers;
using Microsoft.AspNetCore.Http;

namespace AccessFunctions.Api.Pages.App;

/// <summary>The filters in a page's address, to be shown in its form again, changed by links, and read as days.</summary>
/// <param name="Path">The page's path.</param>
/// <param name="Given">What is filtered by, in the order of the address; paging is not among it.</param>
public sealed record PageQuery(string Path, IReadOnlyList<KeyValuePair<string, string>> Given)
{
    private static readonly string[] Paging = ["cursor", "limit"];

    /// <summary>True where anything is filtered.</summary>
    public bool Any => Given.Count > 0;

    /// <summary>The value of a filter; null where it is not given.</summary>
    public string? this[string name] => Given.FirstOrDefault(pair => pair.Key == name).Value;

    /// <summary>Reads an address; empty filters, which a form sends, are none.</summary>
    /// <param name="aside">Parameters that are no filters, besides those of paging.</param>
    internal static PageQuery Of(HttpRequest request, params string[] aside) => new(request.Path.Value ?? "/",
    [
        .. request.Query.Where(pair => !Paging.Contains(pair.Key, StringComparer.Ordinal) && !aside.Contains(pair.Key, StringComparer.Ordinal) && pair.Value.ToString().Length > 0)
            .Select(static pair => new KeyValuePair<string, string>(pair.Key, pair.Value.ToString())),
    ]);

    /// <summary>The page's address with one parameter set, or, with null, without it.</summary>
    public string With(string name, string? value) => Address(Path, value is null ? Except(name) : Except(name).Append(new(name, value)));

    /// <summary>An address with a query.</summary>
    internal static string Address(string path, IEnumerable<KeyValuePair<string, string>> query) =>
        path + QueryString.Create(query.Select(static pair => new KeyValuePair<string, string?>(pair.Key, pair.Value)));

    /// <summary>The first instant of a day in the reader's zone; null where the filter is not given.</summary>
    /// <param name="after">True: the first instant of the day after it, for a last day that counts.</param>
    /// <param name="errors">Gets a message where it is no day.</param>
    internal static DateTimeOffset? Day(QueryReader query, string name, TimeZoneInfo zone, bool after, List<PageError> errors)
    {
        if (query.Text(name) is not { } text) return null;
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day.Year is >= 2000 and < 2200)
            return StartOf(after ? day.AddDays(1) : day, zone);
        errors.Add(new PageError(name, "A date such as 2026-11-21 is expected."));
        return null;
    }

    // Where clocks are put forward at midnight, the day begins at the first time there is.
    private static DateTimeOffset StartOf(DateOnly day, TimeZoneInfo zone)
    {
        var local = day.ToDateTime(TimeOnly.MinValue);
        while (zone.IsInvalidTime(local)) local = local.AddMinutes(15);
        return new DateTimeOffset(local, zone.GetUtcOffset(local)).ToUniversalTime();
    }

    private IEnumerable<KeyValuePair<string, string>> Except(string name) => Given.Where(pair => pair.Key != name);
}
