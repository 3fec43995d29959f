using Microsoft.Data.Sqlite;

namespace AccessFunctions.Embedded.Sqlite;

/// <summary>One connection and its prepared statements, which are made once and kept. For one thread at a time.</summary>
public sealed class Session : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, SqliteCommand> _prepared = new(StringComparer.Ordinal);

    /// <summary>Opens the file.</summary>
    /// <param name="cacheKiB">Pages kept in memory.</param>
    internal Session(string file, SqliteOpenMode mode, int cacheKiB)
    {
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Mode = mode, Pooling = false, DefaultTimeout = 30 }.ToString());
        try
        {
            _connection.Open();
            // No memory map: it would count as resident what is only cache. Savepoints keep their undo in memory, not in files.
            Script($"PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 0; PRAGMA cache_size = -{cacheKiB}");
        }
        catch
        {
            _connection.Dispose();
            throw;
        }
    }

    /// <summary>Runs a statement; parameters are <c>?1</c>, <c>?2</c>…</summary>
    /// <returns>Rows changed.</returns>
    public int Run(string sql, params ReadOnlySpan<object?> values) => Prepared(sql, values).ExecuteNonQuery();

    /// <summary>The first row, or default where there is none.</summary>
    public T? One<T>(string sql, Func<SqliteDataReader, T> read, params ReadOnlySpan<object?> values)
    {
        using var reader = Prepared(sql, values).ExecuteReader();
        return reader.Read() ? read(reader) : default;
    }

    /// <summary>The first column of the first row as a number; null where there is no row, or null in it.</summary>
    public long? Number(string sql, params ReadOnlySpan<object?> values) =>
        One(sql, static row => row.IsDBNull(0) ? null : (long?)row.GetInt64(0), values);

    /// <summary>All rows.</summary>
    public List<T> Query<T>(string sql, Func<SqliteDataReader, T> read, params ReadOnlySpan<object?> values)
    {
        using var reader = Prepared(sql, values).ExecuteReader();
        return All(reader, read);
    }

    /// <summary>Reads rows until told to stop.</summary>
    /// <param name="read">Reads one row; false ends the reading.</param>
    public void Scan(string sql, Func<SqliteDataReader, bool> read, params ReadOnlySpan<object?> values)
    {
        using var reader = Prepared(sql, values).ExecuteReader();
        while (reader.Read() && read(reader))
        {
        }
    }

    /// <summary>All rows of a statement composed for this call, which is not kept.</summary>
    public List<T> QueryOnce<T>(string sql, Func<SqliteDataReader, T> read, params ReadOnlySpan<object?> values)
    {
        using var command = Command(sql, values.Length);
        Bind(command, values);
        using var reader = command.ExecuteReader();
        return All(reader, read);
    }

    /// <summary>Runs several statements without parameters.</summary>
    public void Script(string sql)
    {
        using var command = _connection.CreateCommand();
#pragma warning disable CA2100 // Constants of this assembly, no input.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    /// <summary>Closes the connection.</summary>
    public void Dispose()
    {
        foreach (var command in _prepared.Values) command.Dispose();
        _prepared.Clear();
        _connection.Dispose();
    }

    private static List<T> All<T>(SqliteDataReader reader, Func<SqliteDataReader, T> read)
    {
        var rows = new List<T>();
        while (reader.Read()) rows.Add(read(reader));
        return rows;
    }

    private SqliteCommand Prepared(string sql, ReadOnlySpan<object?> values)
    {
        if (!_prepared.TryGetValue(sql, out var command))
        {
            command = Command(sql, values.Length);
            _prepared.Add(sql, command);
        }

        Bind(command, values);
        return command;
    }

    private SqliteCommand Command(string sql, int parameters)
    {
        var command = _connection.CreateCommand();
#pragma warning disable CA2100 // Text composed of constants; values travel as parameters.
        command.CommandText = sql;
#pragma warning restore CA2100
        for (var i = 1; i <= parameters; i++) command.Parameters.Add(new SqliteParameter { ParameterName = $"?{i}" });
        return command;
    }

    private static void Bind(SqliteCommand command, ReadOnlySpan<object?> values)
    {
        for (var i = 0; i < values.Length; i++) command.Parameters[i].Value = values[i] ?? DBNull.Value;
    }
}
