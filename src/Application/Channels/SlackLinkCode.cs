using System.Security.Cryptography;
using System.Text;

namespace AccessFunctions.Application.Channels;

/// <summary>
/// The code that proves that a Slack user is one's own: 10 characters, 48 random bits, of an alphabet without vowels and without what looks
/// alike. What is kept of it is derived slowly, with person and user bound in, so that who reads the rows does not learn it while it counts.
/// </summary>
public static class SlackLinkCode
{
    /// <summary>Characters of a code.</summary>
    public const int Length = 10;

    /// <summary>28 characters.</summary>
    public const string Alphabet = "BCDFGHJKMNPQRSTVWXYZ23456789";

    private const int Rounds = 100_000;
    private const int Bytes = 32;

    /// <summary>A new code, as it is sent: two groups of five.</summary>
    public static string New()
    {
        var code = RandomNumberGenerator.GetString(Alphabet, Length);
        return $"{code[..5]}-{code[5..]}";
    }

    /// <summary>The code that was typed, in any case, with blanks and dashes anywhere; null where it is none.</summary>
    public static string? Read(string? typed)
    {
        if (typed is not { Length: <= 40 }) return null;
        var code = new string([.. typed.Where(static c => !char.IsWhiteSpace(c) && c != '-').Select(char.ToUpperInvariant)]);
        return code.Length == Length && code.All(Alphabet.Contains) ? code : null;
    }

    /// <summary>What is kept of a code, in base64.</summary>
    /// <param name="code">As <see cref="New"/> made it, or as <see cref="Read"/> gives it.</param>
    /// <param name="salt">Random, of its own for each code.</param>
    public static string Hash(string code, byte[] salt, string person, string user) => Convert.ToBase64String(Derive(code, salt, person, user));

    /// <summary>True where the hash was made from that code for that person and user; takes the same time either way.</summary>
    public static bool Matches(string code, byte[] salt, string person, string user, string hash) =>
        CryptographicOperations.FixedTimeEquals(Derive(code, salt, person, user), Convert.FromBase64String(hash));

    // Neither ids nor codes hold a line feed, so the parts cannot run into each other.
    private static byte[] Derive(string code, byte[] salt, string person, string user) => Rfc2898DeriveBytes.Pbkdf2(
        Encoding.UTF8.GetBytes($"{Read(code) ?? throw new ArgumentException("This is no code.", nameof(code))}\n{user}\n{person}"), salt, Rounds, HashAlgorithmName.SHA256, Bytes);
}
