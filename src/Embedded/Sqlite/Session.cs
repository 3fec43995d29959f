using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace AccessFunctions.Embedded.Sqlite;

/// <summary>One connection and its prepared statements, which are made once and kept. For one thread at a time.</summary>
public sealed class Session : IDisposable
{
    private readonly sqlite3 _connection;
    private readonly Dictionary<string, Statement> _prepared = new(StringComparer.Ordinal);

    static Session() => Batteries_V2.Init();

    /// <summary>Opens the file.</summary>
    /// <param name="cacheKiB">Pages kept in memory.</param>
    /// <exception cref="SqliteException">It cannot be opened.</exception>
    internal Session(string file, SqliteOpenMode mode, int cacheKiB)
    {
        // Without a lock of its own around every call: a session is used by one thread at a time.
        var opened = raw.sqlite3_open_v2(file, out _connection, raw.SQLITE_OPEN_NOMUTEX | Flags(mode), null);
        try
        {
            SqliteException.ThrowExceptionForRC(opened, _connection);
            // No memory map: it would count as resident what is only cache. Savepoints keep their undo in memory, not in files.
            Script($"PRAGMA busy_timeout = 30000; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 0; PRAGMA cache_size = -{cacheKiB}");
        }
        catch
        {
            _connection.Dispose();
            throw;
        }
    }

    /// <summary>Runs a statement; parameters are <c>?1</c>, <c>?2</c>…</summary>
    /// <returns>Rows that the last INSERT, UPDATE or DELETE changed.</returns>
    public int Run(string sql, params ReadOnlySpan<object?> values)
    {
        Step(Prepared(sql), values);
        return raw.sqlite3_changes(_connection);
    }

    /// <summary>Runs an INSERT.</summary>
    /// <returns>The new row's id.</returns>
    public long Insert(string sql, params ReadOnlySpan<object?> values)
    {
        Step(Prepared(sql), values);
        return raw.sqlite3_last_insert_rowid(_connection);
    }

    /// <summary>The first row, or default where there is none.</summary>
    public T? One<T>(string sql, Func<Statement, T> read, params ReadOnlySpan<object?> values)
    {
        var statement = Prepared(sql);
        try
        {
            statement.Bind(values);
            return statement.Step() ? read(statement) : default;
        }
        finally
        {
            statement.Reset();
        }
    }

    /// <summary>The first column of the first row as a number; null where there is no row, or null in it.</summary>
    public long? Number(string sql, params ReadOnlySpan<object?> values) =>
        One(sql, static row => row.IsDBNull(0) ? null : (long?)row.GetInt64(0), values);

    /// <summary>All rows.</summary>
    public List<T> Query<T>(string sql, Func<Statement, T> read, params ReadOnlySpan<object?> values) => All(Prepared(sql), read, values);

    /// <summary>Reads rows until told to stop.</summary>
    /// <param name="read">Reads one row; false ends the reading.</param>
    public void Scan(string sql, Func<Statement, bool> read, params ReadOnlySpan<object?> values)
    {
        var statement = Prepared(sql);
        try
        {
            statement.Bind(values);
            while (statement.Step() && read(statement))
            {
            }
        }
        finally
        {
            statement.Reset();
        }
    }

    /// <summary>All rows of a statement composed for this call, which is not kept.</summary>
    public List<T> QueryOnce<T>(string sql, Func<Statement, T> read, params ReadOnlySpan<object?> values)
    {
        using var statement = new Statement(_connection, sql, kept: false);
        return All(statement, read, values);
    }

    /// <summary>Runs several statements without parameters.</summary>
    public void Script(string sql) => SqliteException.ThrowExceptionForRC(raw.sqlite3_exec(_connection, sql), _connection);

    /// <summary>Closes the connection.</summary>
    public void Dispose()
    {
        foreach (var statement in _prepared.Values) statement.Dispose();
        _prepared.Clear();
        _connection.Dispose();
    }

    private static void Step(Statement statement, ReadOnlySpan<object?> values)
    {
        try
        {
            statement.Bind(values);
            statement.Step();
        }
        finally
        {
            statement.Reset();
        }
    }

    private static List<T> All<T>(Statement statement, Func<Statement, T> read, ReadOnlySpan<object?> values)
    {
        try
        {
            statement.Bind(values);
            var rows = new List<T>();
            while (statement.Step()) rows.Add(read(statement));
            return rows;
        }
        finally
        {
            statement.Reset();
        }
    }

    private static int Flags(SqliteOpenMode mode) => mode switch
    {
        SqliteOpenMode.ReadWriteCreate => raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE,
        SqliteOpenMode.ReadWrite => raw.SQLITE_OPEN_READWRITE,
        SqliteOpenMode.ReadOnly => raw.SQLITE_OPEN_READONLY,
        _ => throw new ArgumentOutOfRangeException(nameof(mode)),
    };

    private Statement Prepared(string sql)
    {
        if (!_prepared.TryGetValue(sql, out var statement))
        {
            statement = new Statement(_connection, sql, kept: true);
            _prepared.Add(sql, statement);
        }

        return statement;
    }
}
