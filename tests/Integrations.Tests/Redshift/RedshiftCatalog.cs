namespace AccessFunctions.Integrations.Tests.Redshift;

/// <summary>
/// The catalog tables and views that may be read, with the columns their pages list (docs.aws.amazon.com/redshift/latest/dg): "PG_USER" and "PG_GROUP" (c_join_PG.html and PostgreSQL 8.0's
/// catalogs), "SVV_ROLES", "SVV_USER_GRANTS", "SVV_ROLE_GRANTS", "SVV_SYSTEM_PRIVILEGES", "SVV_SCHEMA_PRIVILEGES" and "SVV_DATABASE_PRIVILEGES" (with the scopes of "Scoped permissions", t_scoped-permissions.html), "SVV_RELATION_PRIVILEGES", "SVV_TABLES", "STV_SESSIONS" (r_….html).
/// </summary>
internal static class RedshiftCatalog
{
    /// <summary>The table's columns and rows, or null where Redshift has none of that name.</summary>
    public static (string[] Columns, IEnumerable<object[]> Rows)? Read(string name, RedshiftModel model, IEnumerable<(int Process, string User)> sessions) => name switch
    {
        "pg_user" => (["usename", "usesysid", "usecreatedb", "usesuper"], model.Users.Select(static one => (object[])[one.Key, one.Value.Id, false, one.Value.Super])),
        "pg_group" => (["groname", "grosysid", "grolist"], model.Groups.Select((one, i) => (object[])[one.Key, 100 + i, one.Value.Where(model.Users.ContainsKey).Select(user => model.Users[user].Id).ToArray()])),
        "svv_roles" => (["role_id", "role_name", "role_owner", "external_id"], model.Roles.Select(static (one, i) => (object[])[i, one, RedshiftModel.Owner, ""])),
        "svv_user_grants" => (["user_id", "user_name", "role_id", "role_name", "admin_option"], model.UserGrants.Select(static one => (object[])[0, one.User, 0, one.Role, one.Admin])),
        "svv_role_grants" => (["role_id", "role_name", "granted_role_id", "granted_role_name"], model.RoleGrants.Select(static one => (object[])[0, one.To, 0, one.Role])),
        "svv_system_privileges" => (["system_privilege", "identity_id", "identity_name", "identity_type"], model.SystemPrivileges.Select(static one => (object[])[one.Privilege, 0, one.Identity, one.Type])),
        "svv_schema_privileges" => (["namespace_name", "privilege_type", "identity_id", "identity_name", "identity_type", "admin_option", "privilege_scope"],
            model.Privileges.Where(static one => one.Table is null).Select(static one => (object[])[one.Schema, one.Privilege, 0, one.Identity, one.Type, one.Admin, "SCHEMA"])
                .Concat(model.Scoped.Where(static one => one.Schema is not null).Select(static one => (object[])[one.Schema!, one.Privilege, 0, one.Identity, one.Type, false, one.Scope]))),
        "svv_database_privileges" => (["database_name", "privilege_type", "identity_id", "identity_name", "identity_type", "admin_option", "privilege_scope"],
            model.Scoped.Where(static one => one.Schema is null).Select(static one => (object[])[one.Database, one.Privilege, 0, one.Identity, one.Type, false, one.Scope])),
        "svv_relation_privileges" => (["namespace_name", "relation_name", "privilege_type", "identity_id", "identity_name", "identity_type", "admin_option"],
            model.Privileges.Where(static one => one.Table is not null).Select(static one => (object[])[one.Schema, one.Table!, one.Privilege, 0, one.Identity, one.Type, one.Admin])),
        "svv_tables" => (["table_catalog", "table_schema", "table_name", "table_type", "remarks"], model.Tables.Select(static one => (object[])["dev", one.Key.Schema, one.Key.Table, one.Value.IsView ? "VIEW" : "BASE TABLE", ""])),
        "pg_tables" => (["schemaname", "tablename", "tableowner", "tablespace", "hasindexes", "hasrules", "hastriggers"], model.Tables.Where(static one => !one.Value.IsView).Select(static one => (object[])[one.Key.Schema, one.Key.Table, one.Value.Owner, "", false, false, false])),
        "pg_views" => (["schemaname", "viewname", "viewowner", "definition"], model.Tables.Where(static one => one.Value.IsView).Select(static one => (object[])[one.Key.Schema, one.Key.Table, one.Value.Owner, ""])),
        "pg_namespace" => (["nspname", "nspowner"], model.Schemas.Select(one => (object[])[one.Key, model.Users.TryGetValue(one.Value, out var owner) ? owner.Id : 0])),
        "stv_sessions" => (["starttime", "process", "user_name", "db_name", "timeout_sec"], sessions.Select(static one => (object[])["2026-11-22 10:00:00", one.Process, Cut(one.User), Cut("dev"), 0])),
        _ => null,
    };

    /// <summary>character(50): cut off, and filled with blanks.</summary>
    private static string Cut(string text) => (text.Length > 50 ? text[..50] : text).PadRight(50);
}
