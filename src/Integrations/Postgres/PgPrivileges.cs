using System.Collections.Frozen;

namespace AccessFunctions.Integrations.Postgres;

/// <summary>The object privileges that can be asked for, in place of a role's name, and on what.</summary>
internal static class PgPrivileges
{
    private static readonly FrozenSet<string> OnTables = FrozenSet.ToFrozenSet(["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"], StringComparer.Ordinal);
    private static readonly FrozenSet<string> OnSequences = FrozenSet.ToFrozenSet(["USAGE", "SELECT", "UPDATE"], StringComparer.Ordinal);
    private static readonly FrozenSet<string> OnSchemas = FrozenSet.ToFrozenSet(["USAGE", "CREATE"], StringComparer.Ordinal);
    private static readonly FrozenSet<string> OnRoutines = FrozenSet.ToFrozenSet(["EXECUTE"], StringComparer.Ordinal);

    /// <summary>All words, for messages.</summary>
    public static string Words { get; } = string.Join(", ", OnTables.Union(OnSequences).Union(OnSchemas).Union(OnRoutines).Order(StringComparer.Ordinal));

    /// <summary>True for a privilege's word, in upper case; any other text is a role's name.</summary>
    public static bool IsPrivilege(string role) => OnTables.Contains(role) || OnSequences.Contains(role) || OnSchemas.Contains(role) || OnRoutines.Contains(role);

    /// <summary>True where the privilege is one of the class's own.</summary>
    public static bool Fits(PgClass on, string privilege) => on switch
    {
        PgClass.Schema => OnSchemas.Contains(privilege),
        PgClass.Table => OnTables.Contains(privilege),
        PgClass.Sequence => OnSequences.Contains(privilege),
        PgClass.Routine => OnRoutines.Contains(privilege),
    };
}

/// <summary>Kinds of objects that carry privileges. Views, materialized views, foreign and partitioned tables are tables here, as in GRANT.</summary>
internal enum PgClass { Schema, Table, Sequence, Routine }

/// <summary>One privilege on one object.</summary>
/// <param name="Sql">The object's name, qualified and quoted by the server itself.</param>
internal sealed record PgObjectPrivilege(PgClass Class, uint Oid, string Sql, string Privilege);
