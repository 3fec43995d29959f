namespace AccessFunctions.Integrations.Tests.Redshift;

/// <summary>What a warehouse holds. A transaction works on a copy, which its commit puts in the place of the one before.</summary>
public sealed class RedshiftModel
{
    public const string Owner = "awsuser";

    public SortedDictionary<string, User> Users { get; init; } = new(StringComparer.Ordinal);
    public SortedDictionary<string, SortedSet<string>> Groups { get; init; } = new(StringComparer.Ordinal);
    public SortedSet<string> Roles { get; init; } = new(StringComparer.Ordinal);

    /// <summary>Role to user, and whether with admin option.</summary>
    public SortedSet<(string Role, string User, bool Admin)> UserGrants { get; init; } = [];

    /// <summary>Role to the role it was given to.</summary>
    public SortedSet<(string Role, string To)> RoleGrants { get; init; } = [];

    public List<(string Identity, string Type, string Privilege)> SystemPrivileges { get; init; } = [];
    public SortedDictionary<string, string> Schemas { get; init; } = new(StringComparer.Ordinal);
    public SortedDictionary<(string Schema, string Table), (string Owner, bool IsView)> Tables { get; init; } = [];

    /// <summary>On a schema where the table is null.</summary>
    public List<(string Schema, string? Table, string Identity, string Type, string Privilege, bool Admin)> Privileges { get; init; } = [];

    /// <summary>Scoped permissions: on a database's (where the schema is null) or schema's schemas, tables or functions, and what was given on a database itself.</summary>
    public List<(string Database, string? Schema, string Scope, string Identity, string Type, string Privilege)> Scoped { get; init; } = [];

    public static RedshiftModel New(string password)
    {
        var model = new RedshiftModel
        {
            Users = new(StringComparer.Ordinal) { ["rdsdb"] = new User(1, null) { Super = true }, [Owner] = new User(100, RedshiftSql.Hash(Owner, password)) { Super = true }, ["alice"] = new User(101, RedshiftSql.Hash("alice", "alicesPassword1")), ["app"] = new User(102, null) },
            Groups = new(StringComparer.Ordinal) { ["analysts"] = [], ["reader"] = [] },
            Roles = new(["analyst", "reader", "sys:operator", "sys:superuser"], StringComparer.Ordinal),
            Schemas = new(StringComparer.Ordinal) { ["pg_catalog"] = "rdsdb", ["information_schema"] = "rdsdb", ["public"] = "rdsdb", ["sales"] = Owner },
        };
        model.Tables[("sales", "orders")] = (Owner, false);
        model.Tables[("sales", "odd \"table\"")] = (Owner, true);
        return model;
    }

    public RedshiftModel Copy() => new()
    {
        Users = new(Users.ToDictionary(static one => one.Key, static one => one.Value with { }, StringComparer.Ordinal), StringComparer.Ordinal),
        Groups = new(Groups.ToDictionary(static one => one.Key, static one => new SortedSet<string>(one.Value, StringComparer.Ordinal), StringComparer.Ordinal), StringComparer.Ordinal),
        Roles = new(Roles, StringComparer.Ordinal),
        UserGrants = [.. UserGrants],
        RoleGrants = [.. RoleGrants],
        SystemPrivileges = [.. SystemPrivileges],
        Schemas = new(Schemas, StringComparer.Ordinal),
        Tables = new(Tables),
        Privileges = [.. Privileges],
        Scoped = [.. Scoped],
    };

    /// <summary>A user of the database.</summary>
    /// <param name="Hash"><c>md5</c> and the hash of password and user; null: the password is disabled.</param>
    public sealed record User(int Id, string? Hash)
    {
        public string? Hash { get; set; } = Hash;
        public bool Super { get; set; }
        public DateTimeOffset? ValidUntil { get; set; }
    }
}
