using System.Buffers.Binary;
using AccessFunctions.Application.Inventory;
using AccessFunctions.Application.Ports;

namespace AccessFunctions.Embedded.Sqlite;

/// <summary>What was ingested, in one table of facts. The data directory is this process's alone, so whose turn it is is kept in memory.</summary>
public sealed class SqliteInventoryStore(Database database) : IInventoryStore
{
    private readonly HashSet<string> _entered = new(StringComparer.Ordinal);

    /// <inheritdoc />
    public Task<IReadOnlyList<IngestProgress>> Progress(CancellationToken cancellation) => Task.FromResult<IReadOnlyList<IngestProgress>>(
        database.Read(static session => session.Query("SELECT progress FROM ingestion ORDER BY platform", static row => ProgressRow.Read(row.Bytes(0)))));

    /// <inheritdoc />
    public Task<IngestProgress?> Progress(string platform, CancellationToken cancellation) => Task.FromResult(database.Read(session => Stored(session, platform)));

    /// <inheritdoc />
    public Task Ask(string platform, IngestAsk ask, CancellationToken cancellation) => database.Writer.Write(batch =>
    {
        Store(batch.Session, (Stored(batch.Session, platform) ?? new IngestProgress(platform)) with { Asked = ask });
    });

    /// <inheritdoc />
    public Task<IInventoryRun?> Begin(string platform, CancellationToken cancellation)
    {
        lock (_entered)
        {
            if (!_entered.Add(platform)) return Task.FromResult<IInventoryRun?>(null);
        }

        var progress = database.Read(session => Stored(session, platform)) ?? new IngestProgress(platform);
        return Task.FromResult<IInventoryRun?>(new SqliteInventoryRun(database, progress, Leave));
    }

    /// <inheritdoc />
    public Task<InventoryGraph> Graph(string platform, CancellationToken cancellation) => Task.FromResult(database.Read(session => new InventoryGraph(
        platform,
        Rows(session, platform, FactKinds.Identity).Select(static row => row.Identity()),
        Rows(session, platform, FactKinds.Membership).Select(static row => row.Membership()))));

    /// <inheritdoc />
    public Task<Page<PrivilegeFact>> PrivilegesOf(string platform, string grantee, string? after, int limit, CancellationToken cancellation) => Page(
        "SELECT kind, first, second, content FROM facts WHERE platform = ?1 AND kind = 'p' AND first = ?2 AND second > ?3 ORDER BY second LIMIT ?4",
        platform, grantee, after, limit, static last => last.Resource);

    /// <inheritdoc />
    public Task<Page<PrivilegeFact>> PrivilegesOn(string platform, string resource, string? after, int limit, CancellationToken cancellation) => Page(
        "SELECT kind, first, second, content FROM facts WHERE platform = ?1 AND kind = 'p' AND second = ?2 AND first > ?3 ORDER BY first LIMIT ?4",
        platform, resource, after, limit, static last => last.Grantee);

    /// <inheritdoc />
    public Task<Page<ResourceFact>> Resources(string platform, string? text, string? type, string? cursor, int limit, CancellationToken cancellation) => Task.FromResult(database.Read(session =>
    {
        var found = session.Query(
            """
            SELECT kind, first, second, content FROM facts WHERE platform = ?1 AND kind = 'r' AND first > ?2 AND (?3 IS NULL OR instr(lower(first), lower(?3)) > 0)
            AND (?4 IS NULL OR json_extract(content, '$.type') = ?4) ORDER BY first LIMIT ?5
            """,
            static row => Row(row).Resource(), platform, Cursor(cursor), text, type, limit + 1);
        return found.Count > limit
            ? new Page<ResourceFact>(found[..limit], Convert.ToHexStringLower(System.Text.Encoding.UTF8.GetBytes(found[limit - 1].Resource)))
            : new Page<ResourceFact>(found, null);
    }));

    internal static FactRow Row(Statement row) => new(row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3));

    internal static IngestProgress? Stored(Session session, string platform) =>
        session.One("SELECT progress FROM ingestion WHERE platform = ?1", static row => ProgressRow.Read(row.Bytes(0)), platform);

    internal static void Store(Session session, IngestProgress progress) => session.Run(
        "INSERT INTO ingestion(platform, progress) VALUES(?1, ?2) ON CONFLICT(platform) DO UPDATE SET progress = excluded.progress", progress.Platform, ProgressRow.Write(progress));

    private static string Cursor(string? cursor) => cursor is null ? "" : System.Text.Encoding.UTF8.GetString(Convert.FromHexString(cursor));

    private static List<FactRow> Rows(Session session, string platform, string kind) =>
        session.Query("SELECT kind, first, second, content FROM facts WHERE platform = ?1 AND kind = ?2", Row, platform, kind);

    private Task<Page<PrivilegeFact>> Page(string sql, string platform, string name, string? after, int limit, Func<PrivilegeFact, string> key) => Task.FromResult(database.Read(session =>
    {
        var found = session.Query(sql, static row => Row(row).Privilege(), platform, name, after ?? "", limit + 1);
        return found.Count > limit ? new Page<PrivilegeFact>(found[..limit], key(found[limit - 1])) : new Page<PrivilegeFact>(found, null);
    }));

    private void Leave(string platform)
    {
        lock (_entered) _entered.Remove(platform);
    }
}

