using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Integrations.Settings;

/// <summary>
/// Which versions of a document grants made, and of what. Where one change was made upon another that should have been taken back since and could not be,
/// taking back the second brings back what stood before both.
/// </summary>
internal sealed class MadeVersions(IChannelStore rows, string path)
{
    private readonly string _set = $"settings-made:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(path)))}";

    /// <summary>Notes what a grant made. A version that was made again is its last maker's.</summary>
    public async Task Note(string version, PlatformOrder order, SettingsChange change, CancellationToken cancellation)
    {
        var (text, until) = (JsonSerializer.Serialize(new MadeVersion(order.GrantId, change.Base, change.Before), JsonSerializerOptions.Web), order.End + ChangeRecord.Kept);
        while (!await rows.Add(_set, Key(version), text, until, cancellation))
        {
            if (await rows.Find(_set, Key(version), cancellation) is { } row && (row.Value == text || await rows.Replace(_set, row, text, until, cancellation))) return;
        }
    }

    /// <summary>Forgets what a grant made, which is no more.</summary>
    public async Task Forget(string version, PlatformOrder order, CancellationToken cancellation)
    {
        if (await Find(version, cancellation) is { } made && made.Grant == order.GrantId) await rows.Remove(_set, Key(version), cancellation);
    }

    /// <summary>What stood before a change, and before those that it was made upon and that ended since without being taken back.</summary>
    public async Task<Origin> Before(SettingsChange change, CancellationToken cancellation)
    {
        var origin = new Origin(change.Base, change.Before, []);
        while (await Find(origin.Version ?? "", cancellation) is { } made && !origin.Through.Contains(made.Grant, StringComparer.Ordinal)
            && await ChangeRecord.Of(rows, made.Grant).Find(ChangeRecord.Left, cancellation) is not null)
            origin = new Origin(made.Base, made.Before, [.. origin.Through, made.Grant]);
        return origin;
    }

    private async Task<MadeVersion?> Find(string version, CancellationToken cancellation) =>
        await rows.Find(_set, Key(version), cancellation) is { } row ? JsonSerializer.Deserialize<MadeVersion>(row.Value, JsonSerializerOptions.Web) : null;

    // A document that went has no version.
    private static string Key(string version) => version.Length == 0 ? "none" : version;

    private sealed record MadeVersion(string Grant, string? Base, string? Before);
}

/// <summary>What a reversion goes back to.</summary>
/// <param name="Version">The version then; null: there was no document.</param>
/// <param name="Text">What it said.</param>
/// <param name="Through">The grants besides, whose changes are taken back with it.</param>
internal sealed record Origin(string? Version, string? Text, IReadOnlyList<string> Through);
