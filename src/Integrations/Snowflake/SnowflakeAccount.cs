using AccessFunctions.Application.Ports;

namespace AccessFunctions.Integrations.Snowflake;

/// <summary>Users, roles and their grants, as SHOW tells them.</summary>
internal sealed class SnowflakeAccount(SnowflakePlatformOptions options, SnowflakeApi api)
{
    /// <summary>No SHOW tells more rows than this (docs.snowflake.com, "SHOW GRANTS", usage notes).</summary>
    public const int MostShown = 10_000;

    /// <summary>The role that every user has.</summary>
    public const string Public = "PUBLIC";

    /// <summary>The user of exactly that name, or null. Every role sees every user's name.</summary>
    public async Task<SnowflakeUser?> FindUser(string name, CancellationToken cancellation) =>
        await First("users", name, cancellation) is { } row ? new SnowflakeUser(name, row["login_name"] ?? name) : null;

    /// <summary>True where there is a role of exactly that name.</summary>
    public async Task<bool> HasRole(string name, CancellationToken cancellation) => await First("roles", name, cancellation) is not null;

    /// <summary>The roles given to a user directly; null where there is no such user.</summary>
    /// <exception cref="PlatformException">The role of this platform may not look.</exception>
    public async Task<List<string>?> RolesOf(string user, CancellationToken cancellation)
    {
        try
        {
            var rows = await Show($"look at the grants of {SnowflakeName.Quote(user)}", $"SHOW GRANTS TO USER {SnowflakeName.Quote(user)}", cancellation);
            return [.. rows.Select(static row => row["role"] ?? (row["granted_on"] is "ROLE" ? row["name"] : null)).OfType<string>().Distinct(StringComparer.Ordinal)];
        }
        catch (PlatformException refused) when (refused.InnerException is SnowflakeException { IsMissing: true })
        {
            if (await FindUser(user, cancellation) is null) return null;
            throw;
        }
    }

    /// <summary>Who was given a role: users and roles; null where there is no such role.</summary>
    public async Task<List<SnowflakeGrantee>?> HoldersOf(string role, CancellationToken cancellation)
    {
        try
        {
            var rows = await Show($"look at the holders of {SnowflakeName.Quote(role)}", $"SHOW GRANTS OF ROLE {SnowflakeName.Quote(role)}", cancellation);
            return [.. rows.Where(static row => row["granted_to"] is "USER" or "ROLE").Select(static row => new SnowflakeGrantee(row["granted_to"] is "USER", row["grantee_name"] ?? "")).Distinct()];
        }
        catch (PlatformException refused) when (refused.InnerException is SnowflakeException { IsMissing: true })
        {
            if (!await HasRole(role, cancellation)) return null;
            throw;
        }
    }

    /// <summary>What a role was given directly.</summary>
    public async Task<List<SnowflakePrivilege>> PrivilegesOf(string role, CancellationToken cancellation) =>
        Privileges(await Show($"look at the privileges of {SnowflakeName.Quote(role)}", $"SHOW GRANTS TO ROLE {SnowflakeName.Quote(role)}", cancellation));

    /// <summary>The same of a database's role; null where this platform's role is not shown it.</summary>
    public async Task<List<SnowflakePrivilege>?> PrivilegesOf(string database, string role, CancellationToken cancellation)
    {
        var name = $"{SnowflakeName.Quote(database)}.{SnowflakeName.Quote(role)}";
        try
        {
            return Privileges(await Show($"look at the privileges of {name}", $"SHOW GRANTS TO DATABASE ROLE {name}", cancellation));
        }
        catch (PlatformException refused) when (refused.InnerException is SnowflakeException { IsMissing: true })
        {
            return null;
        }
    }

    /// <summary>A page of what SHOW tells in order of name.</summary>
    /// <param name="what">Such as <c>USERS</c>.</param>
    /// <param name="after">The name behind which to begin; null: from the first.</param>
    public Task<List<SnowflakeRow>> Page(string what, string? after, int limit, CancellationToken cancellation) =>
        api.Query($"list {what}", $"SHOW {what} LIMIT {limit}{(after is null ? "" : $" FROM {SnowflakeName.Literal(after)}")}", cancellation);

    /// <summary>True where a name that SHOW tells, as it is or in quotes, is the name. Where that is unclear it is taken to be.</summary>
    public static bool Same(string shown, string name) => shown == name || Plain(shown) == name;

    /// <summary>The name without the quotes that SHOW GRANTS puts around some.</summary>
    public static string Plain(string shown) => shown is ['"', .., '"'] && shown.Length > 2 ? shown[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal) : shown;

    private static List<SnowflakePrivilege> Privileges(IEnumerable<SnowflakeRow> rows) =>
        [.. rows.Select(static row => new SnowflakePrivilege(row["privilege"] ?? "", row["granted_on"] ?? "", row["name"] ?? "", string.Equals(row["grant_option"], "true", StringComparison.OrdinalIgnoreCase)))];

    /// <summary>SHOW GRANTS has no pages, and no end that could be told from its limit.</summary>
    private async Task<List<SnowflakeRow>> Show(string what, string statement, CancellationToken cancellation)
    {
        var rows = await api.Query(what, statement, cancellation);
        return rows.Count < MostShown ? rows : throw new PlatformException($"{options.Name}: {what}: there are {MostShown} or more, and Snowflake shows no further ones, so nothing can be told from them");
    }

    private async Task<SnowflakeRow?> First(string what, string name, CancellationToken cancellation) =>
        (await api.Query($"look for {SnowflakeName.Quote(name)}", $"SHOW {what.ToUpperInvariant()} STARTS WITH {SnowflakeName.Literal(name)} LIMIT 1", cancellation)).FirstOrDefault(row => row["name"] == name);
}

/// <summary>A user, and the name by which it signs in.</summary>
internal sealed record SnowflakeUser(string Name, string Login);

/// <summary>Somebody who was given a role.</summary>
internal sealed record SnowflakeGrantee(bool IsUser, string Name);

/// <summary>One privilege on one object.</summary>
/// <param name="On">The kind of object, such as <c>TABLE</c> or <c>ACCOUNT</c>.</param>
/// <param name="Object">Its whole name, with quotes where they are needed.</param>
internal sealed record SnowflakePrivilege(string Privilege, string On, string Object, bool Grantable);
