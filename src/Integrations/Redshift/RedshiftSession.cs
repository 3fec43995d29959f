using System.Data.Common;
using Npgsql;

namespace AccessFunctions.Integrations.Redshift;

/// <summary>One connection of the administrative account. Statements stay within what Redshift's documentation has; views are named with their schema, so nothing planted is read.</summary>
internal sealed class RedshiftSession(NpgsqlConnection connection) : IAsyncDisposable
{
    /// <summary>The account's own name.</summary>
    public string Account { get; set; } = "";

    /// <summary>Runs one statement.</summary>
    public async Task Execute(string sql, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Reads all rows.</summary>
    public async Task<List<T>> Query<T>(string sql, Func<DbDataReader, T> read, CancellationToken cancellation, params (string Name, string Value)[] parameters)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var (name, value) in parameters) command.Parameters.AddWithValue(name, value);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellation)) rows.Add(read(reader));
        return rows;
    }

    /// <summary>Texts of one column.</summary>
    public Task<List<string>> Texts(string sql, CancellationToken cancellation, params (string Name, string Value)[] parameters) => Query(sql, static r => r.GetString(0), cancellation, parameters);

    /// <summary>Runs the work in a transaction: what outlives its attempt has no commit.</summary>
    public async Task InTransaction(Func<Task> work, CancellationToken cancellation)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await work();
        await transaction.CommitAsync(cancellation);
    }

    /// <summary>The user of that name, and whether it is a superuser; null where there is none.</summary>
    public async Task<bool?> IsSuperuser(string user, CancellationToken cancellation) =>
        await Query("SELECT usesuper FROM pg_catalog.pg_user WHERE usename = @user", static r => r.GetBoolean(0), cancellation, ("user", user)) is [var super] ? super : null;

    public ValueTask DisposeAsync() => connection.DisposeAsync();
}
