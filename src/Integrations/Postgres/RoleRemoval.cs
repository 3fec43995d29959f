using AccessFunctions.Application.Ports;
using Npgsql;

namespace AccessFunctions.Integrations.Postgres;

/// <summary>
/// Removes a role that this product made: what it owns goes to the heir, what it may do is taken, then it is dropped. The catalog
/// <c>pg_shdepend</c> names every database that holds anything of it, so exactly those are visited.
/// </summary>
internal sealed class RoleRemoval(PgServer server, PostgresPlatformOptions options)
{
    /// <summary>The platform's own database comes along in any case: objects shared by all databases are handled from there.</summary>
    private const string Holding = """
        SELECT DISTINCT d.datname::text, d.datallowconn, d.datname = current_database()
        FROM pg_database d LEFT JOIN pg_shdepend s ON s.dbid = d.oid AND s.refclassid = 'pg_authid'::regclass AND s.refobjid = @role::oid
        WHERE s.refobjid IS NOT NULL OR d.datname = current_database()
        """;

    /// <summary>Removes the role; nobody can be logged in as it any more.</summary>
    public async Task Remove(PgSession session, PgRole role, CancellationToken cancellation)
    {
        var name = PgName.Quote(role.Name);
        if (!session.Account.Superuser)
            await session.Execute($"GRANT {name} TO CURRENT_USER{(session.Account.HasMembershipOptions ? " WITH INHERIT TRUE" : "")}", cancellation);

        foreach (var (database, open, own) in await session.Query(Holding, r => (r.GetString(0), r.GetBoolean(1), r.GetBoolean(2)), cancellation, ("role", (long)role.Oid)))
        {
            if (!open)
                throw new PlatformException($"{options.Name}: {name} owns or holds something in database {PgName.Quote(database)}, which allows no connections; allow them, so that it can be taken");
            if (own)
            {
                await Empty(session, name, cancellation);
                continue;
            }
            await using var there = await Visit(database, cancellation);
            await Empty(there, name, cancellation);
        }
        await session.Execute($"DROP ROLE IF EXISTS {name}", cancellation);
    }

    private Task Empty(PgSession session, string name, CancellationToken cancellation)
    {
        var heir = options.Heir is { } configured ? PgName.Quote(configured) : "CURRENT_USER";
        return session.InTransaction(async () =>
        {
            await AclLock.Take(session, cancellation);
            await session.Execute($"REASSIGN OWNED BY {name} TO {heir}", cancellation);
            await session.Execute($"DROP OWNED BY {name}", cancellation);
        }, cancellation);
    }

    private async Task<PgSession> Visit(string database, CancellationToken cancellation)
    {
        try
        {
            return await server.Open(cancellation, database);
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new PlatformException($"{options.Name}: the platform's account may not connect to database {PgName.Quote(database)}, where an ephemeral login left something", permanent: true, refused);
        }
    }
}

/// <summary>
/// Changes of the same object's privileges fail with "tuple concurrently updated" when they meet. This product's own wait for each other
/// instead; the server's lock time-out bounds the wait.
/// </summary>
internal static class AclLock
{
    /// <summary>"accessfn" in ASCII.</summary>
    private const long Key = 0x616363657373666E;

    /// <summary>Held until the transaction ends.</summary>
    public static Task Take(PgSession session, CancellationToken cancellation) => session.Execute($"SELECT pg_advisory_xact_lock({Key})", cancellation);
}
