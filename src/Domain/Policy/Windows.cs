namespace AccessFunctions.Domain.Policy;

/// <summary>
/// Reads recurring wall-clock windows and freezes as stretches of UTC, across DST changes: a start that the clock skips moves to the
/// first instant after the gap; of an hour that comes twice, a start takes the first and an end the second.
/// </summary>
public static class Windows
{
    /// <summary>The first instant in [<paramref name="from"/>, <paramref name="notAfter"/>] inside an access window (none given: always) and outside every freeze; null where there is none.</summary>
    public static DateTimeOffset? FirstUsable(DateTimeOffset from, DateTimeOffset notAfter, IReadOnlyList<Window> windows, IReadOnlyList<Freeze> freezes, string timeZone) => throw new NotSupportedException();

    /// <summary>The end of the usable stretch that holds <paramref name="at"/>, or <paramref name="notAfter"/> where that comes first; <paramref name="at"/> itself where it is not usable.</summary>
    public static DateTimeOffset UsableUntil(DateTimeOffset at, DateTimeOffset notAfter, IReadOnlyList<Window> windows, IReadOnlyList<Freeze> freezes, string timeZone) => throw new NotSupportedException();

    /// <summary>True where any part of [<paramref name="from"/>, <paramref name="to"/>) lies in a window; an instant where both are equal.</summary>
    public static bool Overlaps(DateTimeOffset from, DateTimeOffset to, IReadOnlyList<Window> windows, string timeZone) => throw new NotSupportedException();

    /// <summary>The start of the first window that begins at or after <paramref name="from"/>, up to <paramref name="notAfter"/>; null where none does.</summary>
    public static DateTimeOffset? NextStart(DateTimeOffset from, DateTimeOffset notAfter, IReadOnlyList<Window> windows, string timeZone) => throw new NotSupportedException();
}
