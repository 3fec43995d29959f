using System.Security.Cryptography;
using System.Text;
using AccessFunctions.Application.Ports;

namespace AccessFunctions.Integrations.Settings;

/// <summary>
/// Whose the versions of a document are: the grant's that made them, or that they were given back to when a change upon its own was taken back. A version
/// that nobody has here is somebody's by hand.
/// </summary>
internal sealed class MadeVersions(IChannelStore rows, string resource)
{
    private readonly string _set = $"settings-made:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(resource)))}";

    /// <summary>The grant that a version is of; null: it was made by hand.</summary>
    public async Task<string?> MakerOf(string? version, CancellationToken cancellation) => (await rows.Find(_set, Key(version), cancellation))?.Value;

    /// <summary>Says whose a version is. One that was made again is its last maker's.</summary>
    public async Task Note(string? version, string grant, DateTimeOffset until, CancellationToken cancellation)
    {
        while (!await rows.Add(_set, Key(version), grant, until, cancellation))
        {
            if (await rows.Find(_set, Key(version), cancellation) is { } row && (row.Value == grant || await rows.Replace(_set, row, grant, until, cancellation))) return;
        }
    }

    // A document that went has no version.
    private static string Key(string? version) => string.IsNullOrEmpty(version) ? "none" : version;
}
