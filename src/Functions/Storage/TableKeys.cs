using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AccessFunctions.Application;

namespace AccessFunctions.Functions.Storage;

/// <summary>Makes partition and row keys. Stored ones outlive upgrades: what is here never changes its results.</summary>
internal static class TableKeys
{
    /// <summary>Over how many partitions lists of everything are spread; one takes about 2,000 rows a second.</summary>
    public const int Shards = 8;

    private const int Longest = 300;
    private static readonly long LastTick = DateTimeOffset.MaxValue.UtcTicks;

    /// <summary>A text as a key: what keys may not hold is written as <c>=</c> and four hex digits, what is too long as its hash.</summary>
    public static string Of(string text)
    {
        if (text.All(Plain) && text.Length <= Longest) return text;
        var key = new StringBuilder();
        foreach (var c in text)
        {
            if (Plain(c)) key.Append(c);
            else key.Append(CultureInfo.InvariantCulture, $"={(int)c:x4}");
        }

        return key.Length <= Longest ? key.ToString() : $"=={RequestIds.Hash(text)}";
    }

    /// <summary>An instant so that later ones sort first: 19 digits.</summary>
    public static string NewestFirst(DateTimeOffset at) => (LastTick - at.UtcTicks).ToString("D19", CultureInfo.InvariantCulture);

    /// <summary>The instant back; null where the text does not begin with one.</summary>
    public static DateTimeOffset? Instant(string key) =>
        key.Length >= 19 && long.TryParse(key.AsSpan(0, 19), NumberStyles.None, CultureInfo.InvariantCulture, out var inverted) && inverted <= LastTick
            ? new DateTimeOffset(LastTick - inverted, TimeSpan.Zero)
            : null;

    /// <summary>The shard that a name belongs to, the same in every process and version.</summary>
    public static int Shard(string name) => SHA256.HashData(Encoding.UTF8.GetBytes(name))[0] % Shards;

    /// <summary>All partitions of a sharded set.</summary>
    public static IEnumerable<string> Sharded(string set) => Enumerable.Range(0, Shards).Select(shard => $"{set}:{shard}");

    /// <summary>The partition of a sharded set that a name belongs to.</summary>
    public static string Sharded(string set, string name) => $"{set}:{Shard(name)}";

    private static bool Plain(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or ':' or '@' or '~';
}
