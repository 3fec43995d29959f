namespace AccessFunctions.Integrations.Authorities;

/// <summary>How long certificates of a period last.</summary>
internal static class Validity
{
    /// <summary>Certificates begin so much earlier, for clocks that are behind.</summary>
    public static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);

    /// <summary>When a certificate that is issued now ends: with the period, or earlier where it may not last so long. Whole seconds, never later.</summary>
    public static DateTimeOffset Until(DateTimeOffset end, TimeSpan? longest, DateTimeOffset now) => RevocationList.Seconds(longest is { } most && now + most < end ? now + most : end);

    /// <summary>
    /// True where a certificate should be followed by one that ends at <paramref name="target"/>: it ends later, and either reaches the
    /// period's end or the last one is in its last third.
    /// </summary>
    public static bool IsDue((DateTimeOffset From, DateTimeOffset Until) last, DateTimeOffset target, DateTimeOffset end, DateTimeOffset now) =>
        target > last.Until && (target >= RevocationList.Seconds(end) || now >= last.Until - ((last.Until - last.From) / 3));
}
