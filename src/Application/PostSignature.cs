using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace AccessFunctions.Application;

/// <summary>
/// The signature of a body that is posted, to us or by us: <c>t=SECONDS,v1=HEX</c>, where the hex is HMAC-SHA256 over the seconds as written, a dot, and the body.
/// Several <c>v1</c> may be given, and several secrets be known, while a secret is changed.
/// </summary>
public static class PostSignature
{
    /// <summary>The header that carries it.</summary>
    public const string Header = "X-Access-Signature";

    /// <summary>How far the sender's clock may be off, either way.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    private const int LongestHeader = 1024;
    private const int MostSignatures = 8;

    /// <summary>Signs a body.</summary>
    public static string Sign(string secret, DateTimeOffset at, ReadOnlySpan<byte> body)
    {
        var seconds = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return $"t={seconds},v1={Convert.ToHexStringLower(Mac(secret, seconds, body))}";
    }

    /// <summary>True where one of the signatures is one of the secrets', and the time is near. Which one failed, and where, takes no time to tell.</summary>
    public static bool IsValid(string? header, ReadOnlySpan<byte> body, IReadOnlyList<string> secrets, DateTimeOffset now)
    {
        if (header is not { Length: > 0 and <= LongestHeader } || Read(header) is not var (seconds, given)) return false;
        if (!long.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var at)) return false;
        if (Math.Abs(now.ToUnixTimeSeconds() - at) > (long)Window.TotalSeconds) return false;
        var found = false;
        foreach (var secret in secrets)
        {
            var expected = Mac(secret, seconds, body);
            foreach (var one in given) found |= CryptographicOperations.FixedTimeEquals(expected, one);
        }

        return found;
    }

    private static (string Seconds, IReadOnlyList<byte[]> Signatures)? Read(string header)
    {
        string? seconds = null;
        List<byte[]> signatures = [];
        foreach (var part in header.Split(',', StringSplitOptions.TrimEntries))
        {
            if (part.StartsWith("t=", StringComparison.Ordinal))
            {
                if (seconds is not null || part.Length is < 3 or > 14) return null;
                seconds = part[2..];
            }
            else if (part.StartsWith("v1=", StringComparison.Ordinal))
            {
                if (part.Length != 3 + (2 * HMACSHA256.HashSizeInBytes) || !part[3..].All(char.IsAsciiHexDigit) || signatures.Count == MostSignatures) return null;
                signatures.Add(Convert.FromHexString(part[3..]));
            }
        }

        return seconds is null || signatures.Count == 0 ? null : (seconds, signatures);
    }

    private static byte[] Mac(string secret, string seconds, ReadOnlySpan<byte> body)
    {
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret));
        mac.AppendData(Encoding.ASCII.GetBytes(seconds));
        mac.AppendData("."u8);
        mac.AppendData(body);
        return mac.GetHashAndReset();
    }
}
