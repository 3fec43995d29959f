using System.Security.Cryptography;
using System.Text;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Integrations.Postgres;

namespace AccessFunctions.Integrations.Redshift;

/// <summary>Users that live for one grant.</summary>
internal sealed class RedshiftUsers(RedshiftPlatformOptions options, RedshiftServer server, ISecretStore secrets, RedshiftMemberships memberships)
{
    private readonly LoginPasswords _passwords = new(secrets, server);

    private const string Tables = "SELECT schemaname, tablename FROM pg_catalog.pg_tables WHERE tableowner = @user";
    private const string Views = "SELECT schemaname, viewname FROM pg_catalog.pg_views WHERE viewowner = @user";
    private const string Schemas = "SELECT nspname FROM pg_catalog.pg_namespace, pg_catalog.pg_user WHERE pg_namespace.nspowner = pg_user.usesysid AND usename = @user";

    public async Task<GrantResult> Grant(RedshiftSession session, PlatformOrder asked, UserOrder order, CancellationToken cancellation)
    {
        if (order.Holder is { } holder) await memberships.Giveable(session, holder, cancellation);
        var password = await _passwords.Make(asked, cancellation);
        var exists = await session.IsSuperuser(order.Login, cancellation) is not null;
        var held = await RedshiftMemberships.Of(session, order.Login, cancellation);
        await session.InTransaction(async () =>
        {
            await session.Execute($"{(exists ? "ALTER" : "CREATE")} USER {PgName.Quote(order.Login)} PASSWORD {Hash(order.Login, password)} VALID UNTIL {PgName.Literal(asked.End)}", cancellation);
            if (order.Holder is { } given && !held.Contains(given)) await session.Execute(RedshiftMemberships.Giving(given, order.Login), cancellation);
        }, cancellation);
        return new GrantResult(order.Login);
    }

    public async Task Extend(RedshiftSession session, PlatformOrder asked, UserOrder order, CancellationToken cancellation)
    {
        if (await session.IsSuperuser(order.Login, cancellation) is null) throw new PlatformException($"{options.Name}: the user {order.Login} is not there any more, so its end cannot be moved", permanent: true);
        await session.InTransaction(() => session.Execute($"ALTER USER {PgName.Quote(order.Login)} VALID UNTIL {PgName.Literal(asked.End)}", cancellation), cancellation);
    }

    /// <summary>Ends the user: no new session, no live one, nothing given or owned, then no user. What it owns elsewhere than in this database makes dropping it fail.</summary>
    /// <returns>How many sessions were ended.</returns>
    public async Task<int> Revoke(RedshiftSession session, PlatformOrder asked, UserOrder order, CancellationToken cancellation)
    {
        var ended = 0;
        if (await session.IsSuperuser(order.Login, cancellation) is not null)
        {
            var (login, heir) = (PgName.Quote(order.Login), PgName.Quote(options.Heir ?? session.Account));
            await session.InTransaction(() => session.Execute($"ALTER USER {login} PASSWORD DISABLE", cancellation), cancellation);
            ended = await RedshiftSessions.End(session, order.Login, server.Patience, cancellation);
            var held = await RedshiftMemberships.Of(session, order.Login, cancellation);
            var owned = new List<string>();
            foreach (var sql in (string[])[Tables, Views])
                owned.AddRange((await session.Query(sql, static r => (r.GetString(0), r.GetString(1)), cancellation, ("user", order.Login))).Select(one => $"ALTER TABLE {PgName.Quote(one.Item1)}.{PgName.Quote(one.Item2)} OWNER TO {heir}"));
            owned.AddRange((await session.Texts(Schemas, cancellation, ("user", order.Login))).Select(schema => $"ALTER SCHEMA {PgName.Quote(schema)} OWNER TO {heir}"));
            await session.InTransaction(async () =>
            {
                foreach (var statement in held.Select(holder => RedshiftMemberships.Taking(holder, order.Login)).Concat(owned)) await session.Execute(statement, cancellation);
                await session.Execute($"DROP USER {login}", cancellation);
            }, cancellation);
        }

        ended += await RedshiftSessions.End(session, order.Login, server.Patience, cancellation);
        await _passwords.Forget(asked, cancellation);
        return ended;
    }

    public async Task<ReadBackResult> ReadBack(RedshiftSession session, UserOrder order, CancellationToken cancellation)
    {
        var sessions = (await RedshiftSessions.Find(session, order.Login, cancellation)).Count;
        var exists = await session.IsSuperuser(order.Login, cancellation) is not null;
        return new ReadBackResult(exists || sessions > 0, null, $"{options.Name}: there is {(exists ? "a" : "no")} user {order.Login} in pg_user, and {sessions} session(s) of it in stv_sessions");
    }

    public Task<ReleasedSecret?> Secret(PlatformOrder asked, UserOrder order, CancellationToken cancellation) => _passwords.Release(asked, order.Login, cancellation);

    /// <summary>
    /// The literal in place of a password: <c>md5</c> and the hash of password and user ("CREATE USER"), so that no statement or log has the password. Drivers that do not know
    /// Redshift's own exchange for SHA-256 can sign in with it; 192 random bits are not guessed from it.
    /// </summary>
#pragma warning disable CA5351 // The server's protocol asks for it.
    public static string Hash(string user, string password) => $"'md5{Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(password + user)))}'";
#pragma warning restore CA5351
}

/// <summary>Users as far as their passwords go. Redshift has no locks to take turns with.</summary>
internal sealed class RedshiftPasswordUsers(RedshiftSession session) : IPasswordUsers
{
    public async Task<string?> Problem(string user, CancellationToken cancellation) => await session.IsSuperuser(user, cancellation) switch
    {
        null => $"there is no database user {PgName.Quote(user)}",
        _ when user == session.Account || OwnNames.Has(user) => $"{PgName.Quote(user)} is this product's own, and its password is never released",
        _ => null,
    };

    public async Task<bool> Exists(string user, CancellationToken cancellation) => await session.IsSuperuser(user, cancellation) is not null;

    public Task TakeTurn(string user, CancellationToken cancellation) => Task.CompletedTask;

    public Task Set(string user, string password, CancellationToken cancellation) =>
        session.InTransaction(() => session.Execute($"ALTER USER {PgName.Quote(user)} PASSWORD {RedshiftUsers.Hash(user, password)}", cancellation), cancellation);
}
