using System.Security.Cryptography;

namespace AccessFunctions.Integrations.Vault;

/// <summary>Puts made-up secrets into the vault of a demo. What is there stays: a second start changes nothing.</summary>
public static class VaultSeeder
{
    private const string Alphabet = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";

    /// <summary>Gives every offered secret without a rotation target a user name and a random password.</summary>
    public static async Task Seed(VaultOptions vault, VaultSecrets secrets, CancellationToken cancellation)
    {
        foreach (var secret in vault.Secrets.Where(secret => secret.Rotates is null))
        {
            var fields = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["username"] = secret.Name[(secret.Name.LastIndexOf('/') + 1)..],
                ["password"] = RandomNumberGenerator.GetString(Alphabet, 24),
            };
            await secrets.Seed($"{vault.Name}/{secret.Name}", fields, cancellation);
        }
    }
}
