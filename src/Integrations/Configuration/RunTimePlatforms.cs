using System.Text.Json;
using System.Text.Json.Serialization;
using AccessFunctions.Application.Ports;

namespace AccessFunctions.Integrations.Configuration;

/// <summary>
/// Platforms that were set at run time, as rows of the host's store: one for each name that ever was. Several processes write, each row by the version
/// that was read.
/// </summary>
public sealed class RunTimePlatforms(IChannelStore store)
{
    private const string Set = "platforms";
    private static readonly DateTimeOffset Kept = new(9999, 1, 1, 0, 0, 0, TimeSpan.Zero);

    internal async Task<IReadOnlyList<RunTimePlatform>> Load(CancellationToken cancellation) =>
        [.. (await store.All(Set, cancellation)).Select(static row => JsonSerializer.Deserialize<RunTimePlatform>(row.Value, JsonSerializerOptions.Web)! with { Row = row })];

    /// <summary>Writes what is set of a platform, over the row that was read.</summary>
    /// <returns>False where the row is another one by now.</returns>
    internal Task<bool> Save(RunTimePlatform platform, CancellationToken cancellation)
    {
        var text = JsonSerializer.Serialize(platform, JsonSerializerOptions.Web);
        return platform.Row is { } read ? store.Replace(Set, read, text, Kept, cancellation) : store.Add(Set, platform.Name, text, Kept, cancellation);
    }
}

/// <summary>What was set of one platform at run time.</summary>
/// <param name="Name">The platform.</param>
/// <param name="Document">Its document, as <see cref="PlatformDocument"/> writes it; null: nothing is set, and the files hold.</param>
/// <param name="Gone">It was taken away: what was given through it is taken through it, and nothing new is.</param>
/// <param name="Over">The version of the files' entry that it was set over; null: there was none. An entry that changed since holds instead.</param>
internal sealed record RunTimePlatform(string Name, string? Document, bool Gone, string? Over)
{
    /// <summary>The row as it was read; null: there is none yet.</summary>
    [JsonIgnore]
    public ChannelRow? Row { get; init; }
}
