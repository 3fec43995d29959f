using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using AccessFunctions.Application.Audit;
using AccessFunctions.Application.Ports;
using AccessFunctions.Application.Workflow;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Json;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Embedded.Sqlite;

/// <summary>Purges and pseudonymises, each stream with its event in one transaction.</summary>
/// <param name="sinks">Nothing goes that one of these has not taken.</param>
public sealed class SqliteRetentionStore(Database database, IEnumerable<IAuditSink> sinks, Rules rules) : IRetentionStore
{
    private const int Page = 500;
    private const string LastRunName = "retention";

    /// <summary>All names of host streams lie between these.</summary>
    private const string FirstHost = HostStream.Prefix;
    private const string BehindHosts = "host;";
    private readonly IReadOnlyList<string> _sinks = [.. sinks.Select(static sink => sink.Name)];

    /// <inheritdoc />
    public IAsyncEnumerable<string> Due(RetentionTask task, DateTimeOffset before, CancellationToken cancellation) => task switch
    {
        // Rows count up and are not used again: so the newest stays, whatever its age.
        RetentionTask.PurgeRequests => Requests("AND r.row < (SELECT max(row) FROM requests)", before, cancellation),
        RetentionTask.PseudonymiseRequests => Requests("AND r.pseudonymised = 0", before, cancellation),
        RetentionTask.PurgeEvents => Hosts("SELECT stream FROM audit WHERE stream > ?1 AND stream < ?2 ORDER BY stream LIMIT 1", before, cancellation),
        RetentionTask.PseudonymiseEvents => Hosts(
            "SELECT stream FROM audit WHERE stream > ?1 AND stream < ?2 AND detail IS NOT NULL AND stream >= 'host:' AND stream < 'host;' ORDER BY stream LIMIT 1", before, cancellation),
    };

    /// <inheritdoc />
    public IAsyncEnumerable<string> Of(string person, CancellationToken cancellation) => database.Read(session => session.Query(
        "SELECT DISTINCT stream FROM audit WHERE actor = ?1 AND detail IS NOT NULL UNION SELECT id FROM requests WHERE requester = ?1 AND pseudonymised = 0",
        static row => row.GetString(0), person)).ToAsyncEnumerable();

    /// <inheritdoc />
    public Task<StreamStanding?> Look(string stream, CancellationToken cancellation) => Task.FromResult(database.Read(session =>
    {
        // One snapshot over all the tables that are looked at.
        session.Run("BEGIN");
        try
        {
            return Look(session, stream);
        }
        finally
        {
            session.Run("COMMIT");
        }
    }));

    /// <inheritdoc />
    public Task<bool> Purge(StreamStanding looked, Tombstone tombstone, AuditEvent record, CancellationToken cancellation) => database.Writer.Write(batch =>
    {
        var session = batch.Session;
        if (Version(session, looked.Stream) != looked.Version) return false;
        using var overwritten = new Overwriting(session);
        AuditTable.Append(batch, tombstone.RecordedIn, AuditTable.Head(session, tombstone.RecordedIn), [record]);
        session.Run(
            "INSERT INTO tombstones(stream, purged_at, recorded_in, hashes) VALUES(?1, ?2, ?3, ?4)",
            tombstone.Stream, tombstone.PurgedAt.UtcTicks, tombstone.RecordedIn, tombstone.Hashes);
        session.Run("DELETE FROM audit WHERE stream = ?1", looked.Stream);
        session.Run("DELETE FROM held_streams WHERE stream = ?1", looked.Stream);
        if (looked.RequestId is { } id) RemoveRequest(batch, id);
        return true;
    });

