using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Integrations.Postgres;

/// <summary>What an order means on PostgreSQL. Read without looking at the server, so the same order always means the same.</summary>
internal abstract record PostgresOrder
{
    /// <summary>What the roles begin with that carry one privilege on objects.</summary>
    protected const string CarrierPrefix = OwnNames.Prefix + "p_";

    /// <summary>Reads an order.</summary>
    /// <returns>The meaning, or what is wrong: then no run of such an order can ever have changed anything.</returns>
    public static (PostgresOrder? Order, string? Problem) Read(string platform, PlatformOrder order) => order.Kind switch
    {
        AccessKind.Role => Role(platform, order),
        AccessKind.Session => Session(order),
        AccessKind.Credential => Credential(order),
        AccessKind.Certificate or AccessKind.Settings or AccessKind.Recording or AccessKind.Other => (null, $"PostgreSQL does not provision the kind {order.Kind}"),
    };

    private static (PostgresOrder?, string?) Role(string platform, PlatformOrder order)
    {
        if (string.IsNullOrEmpty(order.Role))
            return (null, "no role was chosen");
        if (string.IsNullOrEmpty(order.Identity))
            return (null, $"no database user on {platform} is linked to the requester");
        if (PgName.Problem("role's name", order.Role) is { } role)
            return (null, role);
        if (PgName.Problem("identity's name", order.Identity) is { } identity)
            return (null, identity);
        if (!PgPrivileges.IsPrivilege(order.Role))
            return (new MembershipOrder(order.Role, order.Identity), null);
        return PgName.ParsePath(order.Path, out var path) is { } problem
            ? (null, problem)
            : (new PrivilegeOrder(platform, new PrivilegeAsk(order.Role, path), order.Identity), null);
    }

    private static (PostgresOrder?, string?) Session(PlatformOrder order)
    {
        var login = OwnNames.LoginOf(order.GrantId);
        if (string.IsNullOrEmpty(order.Role))
            return (new LoginOrder(login, null, null), null);
        if (PgName.Problem("role's name", order.Role) is { } role)
            return (null, role);
        if (!PgPrivileges.IsPrivilege(order.Role))
            return (new LoginOrder(login, order.Role, null), null);
        return PgName.ParsePath(order.Path, out var path) is { } problem ? (null, problem) : (new LoginOrder(login, null, new PrivilegeAsk(order.Role, path)), null);
    }

    private static (PostgresOrder?, string?) Credential(PlatformOrder order)
    {
        if (PgName.ParsePath(order.Path, out var path) is { } problem)
            return (null, problem);
        return path is [var user] ? (new CredentialOrder(user), null) : (null, "the path of a credential is one database user's name");
    }
}

/// <summary>A privilege and the path it is asked on.</summary>
internal sealed record PrivilegeAsk(string Privilege, IReadOnlyList<string> Path)
{
    /// <summary>For messages and keys: <c>SELECT on analytics.orders</c>.</summary>
    public override string ToString() => $"{Privilege} on {PgName.FormatPath(Path)}";
}

/// <summary>Membership of the identity in a role.</summary>
internal sealed record MembershipOrder(string Role, string Identity) : PostgresOrder
{
    public string Key => $"membership in {PgName.Quote(Role)} for {PgName.Quote(Identity)}";
}

/// <summary>
/// A privilege on objects, carried by a role of its own of which the identity is made a member: so what this product gave can be told from
/// what anyone else gave, on every single object, and overlapping grants never take from each other.
/// </summary>
internal sealed record PrivilegeOrder(string Platform, PrivilegeAsk Ask, string Identity) : PostgresOrder
{
    public string Key => $"{Ask} for {PgName.Quote(Identity)}";
    public string Carrier => CarrierPrefix + OwnNames.Digest($"{Platform}\n{Key}");
}

/// <summary>An ephemeral login of the grant's own, a member of a role or holder of a privilege.</summary>
internal sealed record LoginOrder(string Login, string? Role, PrivilegeAsk? Ask) : PostgresOrder;

/// <summary>The password of a named database user.</summary>
internal sealed record CredentialOrder(string User) : PostgresOrder
{
    public string Key => $"password of {PgName.Quote(User)}";
}
