using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Integrations.Postgres;

/// <summary>Logins that live for one grant.</summary>
internal sealed class EphemeralLogins(
    PostgresPlatformOptions options, PgServer server, ISecretStore secrets, RoleGuard guard, ObjectPrivileges privileges, RoleRemoval removal)
{
    private readonly LoginPasswords _passwords = new(secrets, server);

    public async Task<GrantResult> Grant(PgSession session, PlatformOrder asked, LoginOrder order, CancellationToken cancellation)
    {
        var role = order.Role is { } name ? await guard.Giveable(session, name, cancellation) : null;
        var password = await _passwords.Make(asked, cancellation);
        var login = PgName.Quote(order.Login);
        await session.InTransaction(async () =>
        {
            var attributes = $"LOGIN PASSWORD {PgName.Literal(ScramVerifier.For(password))} VALID UNTIL {PgName.Literal(asked.End)}";
            if (await session.FindRole(order.Login, cancellation) is null)
            {
                await session.Execute($"CREATE ROLE {login} {attributes}", cancellation);
                await session.Execute($"COMMENT ON ROLE {login} IS {PgName.Literal($"Access Functions: grant {asked.GrantId} of request {asked.RequestId}")}", cancellation);
            }
            else
            {
                await session.Execute($"ALTER ROLE {login} {attributes}", cancellation);
            }
            if (role is not null)
                await session.Execute($"GRANT {PgName.Quote(role.Name)} TO {login}", cancellation);
            if (order.Ask is { } ask && await session.FindRole(order.Login, cancellation) is { } made)
                await privileges.Grant(session, await privileges.Resolve(session, ask, cancellation), made, cancellation);
        }, cancellation);
        return new GrantResult(order.Login);
    }

    public async Task Extend(PgSession session, PlatformOrder asked, LoginOrder order, CancellationToken cancellation)
    {
        if (await session.FindRole(order.Login, cancellation) is not { CanLogin: true })
            throw new PlatformException($"{options.Name}: the login {order.Login} is not there any more, so its end cannot be moved", permanent: true);
        await session.InTransaction(() => session.Execute($"ALTER ROLE {PgName.Quote(order.Login)} VALID UNTIL {PgName.Literal(asked.End)}", cancellation), cancellation);
    }

    /// <summary>Ends the login: no new session, no live one, nothing owned, then no role.</summary>
    /// <returns>How many sessions were ended.</returns>
    public async Task<int> Revoke(PgSession session, PlatformOrder asked, LoginOrder order, CancellationToken cancellation)
    {
        var ended = 0;
        if (await session.FindRole(order.Login, cancellation) is { } login)
        {
            await session.InTransaction(() => session.Execute($"ALTER ROLE {PgName.Quote(login.Name)} NOLOGIN PASSWORD NULL", cancellation), cancellation);
            ended = await Backends.EndLogin(session, login, server.Patience, cancellation);
            await removal.Remove(session, login, cancellation);
        }
        await Backends.EndOrphans(session, server.Patience, cancellation);
        await _passwords.Forget(asked, cancellation);
        return ended;
    }

    public async Task<ReadBackResult> ReadBack(PgSession session, LoginOrder order, CancellationToken cancellation)
    {
        if (await session.FindRole(order.Login, cancellation) is { } login)
            return new ReadBackResult(true, null, $"{options.Name}: the login {login.Name} is there{(login.CanLogin ? "" : " (NOLOGIN)")}, with {await Backends.CountOf(session, login, cancellation)} session(s)");
        var orphans = await Backends.CountOrphans(session, cancellation);
        return orphans > 0
            ? new ReadBackResult(true, null, $"{options.Name}: the login {order.Login} is gone, but {orphans} session(s) of dropped logins are alive", MayBeAnothers: true)
            : new ReadBackResult(false, null, $"{options.Name}: there is no login {order.Login} and no session of a dropped login");
    }

    public Task<ReleasedSecret?> Secret(PlatformOrder asked, LoginOrder order, CancellationToken cancellation) => _passwords.Release(asked, order.Login, cancellation);
}

/// <summary>The fields that a requester gets of a database login.</summary>
internal static class Released
{
    public static ReleasedSecret Login(string user, string password, (string Host, int Port, string Database) address) => new(new Dictionary<string, string>
    {
        ["username"] = user,
        ["password"] = password,
        ["host"] = address.Host,
        ["port"] = $"{address.Port}",
        ["database"] = address.Database,
    });
}
