using System.Globalization;
using System.Runtime.CompilerServices;
using AccessFunctions.Application.Ports;

namespace AccessFunctions.Integrations.Postgres;

/// <summary>
/// Who has what, read from the catalogs, in pages by object id: roles, memberships, the database, schemas, then tables and views with what was granted on each. A mark
/// is the stage and the last id, for example <c>roles:16412</c>, so that a run can go on in another process.
/// </summary>
internal static class PostgresFacts
{
    /// <summary>What everyone on the server is: PostgreSQL lets no role be called so.</summary>
    private const string Public = "public";

    private const int RolesAtOnce = 1000;
    private const int MembershipsAtOnce = 1000;

    /// <summary>Each may carry as many grants as there are roles.</summary>
    private const int ObjectsAtOnce = 20;

    private const string Roles = """
        SELECT oid, rolname::text, rolcanlogin, oid = @account::oid,
               array_remove(ARRAY[CASE WHEN rolsuper THEN 'superuser' END, CASE WHEN rolcreaterole THEN 'createrole' END, CASE WHEN rolcreatedb THEN 'createdb' END,
                                  CASE WHEN rolreplication THEN 'replication' END, CASE WHEN rolbypassrls THEN 'bypassrls' END], NULL)
        FROM pg_roles WHERE oid > @after::oid ORDER BY oid LIMIT @limit
        """;

    /// <summary>Before 16 a membership has no options of its own: the member's INHERIT decides, and SET ROLE is always open.</summary>
    private static string Memberships(string options) => $"""
        SELECT m.roleid, m.member, mr.rolname::text, gr.rolname::text, {options}, bool_or(m.admin_option)
        FROM pg_auth_members m JOIN pg_roles mr ON mr.oid = m.member JOIN pg_roles gr ON gr.oid = m.roleid
        WHERE (m.roleid, m.member) > (@role::oid, @member::oid)
        GROUP BY m.roleid, m.member, mr.rolname, gr.rolname, mr.rolinherit ORDER BY m.roleid, m.member LIMIT @limit
        """;

    /// <summary>Of each object all grants by grantee; the owner may do everything, whatever was granted or revoked.</summary>
    private static string Granted(string objects) => $$"""
        WITH o AS ({{objects}})
        SELECT o.oid, o.schema, o.name, o.type, coalesce(g.rolname::text, CASE WHEN a.grantee = 0 THEN '' END), array_agg(DISTINCT a.privilege_type ORDER BY a.privilege_type),
               coalesce(array_agg(DISTINCT a.privilege_type ORDER BY a.privilege_type) FILTER (WHERE a.is_grantable), '{}')
        FROM o LEFT JOIN LATERAL (
            SELECT grantee, privilege_type, is_grantable FROM aclexplode(o.acl)
            UNION ALL SELECT o.owner, 'OWNER', false) a ON true
        LEFT JOIN pg_roles g ON g.oid = a.grantee
        GROUP BY o.oid, o.schema, o.name, o.type, a.grantee, g.rolname ORDER BY o.oid
        """;

    private const string Databases = """
        SELECT d.oid, NULL::text AS schema, NULL::text AS name, 'database' AS type, d.datdba AS owner, coalesce(d.datacl, acldefault('d', d.datdba)) AS acl
        FROM pg_database d WHERE d.datname = current_database() AND d.oid > @after::oid AND @limit > 0
        """;

    private const string Schemas = """
        SELECT n.oid, n.nspname::text AS schema, NULL::text AS name, 'schema' AS type, n.nspowner AS owner, coalesce(n.nspacl, acldefault('n', n.nspowner)) AS acl
        FROM pg_namespace n WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND n.oid > @after::oid ORDER BY n.oid LIMIT @limit
        """;

    private const string Relations = """
        SELECT c.oid, n.nspname::text AS schema, c.relname::text AS name,
               CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'f' THEN 'foreign table' WHEN 'S' THEN 'sequence' ELSE 'table' END AS type,
               c.relowner AS owner, coalesce(c.relacl, acldefault(CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", c.relowner)) AS acl
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND c.oid > @after::oid ORDER BY c.oid LIMIT @limit
        """;

    /// <summary>Predefined roles that reach beyond single objects, and what they give on everything.</summary>
    private static readonly Dictionary<string, (string Word, string[] Privileges)> Predefined = new(StringComparer.Ordinal)
    {
        ["pg_read_all_data"] = ("reads all data", ["SELECT", "USAGE"]),
        ["pg_write_all_data"] = ("writes all data", ["DELETE", "INSERT", "UPDATE", "USAGE"]),
        ["pg_execute_server_program"] = ("runs programs on the server", []),
        ["pg_read_server_files"] = ("reads the server's files", []),
        ["pg_write_server_files"] = ("writes the server's files", []),
    };

    private static readonly (string Name, string Sql)[] Objects = [("database", Databases), ("schemas", Schemas), ("relations", Relations)];

    /// <summary>The pages behind a mark.</summary>
    /// <exception cref="PlatformException">The mark is none of this adapter's.</exception>
    public static async IAsyncEnumerable<InventoryPage> Read(PgServer server, PostgresPlatformOptions options, string? from, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var (stage, first, second) = Place(options, from);
        await using var session = await server.Attempt("list facts", () => server.Open(cancellation), cancellation);
        Task<T> Attempt<T>(Func<Task<T>> work) => server.Attempt("list facts", work, cancellation);
        while (stage == "roles")
        {
            var (facts, last) = await Attempt(() => RolePage(session, options, first, from is null, cancellation));
            from = last is null ? "memberships:0:0" : Mark($"roles:{last}");
            yield return new InventoryPage(facts, from);
            (stage, first, second) = Place(options, from);
        }

        while (stage == "memberships")
        {
            var (facts, last) = await Attempt(() => MembershipPage(session, first, second, cancellation));
            from = last is { } pair ? Mark($"memberships:{pair.Role}:{pair.Member}") : $"{Objects[0].Name}:0";
            yield return new InventoryPage(facts, from);
            (stage, first, second) = Place(options, from);
        }

        for (var i = Array.FindIndex(Objects, one => one.Name == stage); i < Objects.Length;)
        {
            var (facts, last) = await Attempt(() => ObjectPage(session, options, Objects[i].Sql, first, cancellation));
            var next = last is not null ? Mark($"{Objects[i].Name}:{last}") : ++i < Objects.Length ? $"{Objects[i].Name}:0" : null;
            yield return new InventoryPage(facts, next);
            first = last ?? 0;
        }
    }

