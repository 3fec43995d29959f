using System.Buffers.Text;
using System.Text.Json;

namespace AccessFunctions.Application.Inventory;

/// <summary>Where a page of ways ended.</summary>
/// <param name="Platform">Null: nowhere yet.</param>
/// <param name="Section">What was gone through there, by a name of the list's own.</param>
/// <param name="After">The last in it; null: it has one.</param>
internal sealed record AccessPlace(string? Platform, string? Section, string? After)
{
    /// <summary>Stands for a platform behind all others: no name of one begins so.</summary>
    public const string Last = "\uffff";

    public static AccessPlace Read(string? cursor)
    {
        if (cursor is null) return new AccessPlace(null, null, null);
        try
        {
            return JsonSerializer.Deserialize<string?[]>(Base64Url.DecodeFromChars(cursor)) is [{ } platform, { } section, var after]
                ? new AccessPlace(platform, section, after)
                : throw new FormatException("Not a cursor of this list.");
        }
        catch (JsonException broken)
        {
            throw new FormatException("Not a cursor of this list.", broken);
        }
    }

    public override string ToString() => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes<string?[]>([Platform, Section, After]));
}
