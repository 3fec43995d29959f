using System.Globalization;
using AccessFunctions.Api.Pages.App;
using AccessFunctions.Application.Inventory;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Api.Pages.Board;

/// <summary>What the requests of a list say in numbers.</summary>
/// <param name="Counted">How many requests were counted.</param>
/// <param name="More">True where older ones were left out.</param>
/// <param name="ByStatus">How many of each status, all of them named.</param>
/// <param name="Emergencies">How many with a declared emergency.</param>
/// <param name="TimeToDecision">The median of the newest; null where nobody decided any of them.</param>
public sealed record BoardNumbers(
    int Counted, bool More, IReadOnlyDictionary<Status, int> ByStatus, int Emergencies, TimeSpan? TimeToDecision, IReadOnlyList<Chart> Charts)
{
    /// <summary>Of so many, the newest, more is read than an index says: who decided when, and which access there is.</summary>
    public const int Read = 150;

    private const int LeastDays = 7, MostDays = 30, MostPlatforms = 8;

    private static readonly (TimeSpan Below, string Label)[] Waits =
    [
        (TimeSpan.FromMinutes(5), "under 5 min"), (TimeSpan.FromMinutes(15), "5 to 15 min"), (TimeSpan.FromHours(1), "15 to 60 min"),
        (TimeSpan.FromHours(4), "1 to 4 hours"), (TimeSpan.FromDays(1), "4 to 24 hours"), (TimeSpan.MaxValue, "1 day or more"),
    ];

    /// <summary>Counts.</summary>
    /// <param name="counts">Of all that the filters mean.</param>
    /// <param name="newest">The newest of them, about <see cref="Read"/>.</param>
    /// <param name="active">The newest active ones of them, at most <see cref="Read"/>.</param>
    /// <param name="zone">Whose days are meant.</param>
    public static BoardNumbers Of(RequestCounts counts, Page<AccessRequest> newest, Page<AccessRequest> active, TimeZoneInfo zone)
    {
        List<TimeSpan> waits = [.. newest.Items.Select(Wait).OfType<TimeSpan>().Order()];
        return new BoardNumbers(counts.Total, counts.More,
            Enum.GetValues<Status>().ToDictionary(static status => status, status => counts.Cells.Where(cell => cell.Phase.Status() == status).Sum(static cell => cell.Number)),
            counts.Cells.Where(static cell => cell.Emergency).Sum(static cell => cell.Number),
            waits.Count == 0 ? null : waits[waits.Count / 2],
            [
                new Chart("requests-per-day", "Requests per day", "Day", PerDay(counts.Cells, static _ => true, zone), Upright: true),
                new Chart("time-to-decision", $"Time to decision{OfNewest(newest)}", "Time",
                    [.. Waits.Select((wait, index) => new ChartBar(wait.Label, waits.Count(span => span < wait.Below && (index == 0 || span >= Waits[index - 1].Below))))]),
                new Chart("active-by-platform", $"Active access by platform{OfNewest(active)}", "Platform", Platforms(active.Items)),
                new Chart("emergencies-per-day", "Emergencies per day", "Day", PerDay(counts.Cells, static cell => cell.Emergency, zone), Upright: true),
            ]);
    }

    private static string OfNewest(Page<AccessRequest> page) => page.Next is null ? "" : $" (the newest {page.Items.Count})";

    /// <summary>From submission to the review that decided; null where it was not decided by people.</summary>
    private static TimeSpan? Wait(AccessRequest request)
    {
        if (request.Emergency is not null || request.Phase == Phase.Open || request.Outcome is Outcome.Cancelled or Outcome.Lapsed) return null;
        var verdict = request.Phase == Phase.Denied ? Verdict.Deny : Verdict.Approve;
        var decisive = request.Reviews.Where(review => review.Counted && review.Verdict == verdict).Select(static review => review.At).DefaultIfEmpty().Max();
        return decisive == default ? null : decisive - request.CreatedAt;
    }

    /// <summary>The days up to the newest of all, so that charts of parts have the same days.</summary>
    private static List<ChartBar> PerDay(IReadOnlyList<RequestCount> all, Func<RequestCount, bool> counted, TimeZoneInfo zone)
    {
        if (all.Count == 0) return [];
        var perDay = all.GroupBy(cell => Day(cell.From)).ToDictionary(static day => day.Key, day => day.Where(counted).Sum(static cell => cell.Number));
        var (oldest, newest) = (perDay.Keys.Min(), perDay.Keys.Max());
        var days = Math.Clamp(newest.DayNumber - oldest.DayNumber + 1, LeastDays, MostDays);
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
