using AccessFunctions.Application.Effects;

namespace AccessFunctions.Integrations.Postgres;

/// <summary>One database of a server that speaks PostgreSQL's protocol, and what is given on it.</summary>
public abstract record PgServerOptions
{
    /// <summary>The platform's name, the first segment of its resources.</summary>
    public required string Name { get; init; }

    /// <summary>Npgsql connection string of the administrative account, directly to the server (no transaction pooler). Pooling is always switched off.</summary>
    public required string ConnectionString { get; init; }

    /// <summary>
    /// How long one statement may run on the server, at least one second and less than <see cref="EffectRunner.AttemptTimeout"/>. It also
    /// bounds the wait for sessions to end.
    /// </summary>
    public TimeSpan StatementTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// How long connecting may take, in whole seconds. A statement is cancelled over a connection of its own, so this is also how long
    /// past its time an attempt may hang on a server that no longer answers.
    /// </summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>The host that requesters are told; null: the connection string's.</summary>
    public string? Host { get; init; }

    /// <summary>The port that requesters are told; null: the connection string's.</summary>
    public int? Port { get; init; }

    /// <summary>Database users whose password may be released.</summary>
    public IReadOnlyList<string> Credentials { get; init; } = [];

    /// <summary>Roles that are given although they reach powers over the whole server; the platform's page says which. Nothing lets a superuser's role through.</summary>
    public IReadOnlyList<string> PrivilegedRoles { get; init; } = [];

    /// <summary>Who gets what an ephemeral login leaves behind; null: the administrative account.</summary>
    public string? Heir { get; init; }

    /// <summary>Never the connection string.</summary>
    public sealed override string ToString() => $"{GetType().Name}({Name})";
}
