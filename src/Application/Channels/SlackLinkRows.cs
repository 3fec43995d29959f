using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AccessFunctions.Application.Ports;

namespace AccessFunctions.Application.Channels;

/// <summary>A code that was sent and not yet typed.</summary>
/// <param name="User">The Slack user that it was sent to.</param>
/// <param name="Salt">In base64.</param>
/// <param name="Hash">Of <see cref="SlackLinkCode.Hash"/>.</param>
/// <param name="Until">UTC; it does not count from then on.</param>
/// <param name="TriesLeft">How often something may still be typed.</param>
public sealed record SlackLinkAsked(string User, string Salt, string Hash, DateTimeOffset Until, int TriesLeft)
{
    /// <summary>Nothing of it.</summary>
    public override string ToString() => nameof(SlackLinkAsked);
}

/// <summary>The rows of linking: one for each person, with the code that waits, and one for each Slack user; both know what was sent of late.</summary>
internal sealed class SlackLinkRows(IChannelStore store)
{
    /// <summary>Sends are counted over so long.</summary>
    public static TimeSpan Window { get; } = TimeSpan.FromHours(1);

    private const int Attempts = 20;

    /// <summary>What a row holds.</summary>
    internal sealed record Row(IReadOnlyList<DateTimeOffset> Sends, SlackLinkAsked? Asked = null);

    public static string OfPerson(string person) => $"person:{person}";

    public static string OfUser(string user) => $"user:{user}";

    public async Task<Row> Find(string key, CancellationToken cancellation) => Read(await store.Find(Set(key), key, cancellation));

    /// <summary>Notes one more send, unless there were as many as there may be.</summary>
    /// <returns>False where there were.</returns>
    public Task<bool> Reserve(string key, int most, DateTimeOffset now, CancellationToken cancellation) => Change(key, now, row =>
    {
        List<DateTimeOffset> sends = [.. row.Sends.Where(at => now - at < Window)];
        return sends.Count >= most ? (null, false) : (row with { Sends = [.. sends, now] }, true);
    }, cancellation);

    /// <summary>Changes a row at once, whoever else changes it; a change to null leaves it.</summary>
    /// <exception cref="InvalidOperationException">Others change it all the time.</exception>
    public async Task<T> Change<T>(string key, DateTimeOffset now, Func<Row, (Row? Next, T Result)> change, CancellationToken cancellation)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var read = await store.Find(Set(key), key, cancellation);
            var (next, result) = change(Read(read));
            if (next is null) return result;
            var text = JsonSerializer.Serialize(next);
            if (read is null ? await store.Add(Set(key), key, text, now + Window, cancellation) : await store.Replace(Set(key), read, text, now + Window, cancellation)) return result;
        }

        throw new InvalidOperationException("The row of a Slack link was changed by others all the time.");
    }

    private static Row Read(ChannelRow? row) => row is null ? new Row([]) : JsonSerializer.Deserialize<Row>(row.Value) ?? throw new JsonException("A row of a Slack link is empty.");

    // Spread over sets, so that no set grows with the number of people.
    private static string Set(string key) => $"slack-link:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))[..2]}";
}
