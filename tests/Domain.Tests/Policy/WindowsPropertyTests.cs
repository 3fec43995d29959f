using AccessFunctions.Domain.Policy;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace AccessFunctions.Domain.Tests.Policy;

// A test package brings a namespace of that name along.
using Windows = AccessFunctions.Domain.Policy.Windows;

/// <summary>Windows against a scan of every minute, which reads the wall clock forwards and knows no rule of the zone.</summary>
public sealed class WindowsPropertyTests
{
    private const int Days = 9;
    private static readonly string[] Zones = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo", "Asia/Kathmandu", "UTC"];

    // Days before a change of the clocks in one zone or another, and one without any.
    private static readonly DateTime[] Beginnings =
        [new(2026, 3, 26), new(2026, 10, 22), new(2026, 3, 5), new(2026, 10, 29), new(2018, 2, 14), new(2018, 11, 1), new(2026, 4, 2), new(2028, 2, 26), new(2026, 7, 1)];

    private sealed record Case(string Zone, DateTimeOffset From, Window[] Windows, Freeze[] Freezes, int At, int Length);

    private static Gen<Case> Cases()
    {
        var time = Gen.Choose(0, 95).Select(quarter => new TimeOnly(quarter / 4, quarter % 4 * 15));
        var days = Gen.SubListOf(Enum.GetValues<DayOfWeek>()).Select(list => (IReadOnlyList<DayOfWeek>)[.. list]);
        var window =
            from weekdays in days
            from start in time
            from end in time
            from bounded in Gen.Choose(0, 5)
            from offset in Gen.Choose(0, Days)
            select (weekdays, start, end, bounded, offset);
        return
            from zone in Gen.Elements(Zones)
            from beginning in Gen.Elements(Beginnings)
            from parts in window.ListOf().Where(list => list.Count is > 0 and < 4)
            from freezes in Gen.Choose(0, Days * 24 * 60).Zip(Gen.Choose(0, 600)).ListOf().Where(list => list.Count < 3)
            from at in Gen.Choose(0, 6 * 24 * 60)
            from length in Gen.Choose(0, 2 * 24 * 60)
            select Build(zone, beginning, parts, freezes, at, length);
    }

    private static Case Build(
        string zone, DateTime beginning, IEnumerable<(IReadOnlyList<DayOfWeek> Days, TimeOnly Start, TimeOnly End, int Bounded, int Offset)> parts, IEnumerable<(int At, int Length)> freezes, int at, int length)
    {
        var from = new DateTimeOffset(beginning, TimeSpan.Zero);
        var date = DateOnly.FromDateTime(beginning);
        var windows = parts.Select(part => new Window
        {
            Days = part.Days,
            From = part.Start,
            To = part.End,
            FirstDate = part.Bounded == 1 ? date.AddDays(part.Offset) : null,
            LastDate = part.Bounded == 2 ? date.AddDays(part.Offset) : null,
        });
        return new Case(zone, from, [.. windows], [.. freezes.Select(freeze => new Freeze(from.AddMinutes(freeze.At), from.AddMinutes(freeze.At + freeze.Length)))], at, length);
    }

    /// <summary>True for every minute from two days before the case's first that lies in a window.</summary>
    private static bool[] Scan(Case given, out int origin)
    {
        origin = 2 * 24 * 60;
        var zone = TimeZoneInfo.FindSystemTimeZoneById(given.Zone);
        var minutes = (Days + 4) * 24 * 60;
        var wall = new DateTime[minutes];
        for (var i = 0; i < minutes; i++) wall[i] = TimeZoneInfo.ConvertTimeFromUtc(given.From.UtcDateTime.AddMinutes(i - origin), zone);
        var open = new bool[minutes];
        foreach (var window in given.Windows)
        {
            for (var day = DateOnly.FromDateTime(wall[0]).AddDays(-1); day <= DateOnly.FromDateTime(wall[^1]); day = day.AddDays(1))
            {
                if (window.Days.Count > 0 && !window.Days.Contains(day.DayOfWeek)) continue;
                if (day < window.FirstDate || day > window.LastDate) continue;
                var (start, end) = (day.ToDateTime(window.From), (window.To > window.From ? day : day.AddDays(1)).ToDateTime(window.To));
                var first = wall[0] > start ? 0 : Array.FindIndex(wall, shown => shown >= start);
                var last = Array.FindLastIndex(wall, shown => shown == end);
                if (last < 0) last = Array.FindIndex(wall, shown => shown > end);
                if (last < 0) last = minutes;
                for (var i = first; first >= 0 && i < last; i++) open[i] = true;
            }
        }

        return open;
    }

    private static Config Quick => Config.QuickThrowOnFailure.WithMaxTest(150);

    [Fact]
    public void FirstUsableAndUsableUntil_AgreeWithTheScan()
    {
        Check.One(Quick, Prop.ForAll(Cases().ToArbitrary(), given =>
        {
            var open = Scan(given, out var origin);
            for (var i = 0; i < open.Length; i++)
            {
                var instant = given.From.AddMinutes(i - origin);
                open[i] &= !given.Freezes.Any(freeze => freeze.From <= instant && instant < freeze.To);
            }

            var at = given.From.AddMinutes(given.At);
            var bound = at.AddMinutes(given.Length);
            var index = Array.FindIndex(open, origin + given.At, given.Length + 1, usable => usable);
            DateTimeOffset? expected = index < 0 ? null : given.From.AddMinutes(index - origin);
            Assert.Equal(expected, Windows.FirstUsable(at, bound, given.Windows, given.Freezes, given.Zone));

            var until = origin + given.At;
            while (until < origin + given.At + given.Length && open[until]) until++;
            Assert.Equal(given.From.AddMinutes(until - origin), Windows.UsableUntil(at, bound, given.Windows, given.Freezes, given.Zone));
        }));
    }

    [Fact]
    public void OverlapsAndNextStart_AgreeWithTheScan()
    {
        Check.One(Quick, Prop.ForAll(Cases().ToArbitrary(), given =>
        {
            var open = Scan(given, out var origin);
            var (first, last) = (origin + given.At, origin + given.At + given.Length);
            var (from, to) = (given.From.AddMinutes(given.At), given.From.AddMinutes(given.At + given.Length));
            Assert.Equal(open.AsSpan(first..Math.Max(last, first + 1)).Contains(true), Windows.Overlaps(from, to, given.Windows, given.Zone));

            DateTimeOffset? expected = null;
            for (var i = first; i <= last && expected is null; i++)
            {
                if (open[i] && !open[i - 1]) expected = given.From.AddMinutes(i - origin);
            }

            Assert.Equal(expected, Windows.NextStart(from, to, given.Windows, given.Zone));
        }));
    }

    [Fact]
    public void Usable_NeverLeavesTheWindowsNorTouchesAFreeze()
    {
        Check.One(Quick, Prop.ForAll(Cases().ToArbitrary(), given =>
        {
            var asked = new Domain.Requests.Period(given.From.AddMinutes(given.At), given.From.AddMinutes(given.At + given.Length + 1));
            var usable = Periods.Usable(asked, asked.Start.AddDays(2), given.Windows, given.Freezes, given.Zone);
            if (usable is null) return;
            Assert.True(usable.Start >= asked.Start && usable.Length > TimeSpan.Zero && usable.Length <= asked.Length);
            Assert.Equal(usable.End, Windows.UsableUntil(usable.Start, usable.End, given.Windows, given.Freezes, given.Zone));
            Assert.DoesNotContain(given.Freezes, freeze => freeze.From < usable.End && freeze.To > usable.Start);
        }));
    }
}