/// <summary>One turn with a platform's facts. Each save is a transaction.</summary>
internal sealed class SqliteInventoryRun(Database database, IngestProgress progress, Action<string> leave) : IInventoryRun
{
    /// <summary>Facts removed in one piece of work, so that signals never wait long behind it.</summary>
    private const int Portion = 1000;
    private bool _left;

    public IngestProgress Progress { get; private set; } = progress;

    public async Task Save(IReadOnlyList<InventoryFact> facts, Func<int, IngestProgress> then, CancellationToken cancellation)
    {
        List<FactRow> rows = [.. facts.Select(FactRow.Of)];
        var keys = new byte[rows.Count * sizeof(long)];
        for (var i = 0; i < rows.Count; i++) BinaryPrimitives.WriteInt64LittleEndian(keys.AsSpan(i * sizeof(long)), rows[i].Key);
        Progress = await database.Writer.Write(batch =>
        {
            var (session, written) = (batch.Session, 0);
            foreach (var row in rows)
            {
                written += session.Run(
                    """
                    INSERT INTO facts(platform, kind, first, second, content) VALUES(?1, ?2, ?3, ?4, ?5)
                    ON CONFLICT(platform, kind, first, second) DO UPDATE SET content = excluded.content WHERE content <> excluded.content
                    """,
                    Progress.Platform, row.Kind, row.First, row.Second, row.Content);
            }

            // Somebody may have asked for another run meanwhile: that is not this run's to forget.
            var next = then(written);
            if (Stored(session) is { Asked: { } asked } && asked.Key != next.AnsweredKey) next = next with { Asked = asked };
            if (rows.Count > 0)
            {
                session.Run(
                    "INSERT INTO facts_seen(platform, run, page, keys) VALUES(?1, ?2, coalesce((SELECT max(page) FROM facts_seen WHERE platform = ?1 AND run = ?2), 0) + 1, ?3)",
                    next.Platform, next.Run, keys);
            }

            session.Run("DELETE FROM facts_seen WHERE platform = ?1 AND (run <> ?2 OR ?3)", next.Platform, next.Run, next.State == IngestState.Completed);
            SqliteInventoryStore.Store(session, next);
            return next;
        });
    }

    public async Task<int> RemoveUnseen(CancellationToken cancellation)
    {
        var gone = database.Read(session =>
        {
            var seen = new HashSet<long>();
            session.Scan("SELECT keys FROM facts_seen WHERE platform = ?1 AND run = ?2", row =>
            {
                for (var keys = row.Bytes(0); keys.Length > 0; keys = keys[sizeof(long)..]) seen.Add(BinaryPrimitives.ReadInt64LittleEndian(keys));
                return true;
            }, Progress.Platform, Progress.Run);
            var unseen = new List<(string Kind, string First, string Second)>();
            session.Scan("SELECT kind, first, second FROM facts WHERE platform = ?1", row =>
            {
                var (kind, first, second) = (row.GetString(0), row.GetString(1), row.GetString(2));
                if (!seen.Contains(FactRow.KeyOf(kind, first, second))) unseen.Add((kind, first, second));
                return true;
            }, Progress.Platform);
            return unseen;
        });
        foreach (var portion in gone.Chunk(Portion))
        {
            cancellation.ThrowIfCancellationRequested();
            await database.Writer.Write(batch =>
            {
                foreach (var (kind, first, second) in portion)
                    batch.Session.Run("DELETE FROM facts WHERE platform = ?1 AND kind = ?2 AND first = ?3 AND second = ?4", Progress.Platform, kind, first, second);
            });
        }

        return gone.Count;
    }

    public ValueTask DisposeAsync()
    {
        if (!_left) leave(Progress.Platform);
        _left = true;
        return ValueTask.CompletedTask;
    }

    private IngestProgress? Stored(Session session) => SqliteInventoryStore.Stored(session, Progress.Platform);
}
