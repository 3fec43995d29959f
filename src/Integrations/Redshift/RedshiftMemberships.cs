using AccessFunctions.Application.Ports;
using AccessFunctions.Integrations.Postgres;

namespace AccessFunctions.Integrations.Redshift;

/// <summary>Roles given to users, and groups they are put into.</summary>
internal sealed class RedshiftMemberships(RedshiftPlatformOptions options)
{
    private const string RolesOfUser = "SELECT role_name FROM pg_catalog.svv_user_grants WHERE user_name = @user";
    private const string RolesOfRole = "SELECT granted_role_name FROM pg_catalog.svv_role_grants WHERE role_name = @role";
    private const string GroupsOfUser = "SELECT groname FROM pg_catalog.pg_user, pg_catalog.pg_group WHERE pg_user.usesysid = ANY(pg_group.grolist) AND usename = @user";
    private const string Permissions = "SELECT system_privilege FROM pg_catalog.svv_system_privileges WHERE identity_name = @role AND identity_type = 'role'";

    public async Task Grant(RedshiftSession session, HolderOrder order, CancellationToken cancellation)
    {
        await Giveable(session, order.Holder, cancellation);
        switch (await session.IsSuperuser(order.User, cancellation))
        {
            case null: throw Refuse($"there is no database user {PgName.Quote(order.User)}");
            case true: throw Refuse($"{PgName.Quote(order.User)} is a superuser, who has everything already");
        }

        if (OwnNames.Has(order.User)) throw Refuse($"{PgName.Quote(order.User)} is not a person's database user");
        if (!await IsDirect(session, order, cancellation)) await session.InTransaction(() => session.Execute(Giving(order.Holder, order.User), cancellation), cancellation);
    }

    /// <summary>Takes the role or the place in the group away.</summary>
    /// <returns>The user whose sessions have to end now; null where it does not exist any more.</returns>
    public async Task<string?> Revoke(RedshiftSession session, HolderOrder order, CancellationToken cancellation)
    {
        if (await session.IsSuperuser(order.User, cancellation) is null) return null;
        if (await IsDirect(session, order, cancellation)) await session.InTransaction(() => session.Execute(Taking(order.Holder, order.User), cancellation), cancellation);
        return order.User;
    }

    public async Task<ReadBackResult> ReadBack(RedshiftSession session, HolderOrder order, CancellationToken cancellation)
    {
        var user = PgName.Quote(order.User);
        if (await session.IsSuperuser(order.User, cancellation) is not { } super) return new ReadBackResult(false, null, $"{options.Name}: there is no user {user}, so it is in nothing");
        var direct = await IsDirect(session, order, cancellation);
        return new ReadBackResult(
            direct, super ? "being a superuser" : await Through(session, order, cancellation),
            order.Holder.IsGroup ? $"{options.Name}: pg_group has {user} {(direct ? "" : "not ")}in {order.Holder}" : $"{options.Name}: svv_user_grants has {(direct ? "" : "no ")}{order.Holder} for {user}");
    }

    /// <summary>What gives.</summary>
    public static string Giving(RedshiftHolder holder, string user) =>
        holder.IsGroup ? $"ALTER GROUP {PgName.Quote(holder.Name)} ADD USER {PgName.Quote(user)}" : $"GRANT ROLE {PgName.Quote(holder.Name)} TO {PgName.Quote(user)}";

    /// <summary>What takes.</summary>
    public static string Taking(RedshiftHolder holder, string user) =>
        holder.IsGroup ? $"ALTER GROUP {PgName.Quote(holder.Name)} DROP USER {PgName.Quote(user)}" : $"REVOKE ROLE {PgName.Quote(holder.Name)} FROM {PgName.Quote(user)}";

    /// <summary>Everything a user was given directly.</summary>
    public static async Task<List<RedshiftHolder>> Of(RedshiftSession session, string user, CancellationToken cancellation) =>
    [
        .. (await session.Texts(RolesOfUser, cancellation, ("user", user))).Select(static role => new RedshiftHolder(false, role)),
        .. (await session.Texts(GroupsOfUser, cancellation, ("user", user))).Select(static group => new RedshiftHolder(true, group)),
    ];

    /// <summary>Refuses what does not exist, and roles that reach system permissions. Groups have none.</summary>
    /// <exception cref="PlatformException">Permanent.</exception>
    public async Task Giveable(RedshiftSession session, RedshiftHolder holder, CancellationToken cancellation)
    {
        var sql = holder.IsGroup ? "SELECT groname FROM pg_catalog.pg_group WHERE groname = @name" : "SELECT role_name FROM pg_catalog.svv_roles WHERE role_name = @name";
        if ((await session.Texts(sql, cancellation, ("name", holder.Name))).Count == 0) throw Refuse($"there is no {(holder.IsGroup ? "group" : "role")} {PgName.Quote(holder.Name)} (a group is asked for as group:name)");
        if (holder.IsGroup) return;
        foreach (var role in await Down(session, holder.Name, cancellation))
        {
            var named = role == holder.Name ? holder.ToString() : $"{holder} leads to role:{role}, which";
            if (role == "sys:superuser") throw Refuse($"{named} is a superuser's, and is never given");
            if (options.PrivilegedRoles.Contains(holder.Name, StringComparer.Ordinal)) continue;
            if (role.StartsWith("sys:", StringComparison.Ordinal) || await session.Texts(Permissions, cancellation, ("role", role)) is { Count: > 0 })
                throw Refuse($"{named} has system permissions; list {PgName.Quote(holder.Name)} under privilegedRoles to let it be given");
        }
    }

    private static async Task<bool> IsDirect(RedshiftSession session, HolderOrder order, CancellationToken cancellation) => (await Of(session, order.User, cancellation)).Contains(order.Holder);

    /// <summary>A role of the user's that leads to the asked one. Groups are in nothing.</summary>
    private static async Task<string?> Through(RedshiftSession session, HolderOrder order, CancellationToken cancellation)
    {
        if (order.Holder.IsGroup) return null;
        foreach (var role in (await session.Texts(RolesOfUser, cancellation, ("user", order.User))).Where(role => role != order.Holder.Name))
        {
            if ((await Down(session, role, cancellation)).Contains(order.Holder.Name)) return $"role:{role}";
        }

        return null;
    }

    /// <summary>A role and all that it was given, by however many steps.</summary>
    private static async Task<List<string>> Down(RedshiftSession session, string from, CancellationToken cancellation)
    {
        var found = new List<string> { from };
        for (var i = 0; i < found.Count; i++) found.AddRange((await session.Texts(RolesOfRole, cancellation, ("role", found[i]))).Where(role => !found.Contains(role)).Distinct(StringComparer.Ordinal).ToList());
        return found;
    }

    private PlatformException Refuse(string why) => new($"{options.Name}: {why}", permanent: true);
}
