using System.Text.Json;
using AccessFunctions.Application.Ports;

namespace AccessFunctions.Integrations.Snowflake;

/// <summary>
/// Reads everything there is in pages: users, then roles with who has them and what they may do, then each database's schemas and objects. Users and roles may
/// have the same names, so a role is told as <c>role:NAME</c>. A database's roles are followed from the roles that have them, since nobody else can use them, and told as <c>database-role:DB.NAME</c>.
/// </summary>
internal sealed class SnowflakeFacts(SnowflakePlatformOptions options, SnowflakeAccount account)
{
    private const int UsersAtOnce = 1000;
    private const int RolesAtOnce = 10;
    private const int ObjectsAtOnce = 1000;
    private const string Users = "users", Roles = "roles", Databases = "databases", Objects = "objects";

    private static readonly HashSet<string> Administration = new(["ACCOUNTADMIN", "SECURITYADMIN", "USERADMIN", "SYSADMIN", "ORGADMIN", "GLOBALORGADMIN"], StringComparer.Ordinal);

    /// <summary>Databases' roles told in this reading: several roles may have the same one.</summary>
    private readonly HashSet<string> _told = new(StringComparer.Ordinal);

    /// <summary>A role as it is told among the facts.</summary>
    public static string Told(string role) => $"role:{role}";

    /// <summary>One page.</summary>
    /// <param name="mark">What the page before said is next; null: the first.</param>
    /// <exception cref="PlatformException">The mark is none of this adapter's.</exception>
    public async Task<InventoryPage> Page(string? mark, CancellationToken cancellation) => Place(mark) switch
    {
        [Users] => await UserPage(null, cancellation),
        [Users, var after] => await UserPage(after, cancellation),
        [Roles] => await RolePage(null, cancellation),
        [Roles, var after] => await RolePage(after, cancellation),
        [Databases] => await DatabasePage(null, cancellation),
        [Databases, var after] => await DatabasePage(after, cancellation),
        [Objects, var database] => await ObjectPage(database, null, null, cancellation),
        [Objects, var database, var schema] => await ObjectPage(database, schema, null, cancellation),
        [Objects, var database, var schema, var after] => await ObjectPage(database, schema, after, cancellation),
        _ => throw new PlatformException($"{options.Name}: \"{mark}\" is no place to go on from", permanent: true),
    };

    private async Task<InventoryPage> UserPage(string? after, CancellationToken cancellation)
    {
        var users = await account.Page("USERS", after, UsersAtOnce, cancellation);
        List<InventoryFact> facts = [.. users.Where(static user => user["name"] is not null).Select(user => new IdentityFact(user["name"]!, IdentityKind.Login)
        {
            Email = user["email"] is { Length: > 0 } email ? email : null,
            Managed = string.Equals(user["name"], options.User, StringComparison.OrdinalIgnoreCase),
        })];
        return new InventoryPage(facts, users.Count == UsersAtOnce ? Mark(Users, users[^1]["name"]!) : Mark(Roles));
    }

