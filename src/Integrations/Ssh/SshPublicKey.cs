using System.Security.Cryptography;
using AccessFunctions.Application.Ports;

namespace AccessFunctions.Integrations.Ssh;

/// <summary>A requester's public key.</summary>
/// <param name="Type">Its name on the wire, such as <c>ssh-ed25519</c>.</param>
/// <param name="Fields">What follows the name in the key, as it goes into a certificate.</param>
internal sealed record SshPublicKey(string Type, byte[] Fields)
{
    private const int ShortestRsa = 2048;
    private const int LongestRsa = 8192;
    private const int LongestLine = 3000;

    private static readonly Dictionary<string, ECCurve> Curves = new(StringComparer.Ordinal)
    {
        ["nistp256"] = ECCurve.NamedCurves.nistP256,
        ["nistp384"] = ECCurve.NamedCurves.nistP384,
        ["nistp521"] = ECCurve.NamedCurves.nistP521,
    };

    /// <summary>Reads a line of OpenSSH's form: type, base64, and a comment that is left out.</summary>
    /// <exception cref="PlatformException">Permanent: it is no such line, or the key is too weak.</exception>
    public static SshPublicKey Read(string? line)
    {
        if (string.IsNullOrWhiteSpace(line)) throw Refuse("is missing: name the line of your id_….pub file as the parameter publicKey");
        if (line.Contains("PRIVATE KEY", StringComparison.Ordinal)) throw Refuse("is a private key. It is stored with this request now: do not use it any more, and name the public one");
        var parts = line.Trim().Split(' ', 3, StringSplitOptions.RemoveEmptyEntries);
        if (line.Length > LongestLine || line.Trim().Any(char.IsControl) || parts.Length < 2) throw Refuse("cannot be read: it is one line, such as \"ssh-ed25519 AAAA… comment\"");
        try
        {
            return Read(parts[0], Convert.FromBase64String(parts[1]));
        }
        catch (Exception failure) when (failure is FormatException or CryptographicException)
        {
            throw Refuse("cannot be read: its base64 is not a key of its type", failure);
        }
    }

    private static SshPublicKey Read(string type, byte[] blob)
    {
        var reader = new SshReader(blob);
        if (reader.Text() != type) throw new FormatException("The key is of another type than its line says.");
        var fault = type switch
        {
            "ssh-ed25519" => reader.String().Length == 32 ? null : "is not of 32 bytes",
            "ecdsa-sha2-nistp256" or "ecdsa-sha2-nistp384" or "ecdsa-sha2-nistp521" => Ec(ref reader, type["ecdsa-sha2-".Length..]),
            "ssh-rsa" => Rsa(ref reader),
            _ => "is of none of the types ssh-ed25519, ecdsa-sha2-nistp256, -nistp384, -nistp521, ssh-rsa",
        };
        if (fault is not null) throw Refuse(fault);
        if (!reader.AtEnd) throw new FormatException("There is more than a key.");
        return new SshPublicKey(type, blob[(sizeof(uint) + type.Length)..]);
    }

    private static string? Ec(ref SshReader reader, string curve)
    {
        var named = reader.Text();
        var point = reader.String();
        if (named != curve || point.Length < 3 || point[0] != 4) return "is not an uncompressed point on its curve";
        var half = (point.Length - 1) / 2;

        // Importing it checks that the point is on the curve.
        using var key = ECDsa.Create(new ECParameters { Curve = Curves[curve], Q = new ECPoint { X = point.Slice(1, half).ToArray(), Y = point[(1 + half)..].ToArray() } });
        return null;
    }

    private static string? Rsa(ref SshReader reader)
    {
        var exponent = reader.String().TrimStart((byte)0);
        var modulus = reader.String().TrimStart((byte)0);
        if (exponent.Length is 0 or > 4 || (exponent[^1] & 1) == 0 || exponent is [< 3]) return "has an exponent that no RSA key should have";
        var bits = modulus.Length == 0 ? 0 : (modulus.Length * 8) - System.Numerics.BitOperations.LeadingZeroCount(modulus[0]) + 24;
        return bits is >= ShortestRsa and <= LongestRsa ? null : $"has {bits} bits: an RSA key has {ShortestRsa} to {LongestRsa}";
    }

    private static PlatformException Refuse(string fault, Exception? cause = null) => new($"The public key {fault}.", permanent: true, cause);
}
