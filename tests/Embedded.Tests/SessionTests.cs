using AccessFunctions.Embedded.Sqlite;
using Microsoft.Data.Sqlite;
using Xunit;

namespace AccessFunctions.Embedded.Tests;

public sealed class SessionTests : IDisposable
{
    private readonly string _file = Store.NewPath();
    private readonly Session _session;

    public SessionTests()
    {
        _session = new Session(_file, SqliteOpenMode.ReadWriteCreate, 1024);
        _session.Script("CREATE TABLE kept(id INTEGER PRIMARY KEY, text TEXT NOT NULL, bytes BLOB NOT NULL, number INTEGER) STRICT");
    }

    public void Dispose()
    {
        _session.Dispose();
        File.Delete(_file);
    }

    [Theory]
    [InlineData("", 0, null)]
    [InlineData("a", 1, 0L)]
    [InlineData("Zoë 🔑 'quoted'", 300, long.MaxValue)]
    [InlineData(null, 5000, -1L)]
    public void Values_AreReadAsTheyWereWritten(string? text, int length, long? number)
    {
        // Null stands for text that is longer than any buffer.
        text ??= new string('é', 5000);
        var bytes = new byte[length];
        Random.Shared.NextBytes(bytes);
        var id = _session.Insert("INSERT INTO kept(text, bytes, number) VALUES(?1, ?2, ?3)", text, bytes, number);
        var found = _session.One(
            "SELECT text, bytes, number FROM kept WHERE id = ?1",
            static row => (Text: row.GetString(0), Bytes: row.GetBytes(1), Number: row.IsDBNull(2) ? (long?)null : row.GetInt64(2)), id);
        Assert.Equal((text, number), (found.Text, found.Number));
        Assert.Equal(bytes, found.Bytes);
    }

    [Fact]
    public void Null_WhereAValueIsRead_IsRefused()
    {
        _session.Insert("INSERT INTO kept(text, bytes) VALUES(?1, ?2)", "a", Array.Empty<byte>());
        var refused = Assert.Throws<InvalidDataException>(() => _session.Query("SELECT number FROM kept", static row => row.GetInt64(0)));
        Assert.Contains("number", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Statement_ThatFails_CanBeRunAgain()
    {
        const string insert = "INSERT INTO kept(id, text, bytes) VALUES(?1, ?2, ?3)";
        Assert.Equal(1, _session.Run(insert, 1, "a", Array.Empty<byte>()));
        Assert.Equal(19, Assert.Throws<SqliteException>(() => _session.Run(insert, 1, "b", Array.Empty<byte>())).SqliteErrorCode);
        Assert.Equal(1, _session.Run(insert, 2, "b", Array.Empty<byte>()));
        Assert.Equal(["a", "b"], _session.Query("SELECT text FROM kept ORDER BY id", static row => row.GetString(0)));
    }

    [Fact]
    public void Scan_ThatIsLeftEarly_HoldsNothing()
    {
        for (var id = 1; id <= 3; id++) _session.Run("INSERT INTO kept(id, text, bytes) VALUES(?1, 'a', x'')", id);
        var seen = 0;
        _session.Scan("SELECT id FROM kept", _ => ++seen < 2);
        Assert.Equal(2, seen);
        _session.Script("DROP TABLE kept");
    }

    [Fact]
    public void MistakesOfCallers_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => _session.Run("INSERT INTO kept(text, bytes) VALUES(?1, ?2)", "a"));
        Assert.Throws<ArgumentException>(() => _session.Run("DELETE FROM kept; DELETE FROM kept"));
        Assert.Throws<ArgumentException>(() => _session.Run("DELETE FROM kept WHERE id = ?1", 1.5));
        Assert.Throws<SqliteException>(() => _session.Run("DELETE FROM nothing"));
        using var reader = new Session(_file, SqliteOpenMode.ReadOnly, 1024);
        Assert.Throws<SqliteException>(() => reader.Run("DELETE FROM kept"));
    }

    [Fact]
    public async Task OlderStore_KeepsTheEffectsThatWait()
    {
        var path = Store.NewPath();
        Directory.CreateDirectory(path);
        using (var older = new Session(DataDirectory.DatabaseFile(path), SqliteOpenMode.ReadWriteCreate, 1024))
        {
            older.Script(Schema.Steps[0]);
            older.Script("PRAGMA user_version = 1");
            foreach (var (effect, done) in ((string, long?)[])[("e1", 5), ("e2", null), ("e3", 7)])
                older.Run("INSERT INTO outbox(request, effect, lane, body, available_at, attempts, done_at) VALUES('r-1', ?1, 'notices', x'01', 3, 2, ?2)", effect, done);
        }

        await using (var store = new Store(path))
        {
            Assert.Equal([(2L, "e2", 2)], store.Database.Read(static session => session.Query(
                "SELECT id, effect, attempts FROM outbox WHERE lane = 'notices' AND available_at = 3", static row => (row.GetInt64(0), row.GetString(1), row.GetInt32(2)))));
            await store.Database.Writer.Write(static batch => { batch.Session.Run("DELETE FROM outbox"); });
            await store.Workflow.Deliver("r-2", AccessFunctions.Tests.Shared.Signals.Submit("r-2"));
            Assert.Equal(3, store.Database.Read(static session => session.Number("SELECT min(id) FROM outbox")));
        }

        Directory.Delete(path, recursive: true);
    }

    [Fact]
    public void OlderStore_FindsItsEventsByWhatTheyAreAbout()
    {
        using var older = new Session(":memory:", SqliteOpenMode.ReadWriteCreate, 1024);
        foreach (var step in Schema.Steps[..4]) older.Script(step);
        older.Script("PRAGMA user_version = 4");
        foreach (var stream in (string[])["host:1:2026-11-21", "r-1"])
        {
            older.Run(
                "INSERT INTO audit(stream, sequence, body, previous, hash, type, actor, at, emergency) VALUES(?1, 1, ?2, '', '', 't', 'dave', 5, 0)",
                stream, """{"v":1,"resource":"access-group/a"}"""u8.ToArray());
        }

        Schema.Migrate(older, "older");
        Assert.Equal(["host:1:2026-11-21"], older.Query("SELECT stream FROM audit WHERE resource = 'access-group/a'", static row => row.GetString(0)));
        Assert.Contains("audit_by_resource", Assert.Single(older.Query("EXPLAIN QUERY PLAN SELECT body FROM audit WHERE 1 AND resource = ?1 ORDER BY at DESC, position DESC LIMIT ?2", static row => row.GetString(3), "access-group/a", 21)), StringComparison.Ordinal);
    }
}
