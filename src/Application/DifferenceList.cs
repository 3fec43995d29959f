using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;
using AccessFunctions.Application.Ports;

namespace AccessFunctions.Application;

/// <summary>Lists how platforms differ from what was given here, in pages: the newest first, what stood before last.</summary>
public static class DifferenceList
{
    /// <summary>A page, in the order of <see cref="Reconciled.InOrder"/>.</summary>
    /// <param name="platform">Only on this platform; null: on all.</param>
    /// <param name="drift">Only this kind; null: all.</param>
    /// <param name="cursor">The page before's; null: the first page.</param>
    /// <param name="limit">At least 1.</param>
    /// <exception cref="FormatException">It is no cursor of this list.</exception>
    public static Page<Difference> Page(Reconciled left, string? platform, Drift? drift, string? cursor, int limit)
    {
        var after = cursor is null ? null : Place.Read(cursor);
        List<KeyValuePair<string, Difference>> rest = [.. left.Ordered()
            .Where(pair => (platform is null || pair.Value.Platform == platform) && (drift is null || pair.Value.Drift == drift) && (after is null || Place.Of(pair).CompareTo(after) > 0))
            .Take(limit + 1)];
        return new Page<Difference>([.. rest.Take(limit).Select(static pair => pair.Value)], rest.Count > limit ? Place.Of(rest[limit - 1]).ToString() : null);
    }

    /// <summary>Where one is in the list.</summary>
    private sealed record Place(bool Standing, long Since, string Key) : IComparable<Place>
    {
        public static Place Of(KeyValuePair<string, Difference> one) => new(one.Value.Standing, one.Value.Since.UtcTicks, one.Key);

        public static Place Read(string cursor)
        {
            try
            {
                return JsonSerializer.Deserialize<string?[]>(Base64Url.DecodeFromChars(cursor)) is [("0" or "1") and { } standing, { } since, { } key]
                    && long.TryParse(since, NumberStyles.None, CultureInfo.InvariantCulture, out var ticks)
                    ? new Place(standing == "1", ticks, key)
                    : throw new FormatException("Not a cursor of this list.");
            }
            catch (JsonException broken)
            {
                throw new FormatException("Not a cursor of this list.", broken);
            }
        }

        public int CompareTo(Place? other)
        {
            if (other is null) return 1;
            var order = Standing.CompareTo(other.Standing);
            if (order == 0) order = other.Since.CompareTo(Since);
            return order != 0 ? order : string.CompareOrdinal(Key, other.Key);
        }

        public override string ToString() => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes<string?[]>([Standing ? "1" : "0", Since.ToString(CultureInfo.InvariantCulture), Key]));
    }
}
