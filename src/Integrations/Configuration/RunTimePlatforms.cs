using System.Security.Cryptography;
using System.Text;
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
/// <param name="Over">What the files said of it, as <see cref="Fingerprint"/> tells; null: nothing. An entry that changed since holds instead.</param>
/// <param name="Revision">Raised with every change, so that no two of its versions are alike.</param>
internal sealed record RunTimePlatform(string Name, string? Document, bool Gone, string? Over, int Revision)
{
    /// <summary>Its type: another one never takes its name.</summary>
    public required string Type { get; init; }

    /// <summary>Which system it connects to, as <see cref="Fingerprint"/> tells: another one never takes its name.</summary>
    public required string System { get; init; }

    /// <summary>The row as it was read; null: there is none yet.</summary>
    [JsonIgnore]
    public ChannelRow? Row { get; init; }
}

/// <summary>Knows a text again without keeping what it says, which may be secret.</summary>
internal static class Fingerprint
{
    private const int Iterations = 10_000;
    private const int SaltBytes = 16;

    /// <summary>A fingerprint of what the files say of a platform; null where they say nothing.</summary>
    public static string? Of(PlatformSettings? written) => written is null ? null : Of(PlatformDocument.Whole(written));

    /// <summary>Whether a fingerprint is of this.</summary>
    public static bool Is(string? fingerprint, PlatformSettings? written) => (fingerprint, written) switch
    {
        (null, null) => true,
        (null, _) or (_, null) => false,
        _ => Is(fingerprint, PlatformDocument.Whole(written)),
    };

    public static string Of(string text) => Of(text, RandomNumberGenerator.GetBytes(SaltBytes));

    public static bool Is(string fingerprint, string text) => fingerprint == Of(text, Convert.FromHexString(fingerprint.AsSpan(0, 2 * SaltBytes)));

    private static string Of(string text, byte[] salt) =>
        Convert.ToHexStringLower(salt) + Convert.ToHexStringLower(Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(text), salt, Iterations, HashAlgorithmName.SHA256, 32));
}
