using System.Globalization;
using Npgsql;

namespace AccessFunctions.Integrations.Postgres;

/// <summary>Sessions of the administrative account on a PostgreSQL server, with their bounds set there.</summary>
internal sealed class PgServer(PostgresPlatformOptions options) : PgConnections<PgSession>(options, "docs/platforms/postgres.md")
{
    protected override async Task<PgSession> Begin(NpgsqlConnection connection, CancellationToken cancellation)
    {
        // The search path keeps objects that somebody planted in a schema from being called by the account.
        const string Sql = """
            SELECT r.oid, r.rolname::text, r.rolsuper, pg_catalog.current_setting('server_version_num')::pg_catalog.int4,
                   pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', false),
                   pg_catalog.set_config('statement_timeout', @statement, false),
                   pg_catalog.set_config('lock_timeout', @lock, false),
                   pg_catalog.set_config('idle_in_transaction_session_timeout', @statement, false)
            FROM pg_catalog.pg_roles r WHERE r.rolname OPERATOR(pg_catalog.=) CURRENT_USER
            """;
        await using var command = new NpgsqlCommand(Sql, connection);
        command.Parameters.AddWithValue("statement", Milliseconds(options.StatementTimeout));
        command.Parameters.AddWithValue("lock", Milliseconds(options.StatementTimeout / 2));
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        return new PgSession(connection, new PgAccount(reader.GetFieldValue<uint>(0), reader.GetString(1), reader.GetBoolean(2), reader.GetInt32(3)));
    }

    private static string Milliseconds(TimeSpan time) => ((long)time.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
}
