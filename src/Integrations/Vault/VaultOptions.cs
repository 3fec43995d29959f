namespace AccessFunctions.Integrations.Vault;

/// <summary>One vault: its name and what it offers.</summary>
public sealed record VaultOptions
{
    /// <summary>The first segment of its resources.</summary>
    public string Name { get; init; } = "vault";

    /// <summary>What can be asked for; anything stored but not named here cannot.</summary>
    public IReadOnlyList<VaultSecret> Secrets { get; init; } = [];
}

/// <summary>A secret that the vault offers: <c>{vault}/{Name}</c>. Its value is in the secret store under that name, never in options.</summary>
public sealed record VaultSecret
{
    /// <summary>The path in the vault; may have slashes.</summary>
    public required string Name { get; init; }

    public string? Description { get; init; }

    /// <summary>
    /// The rotation target: a Credential resource of another platform, such as <c>pg-prod/db_admin</c>, which changes the secret and
    /// proves it. Null: a person rotates by hand.
    /// </summary>
    public string? Rotates { get; init; }

    /// <summary>Who may confirm a rotation by hand, besides administrators: <c>person</c>, <c>group:name</c> or <c>role:Name</c>.</summary>
    public IReadOnlyList<string> Owners { get; init; } = [];
}
