using AccessFunctions.Application.Effects;

namespace AccessFunctions.Integrations.Redshift;

/// <summary>
/// One Amazon Redshift database, of a cluster or of a serverless workgroup. Users, groups and roles are the whole warehouse's. What the account of
/// <see cref="ConnectionString"/> needs is in <c>docs/platforms/redshift.md</c>.
/// </summary>
public sealed record RedshiftPlatformOptions
{
    /// <summary>The platform's name, the first segment of its resources.</summary>
    public required string Name { get; init; }

    /// <summary>Npgsql connection string of the administrative account. Pooling is always switched off, and the driver's compatibility mode is Redshift's.</summary>
    public required string ConnectionString { get; init; }

    /// <summary>How long one statement may run on the server, at least one second and less than <see cref="EffectRunner.AttemptTimeout"/>. It also bounds the wait for sessions to end.</summary>
    public TimeSpan StatementTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long connecting may take, in whole seconds.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>The host that requesters are told; null: the connection string's.</summary>
    public string? Host { get; init; }

    /// <summary>The port that requesters are told; null: the connection string's.</summary>
    public int? Port { get; init; }

    /// <summary>Database users whose password may be released.</summary>
    public IReadOnlyList<string> Credentials { get; init; } = [];

    /// <summary>Roles that are given although they reach system permissions. Nothing lets <c>sys:superuser</c> through.</summary>
    public IReadOnlyList<string> PrivilegedRoles { get; init; } = [];

    /// <summary>Who gets what an ephemeral login leaves behind; null: the administrative account.</summary>
    public string? Heir { get; init; }
}
