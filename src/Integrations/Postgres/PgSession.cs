using System.Data.Common;
using Npgsql;

namespace AccessFunctions.Integrations.Postgres;

/// <summary>One connection of the administrative account, with its bounds set on the server.</summary>
internal sealed class PgSession(NpgsqlConnection connection, PgAccount account) : IAsyncDisposable
{
    public PgAccount Account { get; } = account;

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

    /// <summary>The role of that name, or null.</summary>
    public async Task<PgRole?> FindRole(string name, CancellationToken cancellation) =>
        (await Query(
            "SELECT oid, rolname::text, rolsuper, rolcanlogin, rolinherit FROM pg_roles WHERE rolname = @name",
            r => new PgRole(r.GetFieldValue<uint>(0), r.GetString(1), r.GetBoolean(2), r.GetBoolean(3), r.GetBoolean(4)),
            cancellation, ("name", name))).FirstOrDefault();

    public ValueTask DisposeAsync() => connection.DisposeAsync();

    private NpgsqlCommand Command(string sql, (string Name, object Value)[] parameters)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var (name, value) in parameters)
            command.Parameters.AddWithValue(name, value);
        return command;
    }
}

/// <summary>Who the administrative account is on this server.</summary>
/// <param name="Version"><c>server_version_num</c>, for example 150014.</param>
internal sealed record PgAccount(uint Oid, string Name, bool Superuser, int Version)
{
    /// <summary>From 16 on a membership has options, a grantor of its own, and CREATEROLE gives power only over roles one made or administers.</summary>
    public bool HasMembershipOptions => Version >= 160000;
}

/// <summary>A role as the server has it.</summary>
internal sealed record PgRole(uint Oid, string Name, bool Superuser, bool CanLogin, bool Inherits);
