using System.Buffers;
using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace AccessFunctions.Embedded.Sqlite;

/// <summary>
/// One prepared statement of a <see cref="Session"/>, and the row it is at. Calls SQLite directly: the writer runs some ten statements per
/// signal, and the commands and readers of ADO.NET cost more than most of these statements do.
/// </summary>
public sealed class Statement : IDisposable
{
    private const uint Kept = 0x01; // SQLITE_PREPARE_PERSISTENT
    private readonly sqlite3 _connection;
    private readonly sqlite3_stmt _statement;
    private readonly int _parameters;

    /// <summary>Prepares one statement.</summary>
    /// <param name="kept">It is run many times.</param>
    /// <exception cref="SqliteException">It is no statement of this store.</exception>
    /// <exception cref="ArgumentException">There is more than one statement.</exception>
    internal Statement(sqlite3 connection, string sql, bool kept)
    {
        _connection = connection;
        Check(raw.sqlite3_prepare_v3(connection, sql, kept ? Kept : 0, out _statement, out var rest));
        if (!string.IsNullOrWhiteSpace(rest))
        {
            _statement.Dispose();
            throw new ArgumentException("One statement at a time.", nameof(sql));
        }

        _parameters = raw.sqlite3_bind_parameter_count(_statement);
    }

    /// <summary>True where the column is null.</summary>
    public bool IsDBNull(int column) => raw.sqlite3_column_type(_statement, column) == raw.SQLITE_NULL;

    /// <summary>A number. Throws where the column is null.</summary>
    public long GetInt64(int column) => raw.sqlite3_column_int64(_statement, NotNull(column));

    /// <summary>A small number. Throws where the column is null, or larger.</summary>
    public int GetInt32(int column) => checked((int)GetInt64(column));

    /// <summary>True where the number is not 0. Throws where the column is null.</summary>
    public bool GetBoolean(int column) => GetInt64(column) != 0;

    /// <summary>Text. Throws where the column is null.</summary>
    public string GetString(int column) => raw.sqlite3_column_text(_statement, NotNull(column)).utf8_to_string();

    /// <summary>Bytes, valid until the next row. Throws where the column is null.</summary>
    public ReadOnlySpan<byte> Bytes(int column) => raw.sqlite3_column_blob(_statement, NotNull(column));

    /// <summary>A copy of bytes. Throws where the column is null.</summary>
    public byte[] GetBytes(int column) => Bytes(column).ToArray();

    /// <summary>Frees the statement.</summary>
    public void Dispose() => _statement.Dispose();

    /// <summary>Gives all parameters their values: null, text, bytes, whole numbers or truth values.</summary>
    internal void Bind(ReadOnlySpan<object?> values)
    {
        if (values.Length != _parameters) throw new ArgumentException($"The statement takes {_parameters} values, not {values.Length}.", nameof(values));
        for (var i = 0; i < values.Length; i++)
        {
            Check(values[i] switch
            {
                null => raw.sqlite3_bind_null(_statement, i + 1),
                string text => BindText(i + 1, text),
                long number => raw.sqlite3_bind_int64(_statement, i + 1, number),
                int number => raw.sqlite3_bind_int64(_statement, i + 1, number),
                bool truth => raw.sqlite3_bind_int(_statement, i + 1, truth ? 1 : 0),
                byte[] { Length: 0 } => raw.sqlite3_bind_zeroblob(_statement, i + 1, 0),
                byte[] bytes => raw.sqlite3_bind_blob(_statement, i + 1, bytes),
                var other => throw new ArgumentException($"A {other.GetType()} is not stored.", nameof(values)),
            });
        }
    }

    /// <summary>Goes to the next row.</summary>
    /// <returns>False after the last; a statement that yields no rows has then run.</returns>
    internal bool Step()
    {
        var result = raw.sqlite3_step(_statement);
        if (result == raw.SQLITE_ROW) return true;
        if (result != raw.SQLITE_DONE) Check(result);
        return false;
    }

    /// <summary>Ends the run, which lets go of what it read or locked. An error of the run was thrown by <see cref="Step"/>.</summary>
    internal void Reset() => raw.sqlite3_reset(_statement);

    private int BindText(int place, string text)
    {
        // Empty spans have no address, which SQLite would take for null.
        if (text.Length == 0) return raw.sqlite3_bind_text(_statement, place, text);
        var most = Encoding.UTF8.GetMaxByteCount(text.Length);
        byte[]? rented = null;
        var bytes = most <= 512 ? stackalloc byte[512] : rented = ArrayPool<byte>.Shared.Rent(most);
        var result = raw.sqlite3_bind_text(_statement, place, bytes[..Encoding.UTF8.GetBytes(text, bytes)]);
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
        return result;
    }

    private int NotNull(int column) =>
        IsDBNull(column) ? throw new InvalidDataException($"Column {raw.sqlite3_column_name(_statement, column).utf8_to_string()} is null.") : column;

    private void Check(int result) => SqliteException.ThrowExceptionForRC(result, _connection);
}