    private static async Task<(List<InventoryFact>, uint? Last)> RolePage(PgSession session, PostgresPlatformOptions options, uint after, bool isFirst, CancellationToken cancellation)
    {
        var roles = await session.Query(
            Roles, static r => (Oid: r.GetFieldValue<uint>(0), Name: r.GetString(1), Login: r.GetBoolean(2), Account: r.GetBoolean(3), Admin: r.GetFieldValue<string[]>(4)),
            cancellation, ("account", (long)session.Account.Oid), ("after", (long)after), ("limit", RolesAtOnce));
        List<InventoryFact> facts = isFirst ? [new IdentityFact(Public, IdentityKind.Everyone)] : [];
        foreach (var role in roles)
        {
            var everything = Predefined.GetValueOrDefault(role.Name);
            facts.Add(new IdentityFact(role.Name, role.Login ? IdentityKind.Login : IdentityKind.Role)
            {
                Admin = everything.Word is { } word ? [.. role.Admin, word] : role.Admin,
                Managed = role.Account || OwnNames.Has(role.Name),
            });
            if (everything.Privileges is { Length: > 0 } privileges) facts.Add(new PrivilegeFact(role.Name, PrivilegeFact.Everything(options.Name), privileges));

            // Attributes are not inherited: a member has to become the superuser.
            if (role.Admin.Contains("superuser", StringComparer.Ordinal)) facts.Add(new PrivilegeFact(role.Name, PrivilegeFact.Everything(options.Name), ["SUPERUSER"]) { NotInherited = true });
        }

        return (facts, roles.Count == RolesAtOnce ? roles[^1].Oid : null);
    }

    private static async Task<(List<InventoryFact>, (uint Role, uint Member)? Last)> MembershipPage(PgSession session, uint role, uint member, CancellationToken cancellation)
    {
        var sql = Memberships(session.Account.HasMembershipOptions ? "bool_or(m.inherit_option), bool_or(m.set_option)" : "mr.rolinherit, true");
        var rows = await session.Query(
            sql, static r => (Role: r.GetFieldValue<uint>(0), Member: r.GetFieldValue<uint>(1), Fact: new MembershipFact(r.GetString(2), r.GetString(3), r.GetBoolean(4), r.GetBoolean(5), r.GetBoolean(6))),
            cancellation, ("role", (long)role), ("member", (long)member), ("limit", MembershipsAtOnce));
        return ([.. rows.Select(static row => row.Fact)], rows.Count == MembershipsAtOnce ? (rows[^1].Role, rows[^1].Member) : null);
    }

    private static async Task<(List<InventoryFact>, uint? Last)> ObjectPage(PgSession session, PostgresPlatformOptions options, string objects, uint after, CancellationToken cancellation)
    {
        var rows = await session.Query(
            Granted(objects),
            static r => (Oid: r.GetFieldValue<uint>(0), Schema: Text(r, 1), Name: Text(r, 2), Type: r.GetString(3), Grantee: Text(r, 4), Privileges: r.GetFieldValue<string[]>(5), Grantable: r.GetFieldValue<string[]>(6)),
            cancellation, ("after", (long)after), ("limit", ObjectsAtOnce));
        var facts = new List<InventoryFact>(rows.Count + ObjectsAtOnce);
        var (count, last) = (0, (uint?)null);
        foreach (var row in rows)
        {
            var resource = row switch
            {
                { Schema: null } => options.Name,
                { Name: null } => $"{options.Name}/{PgName.FormatPath(row.Schema)}",
                _ => $"{options.Name}/{PgName.FormatPath(row.Schema, row.Name)}",
            };
            if (row.Oid != last)
            {
                facts.Add(new ResourceFact(resource, row.Type));
                count++;
                last = row.Oid;
            }

            // A grantee without a name was dropped while the page was read.
            if (row.Grantee is { } grantee) facts.Add(new PrivilegeFact(grantee.Length == 0 ? Public : grantee, resource, row.Privileges) { Grantable = row.Grantable });
        }

        return (facts, count == ObjectsAtOnce ? last : null);
    }

    private static string? Text(System.Data.Common.DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static string Mark(FormattableString mark) => mark.ToString(CultureInfo.InvariantCulture);

    private static (string Stage, uint First, uint Second) Place(PostgresPlatformOptions options, string? mark)
    {
        if (mark is null) return ("roles", 0, 0);
        var parts = mark.Split(':');
        var numbers = parts.Skip(1).Select(static part => uint.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : (uint?)null).ToList();
        var isKnown = (parts[0], numbers.Count) is ("memberships", 2) || (numbers.Count == 1 && (parts[0] == "roles" || Objects.Any(one => one.Name == parts[0])));
        return isKnown && numbers.All(static number => number is not null)
            ? (parts[0], numbers[0]!.Value, numbers.Count > 1 ? numbers[1]!.Value : 0)
            : throw new PlatformException($"{options.Name}: \"{mark}\" is no place to go on from", permanent: true);
    }
}
