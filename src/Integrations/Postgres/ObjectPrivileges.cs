using AccessFunctions.Application.Ports;

namespace AccessFunctions.Integrations.Postgres;

/// <summary>Gives object privileges to roles of this product, and looks who else has them.</summary>
internal sealed class ObjectPrivileges(PostgresPlatformOptions options)
{
    private const string FindSchema = "SELECT oid, format('%I', nspname) FROM pg_namespace WHERE nspname = @schema";

    private const string FindRelations = """
        SELECT c.oid, format('%I.%I', n.nspname, c.relname), c.relkind = 'S' FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = @schema AND (c.relkind IN ('r', 'p', 'v', 'm', 'f') OR c.relkind = 'S' AND @name <> '') AND (@name = '' OR c.relname = @name)
        ORDER BY c.relname
        """;

    private const string FindRoutines = """
        SELECT p.oid, format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE n.nspname = @schema AND p.proname = @name AND p.prokind IN ('f', 'p', 'w') ORDER BY 2
        """;

    private const string Holders = """
        SELECT i.ord::int4 - 1, h.grantee, h.owner
        FROM unnest(@classes, @oids::oid[], @privileges) WITH ORDINALITY AS i(class, oid, privilege, ord)
        CROSS JOIN LATERAL (
            SELECT a.grantee, n.nspowner AS owner, a.privilege_type FROM pg_namespace n, aclexplode(COALESCE(n.nspacl, acldefault('n', n.nspowner))) a
            WHERE i.class = 'Schema' AND n.oid = i.oid
            UNION ALL
            SELECT a.grantee, c.relowner, a.privilege_type
            FROM pg_class c, aclexplode(COALESCE(c.relacl, acldefault(CASE WHEN c.relkind = 'S' THEN 's' ELSE 'r' END::"char", c.relowner))) a
            WHERE i.class IN ('Table', 'Sequence') AND c.oid = i.oid
            UNION ALL
            SELECT a.grantee, p.proowner, a.privilege_type FROM pg_proc p, aclexplode(COALESCE(p.proacl, acldefault('f', p.proowner))) a
            WHERE i.class = 'Routine' AND p.oid = i.oid) h
        WHERE h.privilege_type = i.privilege AND (h.grantee = ANY(@roles::oid[]) OR h.owner = ANY(@roles::oid[]))
        ORDER BY h.grantee = @first::oid DESC, h.grantee
        """;

    /// <summary>Every role that the identity acts through, itself first; this product's carriers left out.</summary>
    private const string ActsThrough = """
        WITH RECURSIVE up(oid) AS (
            SELECT @identity::oid UNION
            SELECT m.roleid FROM pg_auth_members m JOIN up ON m.member = up.oid JOIN pg_roles r ON r.oid = m.roleid
            WHERE r.rolname !~ '^af_p_[0-9a-f]{32}$'
              AND (COALESCE((to_jsonb(m)->>'inherit_option')::bool, true) OR COALESCE((to_jsonb(m)->>'set_option')::bool, true)))
        SELECT r.oid, r.rolname::text, r.rolsuper FROM up JOIN pg_roles r ON r.oid = up.oid ORDER BY r.oid <> @identity::oid, r.rolname
        """;

    /// <summary>
    /// The objects that the ask means now, each with its privilege. On a schema a table privilege means every table that exists at this
    /// moment; whatever lies in a schema comes with USAGE on the schema, without which it could not be reached.
    /// </summary>
    /// <exception cref="PlatformException">Permanent: there is no such object, or the privilege does not fit it.</exception>
    public async Task<IReadOnlyList<PgObjectPrivilege>> Resolve(PgSession session, PrivilegeAsk ask, CancellationToken cancellation)
    {
        var (schemaName, name) = (ask.Path[0], ask.Path.Count > 1 ? ask.Path[1] : "");
        if (schemaName.StartsWith("pg_", StringComparison.Ordinal) || schemaName == "information_schema")
            throw Refuse($"{PgName.Quote(schemaName)} is a schema of the system itself");
        var schema = (await session.Query(FindSchema, r => (Oid: r.GetFieldValue<uint>(0), Sql: r.GetString(1)), cancellation, ("schema", schemaName))) is [var found]
            ? found
            : throw Refuse($"there is no schema {PgName.Quote(schemaName)}");

        if (name.Length == 0 && PgPrivileges.Fits(PgClass.Schema, ask.Privilege))
            return [new PgObjectPrivilege(PgClass.Schema, schema.Oid, schema.Sql, ask.Privilege)];

        var isRoutine = PgPrivileges.Fits(PgClass.Routine, ask.Privilege);
        if (isRoutine && name.Length == 0)
            throw Refuse($"{ask.Privilege} is given on a single function, not on a schema");
        List<PgObjectPrivilege> objects = isRoutine
            ? await session.Query(FindRoutines, r => new PgObjectPrivilege(PgClass.Routine, r.GetFieldValue<uint>(0), r.GetString(1), ask.Privilege), cancellation, ("schema", schemaName), ("name", name))
            : await session.Query(FindRelations, r => new PgObjectPrivilege(r.GetBoolean(2) ? PgClass.Sequence : PgClass.Table, r.GetFieldValue<uint>(0), r.GetString(1), ask.Privilege),
                cancellation, ("schema", schemaName), ("name", name));
        if (objects.Count == 0)
            throw Refuse($"there is nothing at {PgName.FormatPath(ask.Path)} that {ask.Privilege} could be given on");
        if (objects.Find(o => !PgPrivileges.Fits(o.Class, ask.Privilege)) is { } unfit)
            throw Refuse($"{ask.Privilege} is no privilege of a {unfit.Class.ToString().ToLowerInvariant()}");
        return [new PgObjectPrivilege(PgClass.Schema, schema.Oid, schema.Sql, "USAGE"), .. objects];
    }

