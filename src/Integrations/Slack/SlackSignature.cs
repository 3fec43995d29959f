using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace AccessFunctions.Integrations.Slack;

/// <summary>How a post's signature came out.</summary>
internal enum SignatureVerdict { Good, Missing, Stale, Bad }

/// <summary>Slack's signature of what it posts (https://docs.slack.dev/authentication/verifying-requests-from-slack).</summary>
internal static class SlackSignature
{
    /// <summary>A post older, or newer, than this is somebody's who kept it, whatever its signature.</summary>
    public static TimeSpan Window { get; } = TimeSpan.FromMinutes(5);

    private const string Version = "v0=";

    /// <summary>Checks <c>v0</c>: HMAC-SHA256 over <c>v0:{timestamp}:{raw body}</c>, in constant time, with each of the secrets.</summary>
    public static SignatureVerdict Check(IReadOnlyList<string> secrets, string? timestamp, string? signature, ReadOnlySpan<byte> body, DateTimeOffset now)
    {
        if (string.IsNullOrEmpty(timestamp) || string.IsNullOrEmpty(signature)) return SignatureVerdict.Missing;
        if (timestamp.Length > 12 || !long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)) return SignatureVerdict.Bad;
        if (Math.Abs(now.ToUnixTimeSeconds() - seconds) > Window.TotalSeconds) return SignatureVerdict.Stale;
        if (!signature.StartsWith(Version, StringComparison.Ordinal) || signature.Length != Version.Length + (SHA256.HashSizeInBytes * 2)) return SignatureVerdict.Bad;

        Span<byte> given = stackalloc byte[SHA256.HashSizeInBytes];
        if (Convert.FromHexString(signature.AsSpan(Version.Length), given, out _, out _) != System.Buffers.OperationStatus.Done) return SignatureVerdict.Bad;
        Span<byte> made = stackalloc byte[SHA256.HashSizeInBytes];
        var good = false;
        foreach (var secret in secrets)
        {
            Make(secret, timestamp, body, made);
            good |= CryptographicOperations.FixedTimeEquals(made, given);
        }

        return good ? SignatureVerdict.Good : SignatureVerdict.Bad;
    }

    private static void Make(string secret, string timestamp, ReadOnlySpan<byte> body, Span<byte> made)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret));
        hmac.AppendData(Encoding.ASCII.GetBytes($"v0:{timestamp}:"));
        hmac.AppendData(body);
        _ = hmac.GetHashAndReset(made);
    }
}
