using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Integrations.Snowflake;

/// <summary>What an order means on Snowflake. Read without looking at the account, so the same order always means the same.</summary>
internal abstract record SnowflakeOrder
{
    /// <summary>Reads an order.</summary>
    /// <returns>The meaning, or what is wrong: then no run of such an order can ever have changed anything.</returns>
    public static (SnowflakeOrder? Order, string? Problem) Read(string platform, PlatformOrder order) => order.Kind switch
    {
        AccessKind.Role => Role(platform, order),
        AccessKind.Credential => SnowflakeName.Problem("user's name", order.Path) is { } problem ? (null, problem) : (new PasswordOrder(order.Path), null),
        AccessKind.Session or AccessKind.Certificate or AccessKind.Settings or AccessKind.Recording or AccessKind.Other => (null, $"Snowflake does not provision the kind {order.Kind}"),
    };

    private static (SnowflakeOrder?, string?) Role(string platform, PlatformOrder order)
    {
        if (string.IsNullOrEmpty(order.Role)) return (null, "no role was chosen");
        if (string.IsNullOrEmpty(order.Identity)) return (null, $"no Snowflake user on {platform} is linked to the requester");
        return (SnowflakeName.Problem("role's name", order.Role) ?? SnowflakeName.Problem("identity's name", order.Identity)) is { } problem
            ? (null, problem)
            : (new RoleOrder(order.Role, order.Identity), null);
    }
}

/// <summary>A role given to a user.</summary>
internal sealed record RoleOrder(string Role, string User) : SnowflakeOrder
{
    public string Key => $"role {SnowflakeName.Quote(Role)} for {SnowflakeName.Quote(User)}";
}

/// <summary>The password of a named user.</summary>
internal sealed record PasswordOrder(string User) : SnowflakeOrder
{
    public string Key => $"password of {SnowflakeName.Quote(User)}";
}
