using AccessFunctions.Application.Ports;

namespace AccessFunctions.Integrations.Postgres;

/// <summary>Membership of a database user in a role.</summary>
internal sealed class Memberships(PostgresPlatformOptions options, RoleGuard guard)
{
    private const string Direct = "SELECT m.grantor FROM pg_auth_members m WHERE m.roleid = @role::oid AND m.member = @identity::oid";

    /// <summary>The first step of a chain that ends at the role, without the direct one. From 16 on an edge may give nothing but administration.</summary>
    private const string Chain = """
        WITH RECURSIVE edges AS (
            SELECT m.roleid, m.member FROM pg_auth_members m
            WHERE COALESCE((to_jsonb(m)->>'inherit_option')::bool, true) OR COALESCE((to_jsonb(m)->>'set_option')::bool, true)),
        up(oid, via) AS (
            SELECT e.roleid, e.roleid FROM edges e WHERE e.member = @identity::oid AND e.roleid <> @role::oid
            UNION SELECT e.roleid, up.via FROM edges e JOIN up ON e.member = up.oid)
        SELECT r.rolname::text FROM up JOIN pg_roles r ON r.oid = up.via WHERE up.oid = @role::oid ORDER BY 1 LIMIT 1
        """;

    public async Task Grant(PgSession session, MembershipOrder order, CancellationToken cancellation)
    {
        var role = await guard.Giveable(session, order.Role, cancellation);
        var identity = await guard.Receiver(session, order.Identity, cancellation);
        if (!await IsDirect(session, role, identity, cancellation))
            await session.InTransaction(() => session.Execute($"GRANT {PgName.Quote(role.Name)} TO {PgName.Quote(identity.Name)}", cancellation), cancellation);
    }

    /// <summary>Takes the membership away.</summary>
    /// <returns>The user whose sessions have to end now; null where role or user do not exist any more.</returns>
    public static async Task<PgRole?> Revoke(PgSession session, MembershipOrder order, CancellationToken cancellation)
    {
        if (await session.FindRole(order.Role, cancellation) is not { } role || await session.FindRole(order.Identity, cancellation) is not { } identity)
            return null;
        await session.InTransaction(async () =>
        {
            foreach (var grantor in await Grantors(session, role, identity, cancellation))
                await session.Execute($"REVOKE {PgName.Quote(role.Name)} FROM {PgName.Quote(identity.Name)}{grantor}", cancellation);
        }, cancellation);
        return identity;
    }

    public async Task<ReadBackResult> ReadBack(PgSession session, MembershipOrder order, CancellationToken cancellation)
    {
        var names = $"{PgName.Quote(order.Identity)} in {PgName.Quote(order.Role)}";
        if (await session.FindRole(order.Role, cancellation) is not { } role)
            return new ReadBackResult(false, null, $"{options.Name}: no membership of {names}: there is no such role");
        if (await session.FindRole(order.Identity, cancellation) is not { } identity)
            return new ReadBackResult(false, null, $"{options.Name}: no membership of {names}: there is no such user");

        var direct = await IsDirect(session, role, identity, cancellation);
        return new ReadBackResult(direct, await Through(session, role, identity, cancellation), $"{options.Name}: {(direct ? "a" : "no")} direct membership of {names} in pg_auth_members");
    }

    private static async Task<bool> IsDirect(PgSession session, PgRole role, PgRole identity, CancellationToken cancellation) =>
        (await session.Query(Direct, r => r.GetFieldValue<uint>(0), cancellation, ("role", (long)role.Oid), ("identity", (long)identity.Oid))).Count > 0;

    /// <summary>From 16 on each grantor's membership is one of its own, and all must go.</summary>
    private static async Task<List<string>> Grantors(PgSession session, PgRole role, PgRole identity, CancellationToken cancellation) =>
        await session.Query(
            session.Account.HasMembershipOptions
                ? "SELECT format(' GRANTED BY %I', g.rolname) FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.grantor WHERE m.roleid = @role::oid AND m.member = @identity::oid"
                : "SELECT '' FROM pg_auth_members m WHERE m.roleid = @role::oid AND m.member = @identity::oid",
            r => r.GetString(0), cancellation, ("role", (long)role.Oid), ("identity", (long)identity.Oid));

    private static async Task<string?> Through(PgSession session, PgRole role, PgRole identity, CancellationToken cancellation)
    {
        if (identity.Superuser)
            return "being a superuser";
        var via = await session.Query(Chain, r => r.GetString(0), cancellation, ("role", (long)role.Oid), ("identity", (long)identity.Oid));
        return via is [var first, ..] ? $"membership in {PgName.Quote(first)}" : null;
    }
}
