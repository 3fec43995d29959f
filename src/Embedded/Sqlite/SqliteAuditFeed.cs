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
    public Task<IReadOnlyList<AuditRow>> Stream(string stream, long from, long position, int limit, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<AuditRow>>(_database.Read(session => session.Query(
            $"SELECT {AuditTable.Columns} FROM audit WHERE stream = ?1 AND sequence >= ?2 AND position <= ?3 ORDER BY sequence LIMIT ?4",
            static row => AuditTable.Row(row, 0), stream, from, position, limit)));

    /// <inheritdoc />
    public Task<AuditBacklog> Backlog(long position, CancellationToken cancellation) => Task.FromResult(_database.Read(session =>
    {
        var last = session.Number("SELECT max(position) FROM audit") ?? 0;
        var oldest = session.Number("SELECT at FROM audit WHERE position > ?1 ORDER BY position LIMIT 1", position);
        return new AuditBacklog(Math.Max(0, last - position), oldest is { } ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null);
    }));

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

    /// <inheritdoc />
    public Task<IReadOnlyList<HeldStream>> Held(string sink, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<HeldStream>>(_database.Read(session => session.Query(
            "SELECT stream, sequence, since, why FROM held_streams WHERE sink = ?1 ORDER BY stream",
            static row => new HeldStream(row.GetString(0), row.GetInt64(1), new DateTimeOffset(row.GetInt64(2), TimeSpan.Zero), row.GetString(3)), sink)));

    /// <inheritdoc />
    public Task Hold(string sink, HeldStream held, CancellationToken cancellation) =>
        _database.Writer.Write(batch =>
        {
            batch.Session.Run(
                """
                INSERT INTO held_streams(sink, stream, sequence, since, why) VALUES(?1, ?2, ?3, ?4, ?5)
                ON CONFLICT(sink, stream) DO UPDATE SET sequence = excluded.sequence, since = excluded.since, why = excluded.why
                """,
                sink, held.Stream, held.Sequence, held.Since.UtcTicks, held.Why);
        });

    /// <inheritdoc />
    public Task Release(string sink, string stream, CancellationToken cancellation) =>
        _database.Writer.Write(batch => batch.Session.Run("DELETE FROM held_streams WHERE sink = ?1 AND stream = ?2", sink, stream));
}
