using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Integrations.Slack;

/// <summary>Where a message of ours stands.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Standing>))]
internal enum Standing
{
    /// <summary>It is certainly not in the channel.</summary>
    Missing,

    /// <summary>Somebody posts it, since <see cref="PostedRow.Since"/>.</summary>
    Posting,

    /// <summary>Somebody tried, and it may be in the channel.</summary>
    Unsure,

    /// <summary>It is in the channel.</summary>
    Posted,

    /// <summary>Slack takes no more changes of it.</summary>
    GivenUp,
}

/// <summary>What a message stands for, and what it last said.</summary>
/// <param name="Level">0 for an emergency's.</param>
/// <param name="Sequence">The request's sequence that it was last brought in line with: an older state changes nothing any more.</param>
internal sealed record PostedRow(Standing Standing, DateTimeOffset Since, int Revision, int Level, long Sequence)
{
    public string? Channel { get; init; }
    public string? Ts { get; init; }

    /// <summary>Of what it says; null where that is not known.</summary>
    public string? Hash { get; init; }

    /// <summary>People it mentioned when it was posted, by id: whom Slack told of it.</summary>
    public IReadOnlyList<string> Mentioned { get; init; } = [];
}

/// <summary>What a message in the channel stands for.</summary>
internal sealed record MessageBinding(string RequestId, int Revision, int Level);

/// <summary>The rows that messages leave, and where they lie.</summary>
internal static class PostedRows
{
    /// <summary>Requests whose messages are not in line with them, by id.</summary>
    public const string Behind = "slack-behind";

    /// <summary>The emergency's message.</summary>
    public const string Emergency = "emergency";

    /// <summary>Rows are needed while something may still happen to the request; a reaction on a message older than this is not understood.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromDays(180);

    /// <summary>All messages of a request.</summary>
    public static string Set(string requestId) => $"slack:{requestId}";

    /// <summary>The message that asks for a decision.</summary>
    public static string Key(int revision, int level) => $"r{revision}-l{level}";

    /// <summary>Messages by where they are; spread over sets, so that none grows with the number of messages.</summary>
    public static (string Set, string Key) Index(string team, string channel, string ts)
    {
        var key = $"{team}:{channel}:{ts}";
        return ($"slack-message:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))[..2]}", key);
    }

    public static DateTimeOffset KeepUntil(AccessRequest request, DateTimeOffset now)
    {
        var last = request.Period.End > now ? request.Period.End : now;
        return last > DateTimeOffset.MaxValue - Kept ? DateTimeOffset.MaxValue : last + Kept;
    }

    public static PostedRow Read(ChannelRow row) => JsonSerializer.Deserialize<PostedRow>(row.Value) ?? throw new JsonException($"Row {row.Key} is empty.");

    public static string Write<T>(T row) => JsonSerializer.Serialize(row);
}
