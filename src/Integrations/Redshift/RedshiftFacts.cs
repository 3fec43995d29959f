using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using AccessFunctions.Application.Ports;
using AccessFunctions.Integrations.Postgres;

namespace AccessFunctions.Integrations.Redshift;

/// <summary>Reads users, groups, roles, who is in what, and what there is in this database with what was given on it. Users, groups and roles may have the same names: groups and roles are told with a word before.</summary>
internal sealed class RedshiftFacts(RedshiftPlatformOptions options, RedshiftServer server)
{
    private const int AtOnce = 1000;
    private const string Users = "users", Groups = "groups", Roles = "roles", Schemas = "schemas", Tables = "tables";
    private const string Public = "public";

    /// <summary>The pages behind a mark, read in one session.</summary>
    /// <exception cref="PlatformException">The mark is none of this adapter's.</exception>
    public async IAsyncEnumerable<InventoryPage> Read(string? from, [EnumeratorCancellation] CancellationToken cancellation)
    {
        _ = Place(from);
        await using var session = await server.Attempt("list facts", () => server.Open(cancellation), cancellation);
        do
        {
            var place = Place(from);
            var page = await server.Attempt("list facts", () => Page(session, place, cancellation), cancellation);
            yield return page;
            from = page.Next;
        }
        while (from is not null);
    }

    private Task<InventoryPage> Page(RedshiftSession session, string[] place, CancellationToken cancellation)
    {
        var after = place.Length > 1 ? place[^1] : "";
        return place[0] switch
        {
            Users => UserPage(session, after, cancellation),
            Groups => GroupPage(session, after, cancellation),
            Roles => RolePage(session, after, cancellation),
            Schemas => SchemaPage(session, after, cancellation),
            _ => TablePage(session, place[1], place.Length > 2 ? after : "", cancellation),
        };
    }

    private async Task<InventoryPage> UserPage(RedshiftSession session, string after, CancellationToken cancellation)
    {
        var rows = await session.Query(
            Limited("SELECT usename, usesuper, usecreatedb FROM pg_catalog.pg_user WHERE usename > @after ORDER BY usename"), static r => (Name: r.GetString(0), Super: r.GetBoolean(1), CreateDb: r.GetBoolean(2)), cancellation, ("after", after));
        var permissions = (await session.Query(
            "SELECT identity_name, system_privilege FROM pg_catalog.svv_system_privileges WHERE identity_type = 'user'", static r => (r.GetString(0), r.GetString(1)), cancellation)).ToLookup(static one => one.Item1, static one => one.Item2.ToLowerInvariant(), StringComparer.Ordinal);
        List<InventoryFact> facts = after.Length == 0 ? [new IdentityFact(Public, IdentityKind.Everyone)] : [];
        foreach (var user in rows)
        {
            string[] admin = [.. user.Super ? ["superuser"] : Array.Empty<string>(), .. user.CreateDb ? ["createdb"] : Array.Empty<string>(), .. permissions[user.Name].Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
            facts.Add(new IdentityFact(user.Name, IdentityKind.Login) { Admin = admin, Managed = user.Name == session.Account || OwnNames.Has(user.Name) });
            if (user.Super) facts.Add(new PrivilegeFact(user.Name, PrivilegeFact.Everything(options.Name), ["SUPERUSER"]) { NotInherited = true });
        }

        return new InventoryPage(facts, rows.Count == AtOnce ? Mark(Users, rows[^1].Name) : Mark(Groups));
    }

    private async Task<InventoryPage> GroupPage(RedshiftSession session, string after, CancellationToken cancellation)
    {
        const int Few = 50;
        var names = await session.Texts(Limited("SELECT groname FROM pg_catalog.pg_group WHERE groname > @after ORDER BY groname", Few), cancellation, ("after", after));
        List<InventoryFact> facts = [.. names.Select(static name => new IdentityFact(Told(isGroup: true, name), IdentityKind.Group))];
        foreach (var name in names)
        {
            facts.AddRange((await session.Texts("SELECT usename FROM pg_catalog.pg_user, pg_catalog.pg_group WHERE pg_user.usesysid = ANY(pg_group.grolist) AND groname = @group", cancellation, ("group", name)))
                .Select(user => new MembershipFact(user, Told(isGroup: true, name))));
        }

        return new InventoryPage(facts, names.Count == Few ? Mark(Groups, names[^1]) : Mark(Roles));
    }

    private async Task<InventoryPage> RolePage(RedshiftSession session, string after, CancellationToken cancellation)
    {
        const int Few = 50;
        var names = await session.Texts(Limited("SELECT role_name FROM pg_catalog.svv_roles WHERE role_name > @after ORDER BY role_name", Few), cancellation, ("after", after));
        var facts = new List<InventoryFact>();
        foreach (var name in names)
        {
            var permissions = await session.Texts("SELECT system_privilege FROM pg_catalog.svv_system_privileges WHERE identity_name = @role AND identity_type = 'role'", cancellation, ("role", name));
            facts.Add(new IdentityFact(Told(isGroup: false, name), IdentityKind.Role) { Admin = [.. permissions.Select(static one => one.ToLowerInvariant()).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)] });
            facts.AddRange((await session.Query("SELECT user_name, admin_option FROM pg_catalog.svv_user_grants WHERE role_name = @role", static r => (r.GetString(0), r.GetBoolean(1)), cancellation, ("role", name)))
                .GroupBy(static one => one.Item1, StringComparer.Ordinal).Select(one => new MembershipFact(one.Key, Told(isGroup: false, name), Admin: one.Any(static grant => grant.Item2))));
            facts.AddRange((await session.Texts("SELECT role_name FROM pg_catalog.svv_role_grants WHERE granted_role_name = @role", cancellation, ("role", name))).Distinct(StringComparer.Ordinal)
                .Select(member => new MembershipFact(Told(isGroup: false, member), Told(isGroup: false, name))));
        }

        return new InventoryPage(facts, names.Count == Few ? Mark(Roles, names[^1]) : Mark(Schemas));
    }

