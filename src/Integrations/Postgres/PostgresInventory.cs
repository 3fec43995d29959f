using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Integrations.Postgres;

/// <summary>What there is to ask for, and who lives on the server.</summary>
internal static class PostgresInventory
{
    private const string Objects = """
        SELECT n.nspname::text, NULL, 'schema' FROM pg_namespace n WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
        UNION ALL
        SELECT n.nspname::text, c.relname::text, CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'f' THEN 'foreign table' ELSE 'table' END
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
        ORDER BY 1, 2 NULLS FIRST
        """;

    private const string Roles = "SELECT rolname::text, rolcanlogin, rolsuper FROM pg_roles WHERE rolname !~ '^(pg|af)_' AND oid <> @account::oid ORDER BY rolname";

    /// <summary>Schemas, tables and views, roles that are no logins, and the credentials that may be released.</summary>
    public static async Task<IReadOnlyList<PlatformResource>> Resources(PgSession session, PostgresPlatformOptions options, CancellationToken cancellation)
    {
        var found = new List<PlatformResource>();
        void Add(string path, string description, params AccessKind[] kinds) => found.Add(new PlatformResource($"{options.Name}/{path}", description, kinds));

        foreach (var (schema, name, kind) in await session.Query(Objects, r => (r.GetString(0), r.IsDBNull(1) ? null : r.GetString(1), r.GetString(2)), cancellation))
            Add(name is null ? PgName.FormatPath(schema) : PgName.FormatPath(schema, name), kind, AccessKind.Role, AccessKind.Session);
        foreach (var (name, login, super) in await ReadRoles(session, cancellation))
        {
            if (!login && !super)
                Add(PgName.FormatPath(name), "role", AccessKind.Role, AccessKind.Session);
            if (login && options.Credentials.Contains(name, StringComparer.Ordinal))
                Add(PgName.FormatPath(name), "database user", AccessKind.Credential);
        }
        return found.Merged();
    }

    /// <summary>Roles, without the system's and this product's own.</summary>
    public static async Task<IReadOnlyList<PlatformIdentity>> Identities(PgSession session, PostgresPlatformOptions options, CancellationToken cancellation) =>
        [.. (await ReadRoles(session, cancellation)).Select(role => new PlatformIdentity(options.Name, role.Name))];

    private static Task<List<(string Name, bool Login, bool Super)>> ReadRoles(PgSession session, CancellationToken cancellation) =>
        session.Query(Roles, r => (r.GetString(0), r.GetBoolean(1), r.GetBoolean(2)), cancellation, ("account", (long)session.Account.Oid));
}
