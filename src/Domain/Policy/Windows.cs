namespace AccessFunctions.Domain.Policy;

/// <summary>
/// Reads recurring wall-clock windows and freezes as stretches of UTC, across DST changes: a start that the clock skips moves to the
/// first instant after the gap; of an hour that comes twice, a start takes the first and an end the second. Windows that overlap or
/// adjoin are one stretch. Nothing looks further than <see cref="Horizon"/> ahead. A zone this machine does not know fails closed:
/// access windows are never open, approval windows always are.
/// </summary>
public static class Windows
{
    /// <summary>How far ahead windows are read: beyond the longest advance and the longest period a group may have, together.</summary>
    public static TimeSpan Horizon { get; } = TimeSpan.FromDays(800);

    /// <summary>The first instant in [<paramref name="from"/>, <paramref name="notAfter"/>] inside an access window (none given: always) and outside every freeze; null where there is none.</summary>
    public static DateTimeOffset? FirstUsable(DateTimeOffset from, DateTimeOffset notAfter, IReadOnlyList<Window> windows, IReadOnlyList<Freeze> freezes, string timeZone)
    {
        if (windows.Count == 0)
        {
            var instant = AfterFreezes(from, freezes);
            return instant <= notAfter ? instant.ToUniversalTime() : null;
        }

        foreach (var (start, end) in Stretches(from, notAfter, windows, timeZone))
        {
            var instant = AfterFreezes(start > from ? start : from, freezes);
            if (instant > notAfter) return null;
            if (instant < end) return instant.ToUniversalTime();
        }

        return null;
    }

    /// <summary>The end of the usable stretch that holds <paramref name="at"/>, or <paramref name="notAfter"/> where that comes first; <paramref name="at"/> itself where it is not usable.</summary>
    public static DateTimeOffset UsableUntil(DateTimeOffset at, DateTimeOffset notAfter, IReadOnlyList<Window> windows, IReadOnlyList<Freeze> freezes, string timeZone)
    {
        if (notAfter <= at || AfterFreezes(at, freezes) != at) return at;
        var until = notAfter;
        foreach (var freeze in freezes)
        {
            if (freeze.From > at && freeze.From < until && freeze.To > freeze.From) until = freeze.From;
        }

        until = until.ToUniversalTime();
        if (windows.Count == 0) return until;
        foreach (var (start, end) in Stretches(at, until, windows, timeZone)) return start > at ? at : end < until ? end : until;
        return at;
    }

    /// <summary>
    /// True where any part of [<paramref name="from"/>, <paramref name="to"/>) lies in a window; an instant where both are equal. A
    /// stretch longer than <see cref="Horizon"/> counts as touching one.
    /// </summary>
    public static bool Overlaps(DateTimeOffset from, DateTimeOffset to, IReadOnlyList<Window> windows, string timeZone)
    {
        if (windows.Count == 0) return false;
        if (to - from > Horizon || Zone(timeZone) is null) return true;
        foreach (var (start, _) in Stretches(from, to, windows, timeZone)) return start <= from || start < to;
        return false;
    }

    /// <summary>The start of the first window, overlapping and adjoining ones taken as one, that begins at or after <paramref name="from"/>, up to <paramref name="notAfter"/>; null where none does.</summary>
    public static DateTimeOffset? NextStart(DateTimeOffset from, DateTimeOffset notAfter, IReadOnlyList<Window> windows, string timeZone)
    {
        if (windows.Count == 0) return null;
        if (Zone(timeZone) is null) return from <= notAfter ? from : null;
        foreach (var (start, _) in Stretches(from, notAfter, windows, timeZone))
        {
            if (start >= from) return start <= notAfter ? start : null;
        }

        return null;
    }

    /// <summary>The time zone of that IANA name; null where this machine has none.</summary>
    public static TimeZoneInfo? Zone(string timeZone) =>
        !string.IsNullOrEmpty(timeZone) && TimeZoneInfo.TryFindSystemTimeZoneById(timeZone, out var zone) && (zone.HasIanaId || timeZone == "UTC") ? zone : null;

    /// <summary>The first instant at or after <paramref name="at"/> that no freeze holds.</summary>
    private static DateTimeOffset AfterFreezes(DateTimeOffset at, IReadOnlyList<Freeze> freezes)
    {
        for (var moved = true; moved;)
        {
            moved = false;
            foreach (var freeze in freezes)
            {
                if (freeze.From > at || freeze.To <= at) continue;
                (at, moved) = (freeze.To, true);
            }
        }

        return at;
    }

