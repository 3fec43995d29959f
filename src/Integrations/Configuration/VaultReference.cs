namespace AccessFunctions.Integrations.Configuration;

/// <summary>
/// References to a key vault in the settings of App Service. Where one cannot be resolved, its own text is the setting's value: anybody could guess
/// that, so it must never stand for a secret.
/// </summary>
internal static class VaultReference
{
    /// <summary>What to say of it, after the setting's name.</summary>
    public const string Words = "a reference to the vault could not be resolved; see whether the secret is there and the app may read it.";

    /// <summary>True where the value is a reference that nobody resolved.</summary>
    public static bool IsUnresolved(string? value) => value is not null && value.TrimStart().StartsWith("@Microsoft.KeyVault(", StringComparison.OrdinalIgnoreCase);
}
