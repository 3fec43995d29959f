using AccessFunctions.Application.Ports;

namespace AccessFunctions.Integrations.Snowflake;

/// <summary>Roles given to users.</summary>
internal sealed class SnowflakeRoles(SnowflakePlatformOptions options, SnowflakeApi api, SnowflakeAccount account)
{
    /// <summary>Roles that administer the account, its security or its organization.</summary>
    private static readonly HashSet<string> Never = new(["ACCOUNTADMIN", "SECURITYADMIN", "ORGADMIN", "GLOBALORGADMIN"], StringComparer.Ordinal);

    /// <summary>Rights over the whole account by which a holder could give access further.</summary>
    private static readonly HashSet<string> Powers = new(["MANAGE GRANTS", "CREATE USER", "CREATE ROLE", "CREATE ACCOUNT", "OWNERSHIP"], StringComparer.Ordinal);

    public async Task Grant(RoleOrder order, CancellationToken cancellation)
    {
        var (role, user) = (SnowflakeName.Quote(order.Role), SnowflakeName.Quote(order.User));
        if (!await account.HasRole(order.Role, cancellation)) throw Refuse($"there is no role {role} (names are in the case that SHOW ROLES shows)");
        if (await account.FindUser(order.User, cancellation) is null) throw Refuse($"there is no user {user} (names are in the case that SHOW USERS shows)");
        if (string.Equals(order.User, options.User, StringComparison.OrdinalIgnoreCase)) throw Refuse($"{user} is the platform's own user and gets no access through requests");
        await Giveable(order.Role, cancellation);
        if (await IsDirect(order, cancellation) is { Is: false }) await api.Change("grant", $"GRANT ROLE {role} TO USER {user}", cancellation);
    }

    /// <summary>Takes the role away.</summary>
    /// <returns>The user whose sessions have to end now; null where there is none any more.</returns>
    public async Task<SnowflakeUser?> Revoke(RoleOrder order, CancellationToken cancellation)
    {
        if (await IsDirect(order, cancellation) is { Is: true }) await api.Change("revoke", $"REVOKE ROLE {SnowflakeName.Quote(order.Role)} FROM USER {SnowflakeName.Quote(order.User)}", cancellation);
        return await account.FindUser(order.User, cancellation);
    }

    public async Task<ReadBackResult> ReadBack(RoleOrder order, CancellationToken cancellation)
    {
        var (direct, looked) = await IsDirect(order, cancellation);
        return new ReadBackResult(direct, await Through(order, cancellation), $"{options.Name}: {looked}");
    }

    /// <summary>Whether the user has the role directly, and what was looked at. A user that is not shown may be one that the platform's role may not see: then the role's holders tell.</summary>
    private async Task<(bool Is, string Looked)> IsDirect(RoleOrder order, CancellationToken cancellation)
    {
        var (role, user) = (SnowflakeName.Quote(order.Role), SnowflakeName.Quote(order.User));
        if (await account.RolesOf(order.User, cancellation) is { } roles)
        {
            var isThere = roles.Any(held => SnowflakeAccount.Same(held, order.Role));
            return (isThere, $"SHOW GRANTS TO USER {user} lists {(isThere ? "" : "no ")}role {role}");
        }

        var holders = await account.HoldersOf(order.Role, cancellation);
        var holds = holders?.Any(holder => holder.IsUser && SnowflakeAccount.Same(holder.Name, order.User)) == true;
        return (holds, $"there is no user {user} to be seen, and {(holders is null ? $"no role {role}" : $"SHOW GRANTS OF ROLE {role} {(holds ? "lists it" : "does not list it")}")}");
    }

    /// <summary>A role of the user's, directly its own, that the asked role was given to by however many steps.</summary>
    private async Task<string?> Through(RoleOrder order, CancellationToken cancellation)
    {
        if (order.Role == SnowflakeAccount.Public) return "being a user";
        var (seen, next) = (new HashSet<string>([order.Role], StringComparer.Ordinal), new Queue<string>([order.Role]));
        while (next.TryDequeue(out var role))
        {
            foreach (var holder in await account.HoldersOf(role, cancellation) ?? [])
            {
                if (holder.IsUser && role != order.Role && SnowflakeAccount.Same(holder.Name, order.User)) return $"role {SnowflakeName.Quote(role)}";
                if (!holder.IsUser && seen.Add(SnowflakeAccount.Plain(holder.Name))) next.Enqueue(SnowflakeAccount.Plain(holder.Name));
            }
        }

        return null;
    }

    /// <summary>Goes down to every role that the role has, and refuses what reaches too far.</summary>
    private async Task Giveable(string asked, CancellationToken cancellation)
    {
        var (seen, next) = (new HashSet<string>([asked], StringComparer.Ordinal), new Queue<string>([asked]));
        var isListed = options.PrivilegedRoles.Contains(asked, StringComparer.Ordinal);
        while (next.TryDequeue(out var role))
        {
            var named = role == asked ? SnowflakeName.Quote(asked) : $"{SnowflakeName.Quote(asked)} leads to {SnowflakeName.Quote(role)}, which";
            if (Never.Contains(role)) throw Refuse($"{named} administers the account, and is never given");
            if (role == options.Role) throw Refuse($"{named} is the platform's own role, and is never given");
            foreach (var privilege in await account.PrivilegesOf(role, cancellation))
            {
                if (privilege is { On: "ROLE", Privilege: "USAGE" })
                {
                    if (seen.Add(SnowflakeAccount.Plain(privilege.Object))) next.Enqueue(SnowflakeAccount.Plain(privilege.Object));
                }
                else if (!isListed && Reaches(privilege))
                {
                    throw Refuse($"{named} has {privilege.Privilege} on {privilege.On.ToLowerInvariant()} {privilege.Object}; list {SnowflakeName.Quote(asked)} under privilegedRoles to let it be given");
                }
            }
        }
    }

    private static bool Reaches(SnowflakePrivilege privilege) => privilege.On switch
    {
        "ACCOUNT" => Powers.Contains(privilege.Privilege),
        "USER" or "ROLE" => privilege.Privilege == "OWNERSHIP",
        _ => false,
    };

    private PlatformException Refuse(string why) => new($"{options.Name}: {why}", permanent: true);
}
