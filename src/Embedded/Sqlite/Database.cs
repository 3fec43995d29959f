using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace AccessFunctions.Embedded.Sqlite;

/// <summary>The store of one data directory: one connection that writes (<see cref="Writer"/>), and as many as needed that read.</summary>
public sealed class Database : IAsyncDisposable
{
    private const int WriterCacheKiB = 64 * 1024;
    private const int ReaderCacheKiB = 4 * 1024;
    private const int IdleReaders = 8;
    private readonly string _file;
    private readonly ConcurrentStack<Session> _readers = [];

    private Database(string file, Session session, ILogger<Writer> logger)
    {
        _file = file;
        Writer = new Writer(session, logger);
    }

    /// <summary>The one that writes.</summary>
    public Writer Writer { get; }

    /// <summary>Opens the store of a held directory, makes or migrates its tables, and checks its mark.</summary>
    /// <exception cref="DataDirectoryException">It belongs to the other kind, or to a newer version.</exception>
    public static Database Open(DataDirectory directory, DataKind kind, ILogger<Writer> logger)
    {
        var file = DataDirectory.DatabaseFile(directory.Path);
        var session = new Session(file, SqliteOpenMode.ReadWriteCreate, WriterCacheKiB);
        try
        {
            session.Script("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000");
            Schema.Migrate(session, file);
            session.Run("INSERT INTO meta(name, value) VALUES('kind', ?1) ON CONFLICT DO NOTHING", kind.ToString());
            var marked = session.One("SELECT value FROM meta WHERE name = 'kind'", static row => row.GetString(0));
            if (marked != kind.ToString()) throw new DataDirectoryException(Refusal(directory.Path, kind));
            return new Database(file, session, logger);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>Opens a store to look only, also while a host writes to it.</summary>
    public static Session OpenReadOnly(string directory)
    {
        var file = DataDirectory.DatabaseFile(directory);
        if (!File.Exists(file)) throw new DataDirectoryException($"There is no store in {Path.GetFullPath(directory)}. Name the data directory with --data.");
        return new Session(file, SqliteOpenMode.ReadOnly, ReaderCacheKiB);
    }

    /// <summary>Reads with a connection of the pool, from one snapshot per statement.</summary>
    public T Read<T>(Func<Session, T> read)
    {
        if (!_readers.TryPop(out var session)) session = new Session(_file, SqliteOpenMode.ReadOnly, ReaderCacheKiB);
        var returned = false;
        try
        {
            var result = read(session);
            if (_readers.Count < IdleReaders)
            {
                _readers.Push(session);
                returned = true;
            }

            return result;
        }
        finally
        {
            if (!returned) session.Dispose();
        }
    }

    /// <summary>Drains the writer and closes; the log is folded into the file.</summary>
    public async ValueTask DisposeAsync()
    {
        // The writer closes last: only a connection that may write folds the log into the file.
        while (_readers.TryPop(out var session)) session.Dispose();
        await Writer.DisposeAsync();
    }

    private static string Refusal(string path, DataKind wanted) => wanted switch
    {
        DataKind.Demo => $"{path} holds real data, and a demo does not open it. Start with --config, or name another directory with --data.",
        DataKind.Real => $"{path} holds a demo's data and is marked as such for good. Name another directory with --data.",
    };
}
