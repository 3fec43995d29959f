using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Domain.Policy;

/// <summary>What a request's policy lets a period be (design, section 4, rule 7).</summary>
public static class PeriodRules
{
    /// <summary>Why an approver may not set this period; null where they may.</summary>
    public static Refusal? Unfit(RequestPolicy policy, DateTimeOffset start, DateTimeOffset end, DateTimeOffset at)
    {
        if (end <= at) return Wrong(RefusalReason.PeriodPassed, "end", "this end has passed");
        if (end <= start) return Wrong(RefusalReason.PeriodInvalid, "end", "the end must come after the start");
        if (end - start > policy.MaxDuration) return Wrong(RefusalReason.PeriodInvalid, "end", $"access lasts at most {Duration.Format(policy.MaxDuration)}");
        if (start > Periods.Add(at, policy.MaxAdvance)) return Wrong(RefusalReason.PeriodInvalid, "start", $"access can start at most {Duration.Format(policy.MaxAdvance)} ahead");
        return null;

        static Refusal Wrong(RefusalReason reason, string field, string message) =>
            new(reason, $"{field}: {message}") { Errors = new Dictionary<string, IReadOnlyList<string>> { [field] = [message] } };
    }

    /// <summary>
    /// Places a period in usable time: a start outside moves to the first usable instant (a floating end moves along), then windows,
    /// freezes, the next approval window (where the lack of one let the mode fall to Justify) and the longest duration cut it.
    /// </summary>
    /// <returns>Null where nothing usable is left within <see cref="RequestPolicy.MaxAdvance"/>.</returns>
    public static Period? Place(RequestPolicy policy, Period period, DateTimeOffset at)
    {
        var placed = Periods.Float(period, at);
        if (placed.Start < at) placed = placed with { Start = at };
        if (policy.AccessWindows.Count > 0 || policy.Freezes.Count > 0)
        {
            if (placed.End <= placed.Start) return null;
            var latest = Periods.Add(at, policy.MaxAdvance);
            if (Periods.Usable(placed, latest > placed.Start ? latest : placed.Start, policy.AccessWindows, policy.Freezes, policy.TimeZone) is not { } usable) return null;
            placed = usable;
        }

        if (placed.Length > policy.MaxDuration) placed = placed with { End = placed.Start + policy.MaxDuration };
        if (policy is { Mode: Mode.Justify, ApprovalWindows.Count: > 0 } && placed.End > placed.Start)
        {
            if (Windows.Overlaps(placed.Start, placed.Start, policy.ApprovalWindows, policy.TimeZone)) return null;
            if (Windows.NextStart(placed.Start, placed.End, policy.ApprovalWindows, policy.TimeZone) is { } next) placed = placed with { End = next };
        }

        return placed.End > placed.Start ? placed : null;
    }
}
