using System.Globalization;
using System.Runtime.CompilerServices;
using AccessFunctions.Application.Ports;
using AccessFunctions.Application.Workflow;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Embedded.Sqlite;

/// <summary>Reads what is committed: single requests from the cache where they are there, lists through the index rows.</summary>
public sealed class SqliteRequestReader(Database database, RequestCache cache) : IRequestReader
{
    private const int UnfinishedPage = 1000;

    /// <summary>Counting so many takes about ten milliseconds.</summary>
    private const int Counted = 20_000;

    /// <summary>Requests read for one page where no index says what is asked for: a few tens of milliseconds.</summary>
    private const int Looked = 1000;

    /// <inheritdoc />
    public Task<AccessRequest?> Find(string id, CancellationToken cancellation) =>
        Task.FromResult(cache.TryGet(id, out var stored) ? stored.State : database.Read(session => RequestTables.Find(session, id)?.State));

    /// <inheritdoc />
    public Task<Page<AccessRequest>> List(RequestFilter filter, string? cursor, int limit, CancellationToken cancellation)
    {
        var before = cursor is null ? long.MaxValue : Row(cursor);
        var read = RequestMatching.ReadsStates(filter);
        return Task.FromResult(database.Read(session =>
        {
            var most = read ? Math.Max(Looked, limit + 1) : limit + 1;
            var rows = Rows(session, filter, before, most);
            var items = new List<AccessRequest>(Math.Min(rows.Count, limit));
            var last = 0L;
            foreach (var row in rows)
            {
                if (items.Count == limit) return new Page<AccessRequest>(items, Place(last));
                last = row;
                // Purged between the two reads.
                if (State(session, row) is not { } state) continue;
                if (RequestMatching.Says(filter, state)) items.Add(state);
            }

            return new Page<AccessRequest>(items, read && rows.Count == most ? Place(last) : null);
        }));
    }

    /// <inheritdoc />
    public Task<RequestCounts> Count(RequestFilter filter, CancellationToken cancellation) => Task.FromResult(database.Read(session =>
    {
        if (RequestMatching.ReadsStates(filter)) return CountedStates(session, filter);
        var span = RequestCount.Span.Ticks;
        var (rows, values) = RequestQuery.Rows(filter, long.MaxValue, Counted, $", r.phase AS phase, r.emergency AS emergency, r.created_at / {span} AS span");
        var cells = session.QueryOnce(
            $"SELECT phase, emergency, span, count(*) FROM ({rows}) GROUP BY 1, 2, 3",
            row => new RequestCount(Enum.Parse<Phase>(row.GetString(0)), row.GetBoolean(1), new DateTimeOffset(row.GetInt64(2) * span, TimeSpan.Zero), row.GetInt32(3)), values);
        return new RequestCounts(cells, cells.Sum(static cell => cell.Number) == Counted);
    }));

    /// <inheritdoc />
    public Task<IReadOnlyList<EmergencyDebt>> EmergencyDebts(string person, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<EmergencyDebt>>(database.Read(session => session.Query(
            "SELECT id, review_due FROM requests WHERE requester = ?1 AND review_due IS NOT NULL ORDER BY review_due, row",
            static row => new EmergencyDebt(row.GetString(0), new DateTimeOffset(row.GetInt64(1), TimeSpan.Zero)), person)));

    /// <inheritdoc />
    public Task<string?> Justification(
        string person, string accessGroup, AccessKind kind, IReadOnlyList<string> resources, DateTimeOffset since, CancellationToken cancellation)
    {
        var wanted = resources.ToHashSet(StringComparer.Ordinal);
        string? found = null;
        // Newest first, and no further back than asked: a person may have made very many.
        database.Read(session =>
        {
            session.Scan(
                """
                SELECT r.created_at, s.state FROM requests r JOIN states s ON s.request = r.row
                WHERE r.requester = ?1 AND +r.access_group = ?2 AND +r.kind = ?3 ORDER BY r.row DESC
                """,
                row =>
                {
                    if (row.GetInt64(0) < since.UtcTicks) return false;
                    var request = RequestTables.State(row, 1);
                    // Given with that request: one that reused an older justification does not prolong it.
                    if (request.Ask.Justification is null || !wanted.SetEquals(request.Ask.Resources)) return true;
                    found = request.Justification;
                    return false;
                },
                person, accessGroup, kind.ToString());
            return found;
        });
        return Task.FromResult(found);
    }

    /// <inheritdoc />
    public Task<IReadOnlyList<string>> RecentlyDenied(string person, IReadOnlyList<string> resources, DateTimeOffset since, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<string>>(database.Read(session =>
        {
            var values = new object?[resources.Count + 2];
            (values[0], values[1]) = (person, since.UtcTicks);
            for (var i = 0; i < resources.Count; i++) values[i + 2] = resources[i];
            var places = string.Join(", ", Enumerable.Range(3, resources.Count).Select(static place => $"?{place}"));
            return session.QueryOnce(
                $"""
                SELECT r.id FROM requests r WHERE r.requester = ?1 AND r.phase = 'Denied' AND r.closed_at >= ?2
                AND EXISTS(SELECT 1 FROM resources x WHERE x.request = r.row AND x.resource IN ({places})) ORDER BY r.row
                """,
                static row => row.GetString(0), values);
        }));

    /// <inheritdoc />
    public async IAsyncEnumerable<string> Unfinished(string? after, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var last = after is null ? 0 : Row(after);
        while (true)
        {
            var rows = database.Read(session => session.Query(
                "SELECT row, id FROM requests WHERE unfinished = 1 AND row > ?1 ORDER BY row LIMIT ?2",
                static row => (Row: row.GetInt64(0), Id: row.GetString(1)), last, UnfinishedPage));
            foreach (var (row, id) in rows)
            {
                cancellation.ThrowIfCancellationRequested();
                last = row;
                yield return id;
            }

            if (rows.Count < UnfinishedPage) yield break;
            await Task.Yield();
        }
    }

    /// <inheritdoc />
    public Task<string?> Newest(CancellationToken cancellation) =>
        Task.FromResult(database.Read(static session => session.Number("SELECT max(row) FROM requests")) is { } row ? Place(row) : null);

    private static RequestCounts CountedStates(Session session, RequestFilter filter)
    {
        var rows = Rows(session, filter, long.MaxValue, Looked);
        var cells = rows.Select(row => State(session, row)).OfType<AccessRequest>().Where(state => RequestMatching.Says(filter, state))
            .CountBy(static state => (state.Phase, Emergency: state.Emergency is not null, From: RequestCount.Begin(state.CreatedAt)));
        return new RequestCounts([.. cells.Select(static cell => new RequestCount(cell.Key.Phase, cell.Key.Emergency, cell.Key.From, cell.Value))], rows.Count == Looked);
    }

    private static List<long> Rows(Session session, RequestFilter filter, long before, int most)
    {
        var (sql, values) = RequestQuery.Rows(filter, before, most);
        return session.QueryOnce(sql, static row => row.GetInt64(0), values);
    }

    private static AccessRequest? State(Session session, long row) =>
        session.One("SELECT state FROM states WHERE request = ?1", static found => RequestTables.State(found, 0), row);

    private static string Place(long row) => row.ToString(CultureInfo.InvariantCulture);

    private static long Row(string place) => long.TryParse(place, NumberStyles.None, CultureInfo.InvariantCulture, out var row)
        ? row
        : throw new FormatException("The cursor is not one that a list gave.");
}
