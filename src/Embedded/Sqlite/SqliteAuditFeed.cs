using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;

namespace AccessFunctions.Embedded.Sqlite;

/// <summary>Serves sinks in the order of commits, and remembers how far each has got.</summary>
public sealed class SqliteAuditFeed : IAuditFeed, IAuditCursors
{
    private readonly Database _database;

    /// <summary>Creates the feed.</summary>
    public SqliteAuditFeed(Database database)
    {
        _database = database;
        database.Writer.Committed += batch =>
        {
            if (batch.Audited) Appended?.Invoke();
        };
    }

    /// <inheritdoc />
    public event Action? Appended;

    /// <inheritdoc />
    public Task<IReadOnlyList<FeedRow>> Rows(long position, int limit, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<FeedRow>>(_database.Read(session => session.Query(
            $"SELECT position, {AuditTable.Columns} FROM audit WHERE position > ?1 ORDER BY position LIMIT ?2",
            static row => new FeedRow(row.GetInt64(0), AuditTable.Row(row, 1)), position, limit)));

    /// <inheritdoc />
    public Task<IReadOnlyList<Checkpoint>> Checkpoints(long number, int limit, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<Checkpoint>>(_database.Read(session => session.Query(
            "SELECT body FROM checkpoints WHERE number > ?1 ORDER BY number LIMIT ?2",
            static row => SqliteAuditLog.ReadCheckpoint(row, 0), number, limit)));

    /// <inheritdoc />
    public Task<AuditCursor> Get(string sink, CancellationToken cancellation) =>
        Task.FromResult(_database.Read(session => session.One(
            "SELECT position, checkpoint FROM cursors WHERE sink = ?1", static row => new AuditCursor(row.GetInt64(0), row.GetInt64(1)), sink) ?? AuditCursor.Start));

    /// <inheritdoc />
    public Task Advance(string sink, AuditCursor cursor, CancellationToken cancellation) =>
        _database.Writer.Write(batch =>
        {
            batch.Session.Run(
                """
                INSERT INTO cursors(sink, position, checkpoint) VALUES(?1, ?2, ?3)
                ON CONFLICT(sink) DO UPDATE SET position = excluded.position, checkpoint = excluded.checkpoint
                """,
                sink, cursor.Position, cursor.Checkpoint);
        });
}
