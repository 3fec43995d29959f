using AccessFunctions.Application.Ports;

namespace AccessFunctions.Integrations.Postgres;

/// <summary>What may be given at all, and to whom. Asked before every grant; never before a removal.</summary>
internal sealed class RoleGuard(PostgresPlatformOptions options)
{
    /// <summary>Predefined roles that reach out of the database, to the server's files and programs.</summary>
    private static readonly HashSet<string> ServerWide = new(["pg_execute_server_program", "pg_read_server_files", "pg_write_server_files"], StringComparer.Ordinal);

    private const string Reachable = """
        WITH RECURSIVE reach(oid) AS (
            SELECT @role::oid UNION SELECT m.roleid FROM pg_auth_members m JOIN reach ON m.member = reach.oid)
        SELECT r.rolname::text, r.rolsuper, r.rolcreaterole OR r.rolreplication OR r.rolbypassrls, r.oid = @account::oid
        FROM reach JOIN pg_roles r ON r.oid = reach.oid ORDER BY r.oid = @role::oid DESC, r.rolname
        """;

    /// <summary>The role, where it may be given.</summary>
    /// <exception cref="PlatformException">Permanent: it does not exist, or it reaches too much.</exception>
    public async Task<PgRole> Giveable(PgSession session, string name, CancellationToken cancellation)
    {
        var role = await session.FindRole(name, cancellation)
            ?? throw Refuse($"there is no role {PgName.Quote(name)} (and it is none of the privileges {PgPrivileges.Words})");
        if (OwnNames.Has(name))
            throw Refuse($"{PgName.Quote(name)} belongs to a grant of this product and is not given to anyone else");

        var reachable = await session.Query(
            Reachable, r => (Name: r.GetString(0), Super: r.GetBoolean(1), Powers: r.GetBoolean(2), Account: r.GetBoolean(3)),
            cancellation, ("role", (long)role.Oid), ("account", (long)session.Account.Oid));
        foreach (var reached in reachable)
        {
            if (reached.Super || reached.Account)
                throw Refuse($"{Named(name, reached.Name)} is {(reached.Super ? "a superuser" : "the platform's own account")}, which is never given");
            if ((reached.Powers || ServerWide.Contains(reached.Name)) && !options.PrivilegedRoles.Contains(name, StringComparer.Ordinal))
                throw Refuse($"{Named(name, reached.Name)} has powers over the whole server; list {PgName.Quote(name)} under privilegedRoles to let it be given");
        }
        return role;
    }

    /// <summary>The database user who gets access.</summary>
    /// <exception cref="PlatformException">Permanent: no such user, or one that must not get anything.</exception>
    public async Task<PgRole> Receiver(PgSession session, string name, CancellationToken cancellation)
    {
        var identity = await session.FindRole(name, cancellation) ?? throw Refuse($"there is no database user {PgName.Quote(name)}");
        if (OwnNames.Has(name) || name.StartsWith("pg_", StringComparison.Ordinal))
            throw Refuse($"{PgName.Quote(name)} is not a person's database user");
        return identity.Oid == session.Account.Oid ? throw Refuse($"{PgName.Quote(name)} is the platform's own account and gets no access through requests") : identity;
    }

    private static string Named(string asked, string reached) => asked == reached ? PgName.Quote(asked) : $"{PgName.Quote(asked)} leads to {PgName.Quote(reached)}, which";

    private PlatformException Refuse(string why) => new($"{options.Name}: {why}", permanent: true);
}