    /// <summary>One schema.</summary>
    private async Task<InventoryPage> SchemaPage(RedshiftSession session, string after, CancellationToken cancellation)
    {
        var names = await session.Texts(Limited("SELECT nspname FROM pg_catalog.pg_namespace WHERE nspname > @after ORDER BY nspname", 1), cancellation, ("after", after));
        if (names is not [var schema]) return new InventoryPage([], null);
        if (schema.StartsWith("pg_", StringComparison.Ordinal) || schema is "information_schema" or "catalog_history") return new InventoryPage([], Mark(Schemas, schema));
        var resource = $"{options.Name}/{PgName.FormatPath(schema)}";
        var given = (await OnSchema(session, schema, "SCHEMA", cancellation)).Concat(await OnDatabase(session, "SCHEMAS", cancellation));
        return new InventoryPage([new ResourceFact(resource, "schema"), .. Facts(resource, given)], Mark(Tables, schema));
    }

    /// <summary>Tables and views of one schema.</summary>
    private async Task<InventoryPage> TablePage(RedshiftSession session, string schema, string after, CancellationToken cancellation)
    {
        var tables = await session.Query(
            Limited("SELECT table_name, table_type FROM pg_catalog.svv_tables WHERE table_schema = @schema AND table_name > @after ORDER BY table_name"), static r => (Name: r.GetString(0), Type: r.GetString(1)), cancellation, ("schema", schema), ("after", after));
        if (tables.Count == 0) return new InventoryPage([], Mark(Schemas, schema));
        var last = tables[^1].Name;
        var given = (await session.Query(
            "SELECT identity_name, identity_type, privilege_type, admin_option, relation_name FROM pg_catalog.svv_relation_privileges WHERE namespace_name = @schema AND relation_name > @after AND relation_name <= @last",
            static r => (Given: Given(r), Table: r.GetString(4)), cancellation, ("schema", schema), ("after", after), ("last", last))).ToLookup(static one => one.Table, static one => one.Given, StringComparer.Ordinal);
        var scoped = (await OnSchema(session, schema, "TABLES", cancellation)).Concat(await OnDatabase(session, "TABLES", cancellation)).ToList();
        var facts = new List<InventoryFact>();
        foreach (var table in tables.DistinctBy(static one => one.Name))
        {
            var resource = $"{options.Name}/{PgName.FormatPath(schema, table.Name)}";
            facts.Add(new ResourceFact(resource, table.Type == "BASE TABLE" ? "table" : table.Type.ToLowerInvariant()));
            facts.AddRange(Facts(resource, given[table.Name].Concat(scoped)));
        }

        return new InventoryPage(facts, tables.Count == AtOnce ? Mark(Tables, schema, last) : Mark(Schemas, schema));
    }