    /// <inheritdoc />
    public Task<int?> Pseudonymise(StreamStanding looked, string? person, AuditEvent record, string recordIn, CancellationToken cancellation) => database.Writer.Write<int?>(batch =>
    {
        var session = batch.Session;
        if (Version(session, looked.Stream) != looked.Version) return null;
        using var overwritten = new Overwriting(session);
        var request = looked.RequestId is { } id ? RequestTables.Find(session, id) : null;
        var all = person is null || request?.State.Requester == person;
        var next = request is { } there ? Pseudonymisation.Without(there.State, person, record.At) : null;
        var events = all
            ? session.Run("UPDATE audit SET detail = NULL, salt = NULL WHERE stream = ?1 AND detail IS NOT NULL", looked.Stream)
            : session.Run("UPDATE audit SET detail = NULL, salt = NULL WHERE stream = ?1 AND detail IS NOT NULL AND actor = ?2", looked.Stream, person);
        if (events == 0 && next is null) return 0;
        AuditTable.Append(batch, recordIn, AuditTable.Head(session, recordIn), [record]);
        if (next is not null) Replace(batch, request!.Value.Row, request.Value.State, next);
        return Math.Max(1, events);
    });

    /// <inheritdoc />
    public Task<RetentionRun?> LastRun(CancellationToken cancellation) => Task.FromResult(
        database.Read(static session => session.One("SELECT value FROM meta WHERE name = ?1", static row => row.GetString(0), LastRunName)) is { } json
            ? JsonSerializer.Deserialize<RetentionRun>(json, DomainJson.Default.Options)
            : null);

    /// <inheritdoc />
    public Task Save(RetentionRun run, CancellationToken cancellation) => database.Writer.Write(batch =>
    {
        batch.Session.Run(
            "INSERT INTO meta(name, value) VALUES(?1, ?2) ON CONFLICT(name) DO UPDATE SET value = excluded.value", LastRunName, JsonSerializer.Serialize(run, DomainJson.Default.Options));
    });

    private async IAsyncEnumerable<string> Requests(string and, DateTimeOffset before, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var sql = $"""
            SELECT r.closed_at, r.row, r.id FROM requests r
            WHERE r.unfinished = 0 AND r.closed_at < ?1 AND (r.closed_at, r.row) > (?2, ?3) {and}
            AND NOT EXISTS(SELECT 1 FROM legal_holds h WHERE h.request = r.id) ORDER BY r.closed_at, r.row LIMIT {Page}
            """;
        var (closed, row) = (long.MinValue, 0L);
        while (true)
        {
            var found = database.Read(session => session.Query(sql, static one => (Closed: one.GetInt64(0), Row: one.GetInt64(1), Id: one.GetString(2)), before.UtcTicks, closed, row));
            foreach (var one in found)
            {
                cancellation.ThrowIfCancellationRequested();
                (closed, row) = (one.Closed, one.Row);
                yield return one.Id;
            }

            if (found.Count < Page) yield break;
            await Task.Yield();
        }
    }

    private async IAsyncEnumerable<string> Hosts(string next, DateTimeOffset before, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var last = FirstHost;
        while (database.Read(session => session.One(next, static row => row.GetString(0), last, BehindHosts)) is { } stream)
        {
            cancellation.ThrowIfCancellationRequested();
            last = stream;
            if (HostStream.EndOf(stream) < before) yield return stream;
            await Task.Yield();
        }
    }