    private async Task<InventoryPage> RolePage(string? after, CancellationToken cancellation)
    {
        var roles = await account.Page("ROLES", after, RolesAtOnce, cancellation);
        var facts = new List<InventoryFact>();
        foreach (var role in roles.Select(static row => row["name"]).OfType<string>())
        {
            var isPublic = role == SnowflakeAccount.Public;
            var privileges = await account.PrivilegesOf(role, cancellation);
            var onAccount = privileges.Where(static one => one.On == "ACCOUNT").Select(static one => one.Privilege.ToLowerInvariant());
            facts.Add(new IdentityFact(Told(role), isPublic ? IdentityKind.Everyone : IdentityKind.Role)
            {
                Admin = [.. onAccount.Concat(Administration.Contains(role) ? ["administration"] : []).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
                Managed = role == options.Role,
            });
            if (!isPublic)
                facts.AddRange((await account.HoldersOf(role, cancellation) ?? []).Select(holder => new MembershipFact(holder.IsUser ? SnowflakeAccount.Plain(holder.Name) : Told(SnowflakeAccount.Plain(holder.Name)), Told(role), Inherit: !holder.IsUser, Set: holder.IsUser)).Distinct());
            facts.AddRange(On(Told(role), privileges));
            await FollowDatabaseRoles(Told(role), null, privileges, facts, cancellation);
        }

        return new InventoryPage(facts, roles.Count == RolesAtOnce ? Mark(Roles, roles[^1]["name"]!) : Mark(Databases));
    }

    /// <summary>The roles of databases that a role has, and what they have, to the end.</summary>
    /// <param name="database">Whose role has them, where it is a database's own: names may leave it out then.</param>
    private async Task FollowDatabaseRoles(string holder, string? database, IEnumerable<SnowflakePrivilege> privileges, List<InventoryFact> facts, CancellationToken cancellation)
    {
        foreach (var parts in privileges.Where(static one => one is { On: "DATABASE_ROLE", Privilege: "USAGE" }).Select(static one => SnowflakeName.Parts(one.Object)).DistinctBy(static parts => SnowflakeName.Path(parts), StringComparer.Ordinal))
        {
            if ((parts.Count == 2 ? parts[0] : parts.Count == 1 ? database : null) is not { } of) continue;
            var (role, name) = (parts[^1], $"database-role:{SnowflakeName.Path(of, parts[^1])}");
            facts.Add(new MembershipFact(holder, name));
            if (!_told.Add(name)) continue;
            facts.Add(new IdentityFact(name, IdentityKind.Role));
            var further = await account.PrivilegesOf(of, role, cancellation) ?? [];
            facts.AddRange(On(name, further));
            await FollowDatabaseRoles(name, of, further, facts, cancellation);
        }
    }

    private IEnumerable<PrivilegeFact> On(string grantee, IEnumerable<SnowflakePrivilege> privileges) => privileges.Where(static one => Resource(one) is not null).GroupBy(one => Resource(one)!, StringComparer.Ordinal)
        .Select(on => new PrivilegeFact(grantee, $"{options.Name}/{on.Key}", Words(on)) { Grantable = Words(on.Where(static one => one.Grantable)) });

    private async Task<InventoryPage> DatabasePage(string? after, CancellationToken cancellation)
    {
        var database = (await account.Page("DATABASES", after, 1, cancellation)).FirstOrDefault()?["name"];
        return database is null
            ? new InventoryPage([], null)
            : new InventoryPage([new ResourceFact($"{options.Name}/{SnowflakeName.Path(database)}", "database")], Mark(Objects, database));
    }

    /// <summary>Tables and views of one schema, which have their names in common.</summary>
    private async Task<InventoryPage> ObjectPage(string database, string? schema, string? after, CancellationToken cancellation)
    {
        var facts = new List<InventoryFact>();
        if (after is null)
        {
            schema = (await account.Page($"SCHEMAS IN DATABASE {SnowflakeName.Quote(database)}", schema, 1, cancellation)).FirstOrDefault()?["name"];
            if (schema is null) return new InventoryPage([], Mark(Databases, database));
            if (schema == "INFORMATION_SCHEMA") return new InventoryPage([], Mark(Objects, database, schema));
            facts.Add(new ResourceFact($"{options.Name}/{SnowflakeName.Path(database, schema)}", "schema"));
        }

        var objects = await account.Page($"OBJECTS IN SCHEMA {SnowflakeName.Quote(database)}.{SnowflakeName.Quote(schema!)}", after, ObjectsAtOnce, cancellation);
        facts.AddRange(objects.Where(static one => one["name"] is not null).Select(one => new ResourceFact($"{options.Name}/{SnowflakeName.Path(database, schema!, one["name"]!)}", one["kind"]?.ToLowerInvariant())));
        return new InventoryPage(facts, objects.Count == ObjectsAtOnce ? Mark(Objects, database, schema!, objects[^1]["name"]!) : Mark(Objects, database, schema!));
    }

    /// <summary>What there is access to; null for what is none (a role is told as a membership).</summary>
    private static string? Resource(SnowflakePrivilege privilege) => privilege.On switch
    {
        "ACCOUNT" => "*",
        "DATABASE" or "SCHEMA" or "TABLE" or "VIEW" or "MATERIALIZED_VIEW" or "EXTERNAL_TABLE" or "DYNAMIC_TABLE" or "EVENT_TABLE" or "ICEBERG_TABLE" => privilege.Object,
        _ => null,
    };

    private static string[] Words(IEnumerable<SnowflakePrivilege> privileges) => [.. privileges.Select(static one => one.Privilege).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    private static string Mark(params string[] place) => JsonSerializer.Serialize(place);

    private static string[] Place(string? mark)
    {
        if (mark is null) return [Users];
        try
        {
            return [.. JsonSerializer.Deserialize<string?[]>(mark) is { } place && !place.Contains(null) ? place.OfType<string>() : []];
        }
        catch (JsonException)
        {
            return [];
        }
    }
}
