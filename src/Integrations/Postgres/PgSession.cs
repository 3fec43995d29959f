using Npgsql;

namespace AccessFunctions.Integrations.Postgres;

/// <summary>A session on PostgreSQL, with its bounds set on the server.</summary>
internal sealed class PgSession(NpgsqlConnection connection, PgAccount account) : SqlSession(connection)
{
    public PgAccount Account { get; } = account;

    /// <summary>The role of that name, or null.</summary>
    public async Task<PgRole?> FindRole(string name, CancellationToken cancellation) =>
        (await Query(
            "SELECT oid, rolname::text, rolsuper, rolcanlogin, rolinherit FROM pg_roles WHERE rolname = @name",
            r => new PgRole(r.GetFieldValue<uint>(0), r.GetString(1), r.GetBoolean(2), r.GetBoolean(3), r.GetBoolean(4)),
            cancellation, ("name", name))).FirstOrDefault();
}

/// <summary>Who the administrative account is on this server.</summary>
/// <param name="Version"><c>server_version_num</c>, for example 150014.</param>
internal sealed record PgAccount(uint Oid, string Name, bool Superuser, int Version)
{
    /// <summary>From 16 on a membership has options, a grantor of its own, and CREATEROLE gives power only over roles one made or administers.</summary>
    public bool HasMembershipOptions => Version >= 160000;
}

/// <summary>A role as the server has it.</summary>
internal sealed record PgRole(uint Oid, string Name, bool Superuser, bool CanLogin, bool Inherits);
