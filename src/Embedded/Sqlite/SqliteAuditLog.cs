using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using AccessFunctions.Application.Audit;
using AccessFunctions.Application.Ports;
using AccessFunctions.Application.Workflow;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Json;

namespace AccessFunctions.Embedded.Sqlite;

/// <summary>The audit trail in the store. Rows get their positions from the one writer, so positions are in the order of commits.</summary>
/// <param name="keys">Sign checkpoints; null: they are not signed.</param>
public sealed class SqliteAuditLog(Database database, HostStream host, TimeProvider time, CheckpointKeys? keys = null) : IAuditLog
{
    private const int ExportPage = 500;

    /// <summary>Events read for one page where no index says what is asked for.</summary>
    private const int Looked = 1000;

    /// <inheritdoc />
    public Task Append(AuditEvent happened, CancellationToken cancellation)
    {
        var stream = host.At(time.GetUtcNow());
        return database.Writer.Write(batch => { AuditTable.Append(batch, stream, AuditTable.Head(batch.Session, stream), [happened]); });
    }

    /// <inheritdoc />
    public Task<IReadOnlyList<AuditRow>> Stream(string stream, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<AuditRow>>(database.Read(session => session.Query(
            $"SELECT {AuditTable.Columns} FROM audit WHERE stream = ?1 ORDER BY sequence", static row => AuditTable.Row(row), stream)));

    /// <inheritdoc />
    public Task<Page<AuditRow>> List(AuditFilter filter, string? cursor, int limit, CancellationToken cancellation)
    {
        var values = new List<object?>();
        var where = new List<string> { "1" };
        if (cursor is not null)
        {
            var (at, position) = Parse(cursor);
            where.Add($"(at, position) < ({Place(at)}, {Place(position)})");
        }

        if (filter.Actor is { } actor) where.Add($"actor = {Place(actor)}");
        if (filter.Type is { } type) where.Add($"type = {Place(type)}");
        if (filter.Types is { } types) where.Add($"type IN ({string.Join(", ", types.Select(Place))})");
        if (filter.Resource is { } resource) where.Add($"resource = {Place(resource)}");
        if (filter.From is { } from) where.Add($"at >= {Place(from.UtcTicks)}");
        if (filter.To is { } to) where.Add($"at < {Place(to.UtcTicks)}");
        if (filter.Emergency is { } emergency) where.Add(emergency ? "emergency = 1" : "emergency = 0");
        if (filter.RequestId is { } request)
        {
            var id = Place(request);
            where.Add($"position IN (SELECT position FROM audit WHERE stream = {id} UNION ALL SELECT position FROM audit WHERE request = {id} AND request <> stream)");
        }

        var most = AuditMatching.ReadsEvents(filter) ? Math.Max(Looked, limit + 1) : limit + 1;
        var sql = $"SELECT at, position, {AuditTable.Columns} FROM audit WHERE {string.Join(" AND ", where)} ORDER BY at DESC, position DESC LIMIT {Place(most)}";
        var rows = database.Read(session => session.QueryOnce(
            sql, static row => (At: row.GetInt64(0), Position: row.GetInt64(1), Row: AuditTable.Row(row, 2)), [.. values]));
        var (items, last) = (new List<AuditRow>(Math.Min(rows.Count, limit)), "");
        foreach (var (at, position, row) in rows)
        {
            if (items.Count == limit) return Task.FromResult(new Page<AuditRow>(items, last));
            if (AuditMatching.Says(filter, row)) items.Add(row);
            last = string.Create(CultureInfo.InvariantCulture, $"{at}-{position}");
        }

        return Task.FromResult(new Page<AuditRow>(items, AuditMatching.ReadsEvents(filter) && rows.Count == most ? last : null));

        string Place(object value)
        {
            values.Add(value);
            return string.Create(CultureInfo.InvariantCulture, $"?{values.Count}");
        }
    }

    /// <inheritdoc />
    public async IAsyncEnumerable<AuditRow> Export([EnumeratorCancellation] CancellationToken cancellation)
    {
        var (stream, sequence) = ("", 0L);
        while (true)
        {
            var rows = database.Read(session => ExportAfter(session, stream, sequence));
            foreach (var row in rows)
            {
                cancellation.ThrowIfCancellationRequested();
                (stream, sequence) = (row.Stream, row.Sequence);
                yield return row;
            }

            if (rows.Count < ExportPage) yield break;
            await Task.Yield();
        }
    }

    /// <inheritdoc />
    public async IAsyncEnumerable<Tombstone> Tombstones([EnumeratorCancellation] CancellationToken cancellation)
    {
        var stream = "";
        while (true)
        {
            var page = database.Read(session => Purged.After(session, stream, ExportPage));
            foreach (var tombstone in page)
            {
                cancellation.ThrowIfCancellationRequested();
                stream = tombstone.Stream;
                yield return tombstone;
            }

            if (page.Count < ExportPage) yield break;
            await Task.Yield();
        }
    }

    /// <inheritdoc />
    public Task<IReadOnlyList<Checkpoint>> Checkpoints(CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<Checkpoint>>(database.Read(Checkpoints));

    /// <inheritdoc />
    public async Task<Checkpoint?> MakeCheckpoint(CancellationToken cancellation)
    {
        var at = time.GetUtcNow();
        using var signer = keys is null ? null : await keys.Open(cancellation);
        var made = await database.Writer.Write(batch => Make(batch, at, signer));
        if (made is not null && keys is not null) await keys.Stored(made, cancellation);
        return made;
    }

    /// <summary>A page of all rows, stream by stream, after the given one.</summary>
    internal static List<AuditRow> ExportAfter(Session session, string stream, long sequence) => session.Query(
        $"SELECT {AuditTable.Columns} FROM audit WHERE (stream, sequence) > (?1, ?2) ORDER BY stream, sequence LIMIT ?3",
        static row => AuditTable.Row(row), stream, sequence, ExportPage);

    /// <summary>All checkpoints in order.</summary>
    internal static List<Checkpoint> Checkpoints(Session session) =>
        session.Query("SELECT body FROM checkpoints ORDER BY number", static row => ReadCheckpoint(row, 0));

    internal static Checkpoint ReadCheckpoint(Statement row, int column) =>
        JsonSerializer.Deserialize(row.Bytes(column), DomainJson.Default.Checkpoint) ?? throw new InvalidDataException("A stored checkpoint is empty.");

    private static Checkpoint? Make(Batch batch, DateTimeOffset at, CheckpointSigner? signer)
    {
        var session = batch.Session;
        var last = session.One("SELECT body, position FROM checkpoints ORDER BY number DESC LIMIT 1", static row => new Folded(ReadCheckpoint(row, 0), row.GetInt64(1)));
        // By position: what is new is little, and the chains' own index would be read from end to end.
        var heads = session.Query(
            """
            SELECT a.stream, a.sequence, a.hash FROM audit a
            JOIN (SELECT stream, max(sequence) AS newest FROM audit NOT INDEXED WHERE position > ?1 GROUP BY stream) n ON n.stream = a.stream AND n.newest = a.sequence
            """,
            static row => new StreamHead(row.GetString(0), row.GetInt64(1), row.GetString(2)), last?.Position ?? 0);
        if (heads.Count == 0) return null;
        var made = Domain.Audit.Checkpoints.Make((last?.Checkpoint.Number ?? 0) + 1, at, heads, last?.Checkpoint.Root);
        if (signer is not null) made = signer.Sign(made);
        session.Run(
            "INSERT INTO checkpoints(number, body, position) VALUES(?1, ?2, (SELECT max(position) FROM audit))",
            made.Number, JsonSerializer.SerializeToUtf8Bytes(made, DomainJson.Default.Checkpoint));
        batch.Audited = true;
        return made;
    }

    private static (long At, long Position) Parse(string cursor)
    {
        var dash = cursor.IndexOf('-', StringComparison.Ordinal);
        return dash > 0
            && long.TryParse(cursor.AsSpan(0, dash), NumberStyles.None, CultureInfo.InvariantCulture, out var at)
            && long.TryParse(cursor.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var position)
            ? (at, position)
            : throw new FormatException("The cursor is not one that a list gave.");
    }

    private sealed record Folded(Checkpoint Checkpoint, long Position);
}