    /// <summary>
    /// Grants to a role of this product, and checks each: PostgreSQL only warns where the account lacks the grant option.
    /// Call it in a transaction.
    /// </summary>
    public async Task Grant(PgSession session, IReadOnlyList<PgObjectPrivilege> objects, PgRole to, CancellationToken cancellation)
    {
        await AclLock.Take(session, cancellation);
        foreach (var same in objects.GroupBy(o => (o.Class, o.Privilege)))
        {
            var names = string.Join(", ", same.Select(o => o.Sql));
            await session.Execute($"GRANT {same.Key.Privilege} ON {same.Key.Class.ToString().ToUpperInvariant()} {names} TO {PgName.Quote(to.Name)}", cancellation);
        }
        var held = await HeldBy(session, objects, [to.Oid], to.Oid, cancellation);
        if (Enumerable.Range(0, objects.Count).FirstOrDefault(i => !held.ContainsKey(i), -1) is var missing and >= 0)
            throw Refuse($"the platform's account may not give {objects[missing].Privilege} on {objects[missing].Sql}: it needs the grant option, see docs/platforms/postgres.md");
    }

    /// <summary>
    /// Through what else the identity has the same access: one way, where every single object is covered; and how many objects are covered.
    /// </summary>
    public async Task<(string? Through, int Covered, int Of)> Elsewhere(PgSession session, PrivilegeAsk ask, PgRole identity, CancellationToken cancellation)
    {
        IReadOnlyList<PgObjectPrivilege> objects;
        try
        {
            objects = await Resolve(session, ask, cancellation);
        }
        catch (PlatformException gone) when (gone.Permanent)
        {
            return (null, 0, 0);
        }
        var roles = await session.Query(ActsThrough, r => new PgRole(r.GetFieldValue<uint>(0), r.GetString(1), r.GetBoolean(2), false, false), cancellation, ("identity", (long)identity.Oid));
        if (roles.Find(r => r.Superuser) is { } super)
            return (super.Oid == identity.Oid ? "being a superuser" : $"membership in {PgName.Quote(super.Name)}, a superuser", objects.Count, objects.Count);
        if (Predefined(ask.Privilege) is { } all && roles.Exists(r => r.Name == all))
            return ($"membership in {all}", objects.Count, objects.Count);

        var held = await HeldBy(session, objects, [0, .. roles.Select(r => r.Oid)], identity.Oid, cancellation);
        var last = objects.Count - 1; // the schema's USAGE comes first and is the least telling
        var through = held.Count < objects.Count ? null
            : held[last] switch
            {
                var (_, owner) when roles.Find(r => r.Oid == owner) is { } o => o.Oid == identity.Oid ? "ownership" : $"ownership by {PgName.Quote(o.Name)}",
                (0, _) => "PUBLIC",
                var (grantee, _) when grantee == identity.Oid => "a direct grant that is not this product's",
                var (grantee, _) => $"membership in {PgName.Quote(roles.Find(r => r.Oid == grantee)?.Name ?? "?")}",
            };
        return (through, held.Count, objects.Count);
    }

    private static string? Predefined(string privilege) => privilege switch
    {
        "SELECT" => "pg_read_all_data",
        "INSERT" or "UPDATE" or "DELETE" => "pg_write_all_data",
        _ => null,
    };

    /// <summary>Which of the objects any of the roles holds or owns; the first finding of each.</summary>
    private static async Task<Dictionary<int, (uint Grantee, uint Owner)>> HeldBy(PgSession session, IReadOnlyList<PgObjectPrivilege> objects, uint[] roles, uint first, CancellationToken cancellation)
    {
        var rows = await session.Query(Holders, r => (Index: r.GetInt32(0), Grantee: r.GetFieldValue<uint>(1), Owner: r.GetFieldValue<uint>(2)), cancellation,
            ("classes", objects.Select(o => o.Class.ToString()).ToArray()), ("oids", objects.Select(o => (long)o.Oid).ToArray()), ("privileges", objects.Select(o => o.Privilege).ToArray()),
            ("roles", roles.Select(r => (long)r).ToArray()), ("first", (long)first));
        var held = new Dictionary<int, (uint, uint)>();
        foreach (var row in rows)
            held.TryAdd(row.Index, (row.Grantee, row.Owner));
        return held;
    }

    private PlatformException Refuse(string why) => new($"{options.Name}: {why}", permanent: true);
}
