using System.Data.Common;
using Npgsql;

namespace AccessFunctions.Integrations.Postgres;

/// <summary>One connection of the administrative account to a server that speaks PostgreSQL's protocol.</summary>
internal abstract class SqlSession(NpgsqlConnection connection) : IAsyncDisposable
{
    /// <summary>Runs one statement.</summary>
    public async Task Execute(string sql, CancellationToken cancellation, params (string Name, object Value)[] parameters)
    {
        await using var command = Command(sql, parameters);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    /// <summary>Reads all rows.</summary>
    public async Task<List<T>> Query<T>(string sql, Func<DbDataReader, T> read, CancellationToken cancellation, params (string Name, object Value)[] parameters)
    {
        await using var command = Command(sql, parameters);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellation))
            rows.Add(read(reader));
        return rows;
    }

    /// <summary>
    /// Runs the work in a transaction. What an attempt left running on the server when its time was up can therefore never take
    /// effect later: the commit is missing.
    /// </summary>
    public async Task InTransaction(Func<Task> work, CancellationToken cancellation)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await work();
        await transaction.CommitAsync(cancellation);
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();

    private NpgsqlCommand Command(string sql, (string Name, object Value)[] parameters)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var (name, value) in parameters)
            command.Parameters.AddWithValue(name, value);
        return command;
    }
}
