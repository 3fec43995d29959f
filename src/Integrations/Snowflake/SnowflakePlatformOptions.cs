using AccessFunctions.Application.Effects;

namespace AccessFunctions.Integrations.Snowflake;

/// <summary>
/// One Snowflake account on which access is given, over its SQL REST API. What the user needs there is in <c>docs/platforms/snowflake.md</c>.
/// Names are written as SHOW shows them: upper case, unless they were made with double quotes.
/// </summary>
public sealed record SnowflakePlatformOptions
{
    /// <summary>The platform's name, the first segment of its resources.</summary>
    public required string Name { get; init; }

    /// <summary>The account's identifier: <c>organization-account</c>, or a locator with its region (<c>xy12345.eu-central-1</c>).</summary>
    public required string Account { get; init; }

    /// <summary>The user this product works as.</summary>
    public required string User { get; init; }

    /// <summary>That user's RSA private key as PEM (PKCS#8, or encrypted PKCS#8).</summary>
    public required string PrivateKey { get; init; }

    /// <summary>What an encrypted key is opened with; null: it is not encrypted.</summary>
    public string? PrivateKeyPassphrase { get; init; }

    /// <summary>The role in which every statement runs.</summary>
    public required string Role { get; init; }

    /// <summary>The warehouse in which sessions are looked for. Nothing else needs one.</summary>
    public required string Warehouse { get; init; }

    /// <summary>A database the role may use: its INFORMATION_SCHEMA tells of sessions.</summary>
    public required string Database { get; init; }

    /// <summary>Where the API is; null: <c>https://{account}.snowflakecomputing.com/</c>. Needed for private connectivity.</summary>
    public Uri? Address { get; init; }

    /// <summary>How long one statement may run on the server, in whole seconds, at least one and less than <see cref="EffectRunner.AttemptTimeout"/>.</summary>
    public TimeSpan StatementTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>True: open sessions are looked for in SNOWFLAKE.ACCOUNT_USAGE too, which knows idle ones but is hours late.</summary>
    public bool AccountUsage { get; init; }

    /// <summary>Users whose password may be released.</summary>
    public IReadOnlyList<string> Credentials { get; init; } = [];

    /// <summary>Roles that are given although they reach powers over users, roles or grants. Nothing lets account administration through.</summary>
    public IReadOnlyList<string> PrivilegedRoles { get; init; } = [];

    /// <summary>Never the key.</summary>
    public override string ToString() => $"SnowflakePlatformOptions({Name}, {Account})";
}