    private StreamStanding? Look(Session session, string stream)
    {
        var request = RequestTables.Find(session, stream);
        var chain = new ChainVerifier();
        var (hashes, position, newest, requests) = (new List<string>(), 0L, 0L, new HashSet<string>(StringComparer.Ordinal));
        session.Scan(
            $"SELECT position, at, request, {AuditTable.Columns} FROM audit WHERE stream = ?1 ORDER BY sequence",
            row =>
            {
                var audited = AuditTable.Row(row, 3);
                chain.Add(audited);
                hashes.Add(audited.Hash);
                (position, newest) = (Math.Max(position, row.GetInt64(0)), Math.Max(newest, row.GetInt64(1)));
                if (!row.IsDBNull(2)) requests.Add(row.GetString(2));
                return true;
            },
            stream);
        if (hashes.Count == 0) return null;
        if (request?.State.AuditHead is { } head) chain.Expect(new StreamHead(stream, head.Sequence, head.Hash));
        return new StreamStanding
        {
            Stream = stream,
            RequestId = request is null ? null : stream,
            EndedAt = request is { } found ? EndOf(session, found.State) : HostStream.EndOf(stream),
            Held = requests.Any(id => session.Number("SELECT 1 FROM legal_holds WHERE request = ?1", id) is not null),
            Checkpointed = session.Number("SELECT max(position) FROM checkpoints") >= position,
            Delivered = _sinks.All(sink => IsDelivered(session, sink, stream, position)),
            Sound = chain.Findings.Count == 0,
            Hashes = hashes,
            NewestAt = new DateTimeOffset(newest, TimeSpan.Zero),
            Version = Version(session, stream),
        };
    }

    /// <summary>When the request was over; null while something can follow, also a notice that waits to be sent.</summary>
    private static DateTimeOffset? EndOf(Session session, AccessRequest state) =>
        RequestIndex.IsUnfinished(state) || session.Number("SELECT 1 FROM outbox WHERE request = ?1 LIMIT 1", state.Id) is not null ? null : Retention.EndedAt(state);

    private static bool IsDelivered(Session session, string sink, string stream, long position) =>
        session.Number("SELECT position FROM cursors WHERE sink = ?1", sink) >= position
        && session.Number("SELECT 1 FROM held_streams WHERE sink = ?1 AND stream = ?2", sink, stream) is null;

    /// <summary>What a purge must not miss: the head, the request's state, holds that were placed, and effects that wait. The rest only gets better.</summary>
    private static string Version(Session session, string stream)
    {
        var head = AuditTable.Head(session, stream);
        var sequence = session.Number("SELECT s.sequence FROM requests r JOIN states s ON s.request = r.row WHERE r.id = ?1", stream);
        var waiting = session.Number("SELECT count(*) FROM outbox WHERE request = ?1", stream);
        var holds = session.One("SELECT count(*) || ' ' || coalesce(max(at), 0) FROM legal_holds", static row => row.GetString(0));
        return string.Create(CultureInfo.InvariantCulture, $"{head?.Sequence} {head?.Hash} {sequence} {waiting} {holds}");
    }

    private static void RemoveRequest(Batch batch, string id)
    {
        var session = batch.Session;
        if (session.Number("SELECT row FROM requests WHERE id = ?1", id) is not { } row) return;
        foreach (var table in (ReadOnlySpan<string>)["states", "resources", "visible", "to_review", "platforms"]) session.Run($"DELETE FROM {table} WHERE request = ?1", row);
        foreach (var table in (ReadOnlySpan<string>)["answers", "notices"]) session.Run($"DELETE FROM {table} WHERE request = ?1", id);
        session.Run("DELETE FROM requests WHERE row = ?1", row);
        batch.Requests.Remove(id);
        batch.Gone.Add(id);
    }

    /// <summary>What is deleted or replaced meanwhile is overwritten in the file, and not only left out. Elsewhere that would cost more than it is worth.</summary>
    private readonly struct Overwriting : IDisposable
    {
        private readonly Session _session;

        public Overwriting(Session session)
        {
            _session = session;
            session.Script("PRAGMA secure_delete = ON");
        }

        public void Dispose() => _session.Script("PRAGMA secure_delete = OFF");
    }

    private void Replace(Batch batch, long row, AccessRequest before, AccessRequest next)
    {
        var index = RequestIndex.Of(next, rules.NextDeadline(next));
        RequestTables.Save(batch.Session, new StoredRequest(row, before, RequestIndex.Of(before, rules.NextDeadline(before))), next, index);
        batch.Requests[next.Id] = new StoredRequest(row, next, index);
    }
}
