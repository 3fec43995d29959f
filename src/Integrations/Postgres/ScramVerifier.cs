using System.Security.Cryptography;
using System.Text;

namespace AccessFunctions.Integrations.Postgres;

/// <summary>
/// Passwords, and what PostgreSQL is told of them: the SCRAM-SHA-256 verifier (RFC 5803, RFC 7677) computed here, so that no statement, server
/// log or statistics view ever holds the password itself.
/// </summary>
internal static class ScramVerifier
{
    private const int Iterations = 4096;

    /// <summary>A new password: 32 characters of A–Z, a–z, 0–9, <c>-</c> and <c>_</c>, 192 random bits. Pure ASCII, so SASLprep leaves it as it is.</summary>
    public static string NewPassword() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(24)).Replace('+', '-').Replace('/', '_');

    /// <summary><c>SCRAM-SHA-256$4096:salt$StoredKey:ServerKey</c> with a new random salt.</summary>
    public static string For(string password) => For(password, RandomNumberGenerator.GetBytes(16));

    /// <summary>The same with a given salt.</summary>
    public static string For(string password, byte[] salt)
    {
        var salted = Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), salt, Iterations, HashAlgorithmName.SHA256, 32);
        var stored = SHA256.HashData(HMACSHA256.HashData(salted, "Client Key"u8));
        var server = HMACSHA256.HashData(salted, "Server Key"u8);
        return $"SCRAM-SHA-256${Iterations}:{Convert.ToBase64String(salt)}${Convert.ToBase64String(stored)}:{Convert.ToBase64String(server)}";
    }
}