    /// <summary>What was given on a schema: on itself (scope <c>SCHEMA</c>), or on whatever tables it has or will have (<c>TABLES</c>).</summary>
    private static async Task<IEnumerable<(string Name, string Type, string Privilege, bool Grantable)>> OnSchema(RedshiftSession session, string schema, string scope, CancellationToken cancellation) => Within(scope, await session.Query(
        "SELECT identity_name, identity_type, privilege_type, admin_option, privilege_scope FROM pg_catalog.svv_schema_privileges WHERE namespace_name = @schema", Scoped, cancellation, ("schema", schema)));

    /// <summary>What was given on whatever schemas or tables this database has or will have (scopes <c>SCHEMAS</c>, <c>TABLES</c>).</summary>
    private static async Task<IEnumerable<(string Name, string Type, string Privilege, bool Grantable)>> OnDatabase(RedshiftSession session, string scope, CancellationToken cancellation) => Within(scope, await session.Query(
        "SELECT identity_name, identity_type, privilege_type, admin_option, privilege_scope FROM pg_catalog.svv_database_privileges WHERE database_name = current_database()", Scoped, cancellation));

    private static IEnumerable<(string Name, string Type, string Privilege, bool Grantable)> Within(string scope, IEnumerable<((string Name, string Type, string Privilege, bool Grantable) Given, string Scope)> rows) =>
        rows.Where(one => string.Equals(one.Scope, scope, StringComparison.OrdinalIgnoreCase)).Select(static one => one.Given);

    private static ((string Name, string Type, string Privilege, bool Grantable) Given, string Scope) Scoped(System.Data.Common.DbDataReader row) => (Given(row), row.GetString(4));

    private static (string Name, string Type, string Privilege, bool Grantable) Given(System.Data.Common.DbDataReader row) => (row.GetString(0), row.GetString(1), row.GetString(2), !row.IsDBNull(3) && row.GetBoolean(3));

    private static IEnumerable<InventoryFact> Facts(string resource, IEnumerable<(string Name, string Type, string Privilege, bool Grantable)> given) =>
        given.GroupBy(static one => one.Type switch { "public" => Public, "role" => Told(isGroup: false, one.Name), "group" => Told(isGroup: true, one.Name), _ => one.Name }, StringComparer.Ordinal)
            .Select(to => new PrivilegeFact(to.Key, resource, Words(to)) { Grantable = Words(to.Where(static one => one.Grantable)) });

    private static string[] Words(IEnumerable<(string Name, string Type, string Privilege, bool Grantable)> given) => [.. given.Select(static one => one.Privilege).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    private static string Told(bool isGroup, string name) => new RedshiftHolder(isGroup, name).ToString();

    private static string Limited(string sql, int limit = AtOnce) => $"{sql} LIMIT {limit.ToString(CultureInfo.InvariantCulture)}";

    private static string Mark(params string[] place) => JsonSerializer.Serialize(place);

    private string[] Place(string? mark)
    {
        if (mark is null) return [Users];
        string?[]? place = null;
        try
        {
            place = JsonSerializer.Deserialize<string?[]>(mark);
        }
        catch (JsonException)
        {
            place = null;
        }

        return place is [Users or Groups or Roles or Schemas] or [Users or Groups or Roles or Schemas, not null] or [Tables, not null] or [Tables, not null, not null]
            ? [.. place.OfType<string>()]
            : throw new PlatformException($"{options.Name}: \"{mark}\" is no place to go on from", permanent: true);
    }
}
