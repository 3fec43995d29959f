using AccessFunctions.Integrations.Postgres;
using Npgsql;

namespace AccessFunctions.Integrations.Redshift;

/// <summary>A session on Redshift. Statements stay within what its documentation has; views are named with their schema, so nothing planted is read.</summary>
internal sealed class RedshiftSession(NpgsqlConnection connection) : SqlSession(connection)
{
    /// <summary>The account's own name.</summary>
    public string Account { get; set; } = "";

    /// <summary>Texts of one column.</summary>
    public Task<List<string>> Texts(string sql, CancellationToken cancellation, params (string Name, object Value)[] parameters) => Query(sql, static r => r.GetString(0), cancellation, parameters);

    /// <summary>The user of that name, and whether it is a superuser; null where there is none.</summary>
    public async Task<bool?> IsSuperuser(string user, CancellationToken cancellation) =>
        await Query("SELECT usesuper FROM pg_catalog.pg_user WHERE usename = @user", static r => r.GetBoolean(0), cancellation, ("user", user)) is [var super] ? super : null;
}
