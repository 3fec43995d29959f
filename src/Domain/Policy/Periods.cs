using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Domain.Policy;

/// <summary>Period arithmetic that policy and decisions share (design, section 4, rule 7).</summary>
public static class Periods
{
    /// <summary>What is asked for: from the asked start, else <paramref name="at"/>, to the asked end, else the default length later.</summary>
    public static Period Asked(Ask ask, TimeSpan defaultDuration, DateTimeOffset at)
    {
        var start = (ask.Start ?? at).ToUniversalTime();
        return new Period(start, ask.End?.ToUniversalTime() ?? Add(start, defaultDuration));
    }

    /// <summary>A floating period seen from <paramref name="at"/>: it starts no earlier, and keeps its length. A fixed one stays.</summary>
    public static Period Float(Period period, DateTimeOffset at) =>
        period.Fixed || period.Start >= at ? period : period with { Start = at.ToUniversalTime(), End = Add(at.ToUniversalTime(), period.Length) };

    /// <summary>
    /// Where the period falls once access windows and freezes have cut it: it starts at the first usable instant (a floating one keeps its
    /// length, a fixed one its end) and ends where the usable stretch ends; null where nothing usable starts by <paramref name="notAfter"/>
    /// or, of a fixed period, before its end.
    /// </summary>
    public static Period? Usable(Period period, DateTimeOffset notAfter, IReadOnlyList<Window> windows, IReadOnlyList<Freeze> freezes, string timeZone)
    {
        if (period.Fixed && period.End < notAfter) notAfter = period.End;
        if (Windows.FirstUsable(period.Start, notAfter, windows, freezes, timeZone) is not { } start) return null;
        var end = period.Fixed ? period.End : Add(start, period.Length);
        end = Windows.UsableUntil(start, end, windows, freezes, timeZone);
        return end > start ? period with { Start = start, End = end } : null;
    }

    /// <summary>The sum, held inside what an instant can be.</summary>
    public static DateTimeOffset Add(DateTimeOffset instant, TimeSpan span) =>
        span > DateTimeOffset.MaxValue - instant ? DateTimeOffset.MaxValue
        : span < DateTimeOffset.MinValue - instant ? DateTimeOffset.MinValue
        : instant + span;
}
