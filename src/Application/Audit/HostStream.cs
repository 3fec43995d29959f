using System.Globalization;
using AccessFunctions.Domain.Audit;

namespace AccessFunctions.Application.Audit;

/// <summary>Names this process's own audit stream, a new one each day: <c>host:{instance}:{yyyy-MM-dd}</c>.</summary>
public sealed class HostStream
{
    /// <summary>What the names of all such streams begin with; no request's id does.</summary>
    public const string Prefix = "host:";

    private const string DayFormat = "yyyy-MM-dd";

    private readonly string _instance = Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(6));

    /// <summary>The stream of an instant's UTC day.</summary>
    public string At(DateTimeOffset instant) => $"{Prefix}{_instance}:{instant.UtcDateTime.ToString(DayFormat, CultureInfo.InvariantCulture)}";

    /// <summary>The stream for what is purged and pseudonymised that day; it is kept for good.</summary>
    public string RetentionAt(DateTimeOffset instant) => At(instant) + Tombstone.RecordsSuffix;

    /// <summary>The day of a stream of <see cref="At"/>; null for every other stream.</summary>
    public static DateOnly? DayOf(string stream) =>
        stream.StartsWith(Prefix, StringComparison.Ordinal) && stream.LastIndexOf(':') is var colon && colon > Prefix.Length
        && DateOnly.TryParseExact(stream.AsSpan(colon + 1), DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? day
            : null;

    /// <summary>The end of the day of a stream of <see cref="At"/>; null for every other stream.</summary>
    public static DateTimeOffset? EndOf(string stream) => DayOf(stream) is { } day ? new DateTimeOffset(day.AddDays(1), TimeOnly.MinValue, TimeSpan.Zero) : null;
}