    /// <summary>
    /// Stretches that end after <paramref name="from"/> and begin at or before <paramref name="to"/>, merged, in order. What begins later
    /// is not read, so that an end beyond <paramref name="to"/> is only known to be beyond it.
    /// </summary>
    private static IEnumerable<(DateTimeOffset Start, DateTimeOffset End)> Stretches(DateTimeOffset from, DateTimeOffset to, IReadOnlyList<Window> windows, string timeZone)
    {
        if (Zone(timeZone) is not { } zone) yield break;
        var horizon = DateTimeOffset.MaxValue - Horizon < from ? DateTimeOffset.MaxValue : from + Horizon;
        if (to > horizon) to = horizon;

        // Wall-clock dates are within a day of the date in UTC; one more for a night that began the day before.
        var lastDay = Day(to, 1);
        (DateTimeOffset Start, DateTimeOffset End)? open = null;
        var ofDay = new List<(DateTimeOffset Start, DateTimeOffset End)>(windows.Count);
        for (var day = Day(from, -2); day <= lastDay; day = day.AddDays(1))
        {
            ofDay.Clear();
            foreach (var window in windows)
            {
                if (Begins(window, day) && Stretch(window, day, zone) is var stretch && stretch.End > stretch.Start) ofDay.Add(stretch);
            }

            ofDay.Sort();
            foreach (var stretch in ofDay)
            {
                if (open is not { } current)
                {
                    open = stretch;
                }
                else if (stretch.Start <= current.End)
                {
                    if (stretch.End > current.End) open = (current.Start, stretch.End);
                }
                else
                {
                    if (current.Start > to) yield break;
                    if (current.End > from) yield return current;
                    open = stretch;
                }
            }

            if (day == DateOnly.MaxValue) break;
        }

        if (open is { } rest && rest.End > from && rest.Start <= to) yield return rest;
    }

    private static bool Begins(Window window, DateOnly day) =>
        (window.Days.Count == 0 || window.Days.Contains(day.DayOfWeek)) && !(day < window.FirstDate) && !(day > window.LastDate);

    private static (DateTimeOffset Start, DateTimeOffset End) Stretch(Window window, DateOnly day, TimeZoneInfo zone)
    {
        var last = window.To > window.From || day == DateOnly.MaxValue ? day : day.AddDays(1);
        return (Instant(day.ToDateTime(window.From), zone, end: false), Instant(last.ToDateTime(window.To), zone, end: true));
    }

    /// <summary>The instant a wall clock in the zone shows that time: the first of two for a start, the second for an end; the end of a gap inside one.</summary>
    private static DateTimeOffset Instant(DateTime wall, TimeZoneInfo zone, bool end)
    {
        if (zone.IsInvalidTime(wall)) return AfterGap(wall, zone);
        if (!zone.IsAmbiguousTime(wall)) return Utc(wall, zone.GetUtcOffset(wall));
        var offsets = zone.GetAmbiguousTimeOffsets(wall);
        return Utc(wall, end ? offsets.Min() : offsets.Max());
    }

    /// <summary>The first instant at which the zone's clock shows a time at or after one that it skips.</summary>
    private static DateTimeOffset AfterGap(DateTime wall, TimeZoneInfo zone)
    {
        // Offsets stay within 14 hours, and gaps are at most hours long: both bounds are on their sides.
        var (before, after) = (Utc(wall, TimeSpan.Zero).AddHours(-16).UtcTicks, Utc(wall, TimeSpan.Zero).AddHours(16).UtcTicks);
        while (after - before > 1)
        {
            var middle = before + ((after - before) / 2);
            var shown = TimeZoneInfo.ConvertTimeFromUtc(new DateTime(middle, DateTimeKind.Utc), zone);
            if (shown.Ticks >= wall.Ticks) after = middle;
            else before = middle;
        }

        return new DateTimeOffset(after, TimeSpan.Zero);
    }

    private static DateTimeOffset Utc(DateTime wall, TimeSpan offset) =>
        new(Math.Clamp(wall.Ticks - offset.Ticks, DateTime.MinValue.Ticks, DateTime.MaxValue.Ticks), TimeSpan.Zero);

    private static DateOnly Day(DateTimeOffset instant, int add) =>
        DateOnly.FromDayNumber(Math.Clamp(DateOnly.FromDateTime(instant.UtcDateTime).DayNumber + add, 0, DateOnly.MaxValue.DayNumber));
}
