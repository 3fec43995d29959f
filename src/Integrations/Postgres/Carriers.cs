using AccessFunctions.Application.Ports;

namespace AccessFunctions.Integrations.Postgres;

/// <summary>The roles that carry one privilege to one identity (<see cref="PrivilegeOrder"/>).</summary>
internal sealed class Carriers(PostgresPlatformOptions options, RoleGuard guard, ObjectPrivileges privileges, RoleRemoval removal)
{
    public async Task Grant(PgSession session, PrivilegeOrder order, CancellationToken cancellation)
    {
        var identity = await guard.Receiver(session, order.Identity, cancellation);
        if (!identity.Inherits && !session.Account.HasMembershipOptions)
            throw new PlatformException($"{options.Name}: {PgName.Quote(identity.Name)} is NOINHERIT, so a privilege given to it would do nothing; ask for a role instead", permanent: true);

        var carrier = PgName.Quote(order.Carrier);
        await session.InTransaction(async () =>
        {
            var objects = await privileges.Resolve(session, order.Ask, cancellation);
            if (await session.FindRole(order.Carrier, cancellation) is null)
            {
                await session.Execute($"CREATE ROLE {carrier} NOLOGIN", cancellation);
                await session.Execute($"COMMENT ON ROLE {carrier} IS {PgName.Literal($"Access Functions: {order.Key}")}", cancellation);
            }
            var role = await session.FindRole(order.Carrier, cancellation) ?? throw new PlatformException($"{options.Name}: {carrier} vanished while it was set up");
            await privileges.Grant(session, objects, role, cancellation);
            await session.Execute($"GRANT {carrier} TO {PgName.Quote(identity.Name)}{(session.Account.HasMembershipOptions ? " WITH INHERIT TRUE, SET FALSE" : "")}", cancellation);
        }, cancellation);
    }

    /// <summary>Takes the privilege away with the role that carries it.</summary>
    /// <returns>The user whose sessions were ended; null where the carrier or the user is not there any more.</returns>
    public async Task Revoke(PgSession session, PrivilegeOrder order, Func<PgRole, Task> endSessions, CancellationToken cancellation)
    {
        var identity = await session.FindRole(order.Identity, cancellation);
        var carrier = await session.FindRole(order.Carrier, cancellation);
        if (identity is not null && carrier is not null)
            await session.InTransaction(() => session.Execute($"REVOKE {PgName.Quote(carrier.Name)} FROM {PgName.Quote(identity.Name)}", cancellation), cancellation);
        // Also where the carrier is gone: an earlier run may have stopped between the two.
        if (identity is not null)
            await endSessions(identity);
        if (carrier is not null)
            await removal.Remove(session, carrier, cancellation);
    }

    public async Task<ReadBackResult> ReadBack(PgSession session, PrivilegeOrder order, CancellationToken cancellation)
    {
        var present = await session.FindRole(order.Carrier, cancellation) is not null;
        var looked = $"{options.Name}: the role {order.Carrier}, which carries {order.Key}, {(present ? "is there" : "does not exist, so nothing is held through it")}";
        if (await session.FindRole(order.Identity, cancellation) is not { } identity)
            return new ReadBackResult(present, null, $"{looked}; there is no user {PgName.Quote(order.Identity)}");
        var (through, covered, of) = await privileges.Elsewhere(session, order.Ask, identity, cancellation);
        return new ReadBackResult(present, through, through is null && covered > 0 ? $"{looked}; {covered} of {of} privileges it needs are held by other ways" : looked);
    }
}
