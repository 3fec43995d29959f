using System.Globalization;
using AccessFunctions.Api.Pages.App;
using AccessFunctions.Application;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Api.Pages.Board;

/// <summary>What the newest requests of a list say in numbers.</summary>
/// <param name="Counted">How many requests were counted.</param>
/// <param name="More">True where older ones were left out.</param>
/// <param name="ByStatus">How many of each status, all of them named.</param>
/// <param name="Emergencies">How many with a declared emergency.</param>
/// <param name="TimeToDecision">The median; null where nobody decided anything.</param>
public sealed record BoardNumbers(
    int Counted, bool More, IReadOnlyDictionary<Status, int> ByStatus, int Emergencies, TimeSpan? TimeToDecision, IReadOnlyList<Chart> Charts)
{
    /// <summary>At most so many are counted, so that the page costs the same however many there are.</summary>
    public const int Most = 500;

    private const int LeastDays = 7, MostDays = 30, MostPlatforms = 8;

    private static readonly (TimeSpan Below, string Label)[] Waits =
    [
        (TimeSpan.FromMinutes(5), "under 5 min"), (TimeSpan.FromMinutes(15), "5 to 15 min"), (TimeSpan.FromHours(1), "15 to 60 min"),
        (TimeSpan.FromHours(4), "1 to 4 hours"), (TimeSpan.FromDays(1), "4 to 24 hours"), (TimeSpan.MaxValue, "1 day or more"),
    ];

    /// <summary>Counts.</summary>
    /// <param name="requests">Newest first.</param>
    /// <param name="more">True where there are older ones.</param>
    /// <param name="zone">Whose days are meant.</param>
    public static BoardNumbers Of(IReadOnlyList<AccessRequest> requests, bool more, TimeZoneInfo zone)
    {
        List<TimeSpan> waits = [.. requests.Select(Wait).OfType<TimeSpan>().Order()];
        return new BoardNumbers(requests.Count, more,
            Enum.GetValues<Status>().ToDictionary(static status => status, status => requests.Count(request => request.Phase.Status() == status)),
            requests.Count(static request => request.Emergency is not null),
            waits.Count == 0 ? null : waits[waits.Count / 2],
            [
                new Chart("requests-per-day", "Requests per day", "Day", PerDay(requests, requests, zone), Upright: true),
                new Chart("time-to-decision", "Time to decision", "Time", [.. Waits.Select((wait, index) => new ChartBar(wait.Label, waits.Count(span => span < wait.Below && (index == 0 || span >= Waits[index - 1].Below))))]),
                new Chart("active-by-platform", "Active access by platform", "Platform", Platforms(requests)),
                new Chart("emergencies-per-day", "Emergencies per day", "Day", PerDay(requests, [.. requests.Where(static request => request.Emergency is not null)], zone), Upright: true),
            ]);
    }

    /// <summary>From submission to the review that decided; null where it was not decided by people.</summary>
    private static TimeSpan? Wait(AccessRequest request)
    {
        if (request.Emergency is not null || request.Phase == Phase.Open || request.Outcome is Outcome.Cancelled or Outcome.Lapsed) return null;
        var verdict = request.Phase == Phase.Denied ? Verdict.Deny : Verdict.Approve;
        var decisive = request.Reviews.Where(review => review.Counted && review.Verdict == verdict).Select(static review => review.At).DefaultIfEmpty().Max();
        return decisive == default ? null : decisive - request.CreatedAt;
    }

    /// <summary>The days up to the newest of all, so that charts of parts have the same days.</summary>
    private static List<ChartBar> PerDay(IReadOnlyList<AccessRequest> all, IReadOnlyList<AccessRequest> counted, TimeZoneInfo zone)
    {
        if (all.Count == 0) return [];
        var (oldest, newest) = (Day(all.Min(static request => request.CreatedAt)), Day(all.Max(static request => request.CreatedAt)));
        var days = Math.Clamp(newest.DayNumber - oldest.DayNumber + 1, LeastDays, MostDays);
        var perDay = counted.CountBy(request => Day(request.CreatedAt)).ToDictionary();
        return [.. Enumerable.Range(1 - days, days).Select(newest.AddDays).Select(day => new ChartBar(day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), perDay.GetValueOrDefault(day)))];

        DateOnly Day(DateTimeOffset at) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, zone).Date);
    }

    private static List<ChartBar> Platforms(IReadOnlyList<AccessRequest> requests)
    {
        List<ChartBar> bars =
        [
            .. requests.SelectMany(LiveGrants.Of).CountBy(static grant => Resources.PlatformOf(grant.Resource))
                .Select(static pair => new ChartBar(pair.Key, pair.Value)).OrderByDescending(static bar => bar.Value).ThenBy(static bar => bar.Label, StringComparer.Ordinal),
        ];
        return bars.Count <= MostPlatforms ? bars : [.. bars.Take(MostPlatforms - 1), new ChartBar("others", bars.Skip(MostPlatforms - 1).Sum(static bar => bar.Value))];
    }
}
