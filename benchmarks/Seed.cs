using System.Globalization;
using System.Text;
using AccessFunctions.Application.Audit;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Embedded.Demo;
using AccessFunctions.Embedded.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace AccessFunctions.Benchmarks;

/// <summary>
/// A demo's data directory with very many requests that wait for a decision: 100 teams, each with two approvers who see all that waits in
/// their team. The first portion goes through the host's own door; the others are copies of its rows under other ids, which costs a tenth.
/// Notices count as sent, and each portion is folded into a checkpoint, as the hours in which so many come would do. Audit rows of copies
/// have the size of real ones but not their hashes: such a store is good for measuring, not for verifying.
/// </summary>
internal sealed class Seed : IAsyncDisposable
{
    public const int Teams = 100;
    private const int Requesters = 1000;
    private const int Portion = 20_000;
    private const int AtOnce = 1024;

    /// <summary>So long that a kept store can be measured for days.</summary>
    private static readonly TimeSpan Lasts = TimeSpan.FromDays(20);
    private readonly DataDirectory _directory;
    private readonly Database _database;
    private readonly SqliteWorkflow _workflow;
    private readonly SqliteAuditLog _audit;
    private readonly FixedTime _time = new();

    private Seed(DataDirectory directory)
    {
        _directory = directory;
        _database = Database.Open(directory, DataKind.Demo, NullLogger<Writer>.Instance);
        var host = new HostStream();
        _workflow = new SqliteWorkflow(_database, new RequestCache(2 * AtOnce), host, Rules.Domain, _time);
        _audit = new SqliteAuditLog(_database, host, _time);
    }

    public static Seed Open(string path)
    {
        var directory = DataDirectory.Take(path);
        People(Path.Combine(path, "demo-config"));
        return new Seed(directory);
    }

    public static string Approver(int request) => $"approver-{request % Teams}";

    public static string RequestId(string prefix, int number) => $"{prefix}-{number:D8}";

    /// <summary>Requests that nobody decides on for a month.</summary>
    public async Task Waiting(int count)
    {
        await Submit("r", Math.Min(Portion, count), static _ => TimeSpan.FromDays(30));
        await Settle();
        for (var from = Portion; from < count; from += Portion)
        {
            await Copy(from, count);
            await Settle();
        }
    }

    /// <summary>Requests in every stage of life (<see cref="Lives"/>), nobody working on them.</summary>
    public async Task Mixed(int count)
    {
        await Submit("r", Math.Min(Portion, count), static _ => TimeSpan.FromDays(30), (number, request) => Lives.Live(number, request, _workflow), Lives.Starts);
        await Settle();
        for (var from = Portion; from < count; from += Portion)
        {
            await Copy(from, count);
            await Settle();
        }
    }

    /// <summary>Requests that lapse evenly over the second that begins at an instant.</summary>
    public async Task Lapsing(int count, DateTimeOffset begins)
    {
        await Submit($"d-{begins.Ticks}", count, number => begins + (TimeSpan.FromSeconds(1) * number / count) - _time.GetUtcNow());
        await Settle();
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        _directory.Dispose();
    }

    private async Task Submit(string prefix, int count, Func<int, TimeSpan> lapseAfter, Func<int, AccessRequest, Task>? then = null, Func<int, TimeSpan>? startsAfter = null)
    {
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => Task.Run(async () =>
        {
            for (int number; (number = Interlocked.Increment(ref next)) < count;)
            {
                var id = RequestId(prefix, number);
                var answer = await _workflow.Deliver(id, Submission(id, number, lapseAfter(number), startsAfter?.Invoke(number) ?? TimeSpan.FromDays(29)));
                if (answer.Refusal is { } refusal) throw new InvalidOperationException($"Seeding was refused: {refusal.Detail}");
                if (then is not null) await then(number, answer.State!);
            }
        })));
    }

    /// <summary>Copies the first portion to where a later one is, as far as <paramref name="count"/>.</summary>
    private Task Copy(int from, int count) => _database.Writer.Write(batch =>
    {
        var session = batch.Session;
        var audit = session.Number("SELECT max(a.position) FROM audit a WHERE a.position <= (SELECT position FROM checkpoints WHERE number = 1)");
        session.Run("CREATE TEMP TABLE IF NOT EXISTS copied(old TEXT PRIMARY KEY, new TEXT NOT NULL, row INTEGER NOT NULL) WITHOUT ROWID");
        session.Run("DELETE FROM copied");
        session.Run(
            """
            INSERT INTO copied SELECT id, printf('r-%08d', CAST(substr(id, 3) AS INTEGER) + ?1), row FROM requests
            WHERE row <= ?2 AND CAST(substr(id, 3) AS INTEGER) + ?1 < ?3
            """,
            from, Portion, count);
        session.Run(
            """
            INSERT INTO requests SELECT r.row + ?1, c.new, r.phase, r.outcome, r.requester, r.access_group, r.kind, r.ticket, r.emergency, r.created_at,
            r.closed_at, r.next_deadline, r.review_due, r.unfinished FROM requests r JOIN copied c ON c.old = r.id WHERE r.row <= ?2 ORDER BY r.row
            """,
            from, Portion);
        session.Run(
            """
            INSERT INTO states SELECT s.request + ?1, s.sequence, CAST(replace(CAST(s.state AS TEXT), c.old, c.new) AS BLOB)
            FROM copied c JOIN states s ON s.request = c.row ORDER BY s.request
            """,
            from);
        foreach (var (table, columns) in (ReadOnlySpan<(string, string)>)[("resources", "x.resource, x.request + ?1"), ("platforms", "x.platform, x.request + ?1"), ("visible", "x.person, x.request + ?1, x.approver"), ("to_review", "x.person, x.request + ?1")])
            session.Run($"INSERT INTO {table} SELECT {columns} FROM {table} x JOIN requests r ON r.row = x.request JOIN copied c ON c.old = r.id WHERE x.request <= ?2", from, Portion);
        session.Run("INSERT INTO answers SELECT c.new, a.actor, a.signal, a.content, a.refusal, a.sequence, a.at FROM copied c JOIN answers a ON a.request = c.old");
        session.Run(
            """
            INSERT INTO audit(stream, sequence, body, previous, hash, detail, salt, type, actor, request, at, emergency)
            SELECT c.new, a.sequence, CAST(replace(CAST(a.body AS TEXT), c.old, c.new) AS BLOB), a.previous, a.hash, a.detail, a.salt, a.type, a.actor, c.new, a.at, a.emergency
            FROM audit a JOIN copied c ON c.old = a.stream WHERE a.position <= ?1 ORDER BY a.position
            """,
            audit);
    });

    private Submit Submission(string id, int number, TimeSpan lapseAfter, TimeSpan startsAfter)
    {
        var (approver, deputy, start) = (Approver(number), $"deputy-{number % Teams}", _time.GetUtcNow() + startsAfter);
        return new Submit
        {
            Id = id,
            By = $"requester-{number % Requesters}",
            Channel = Channel.SignedIn,
            At = default,
            RequestId = id,
            Policy = new RequestPolicy { AccessGroup = $"team-{number % Teams}", Mode = Mode.Approve, LapseAfter = lapseAfter, MaxDuration = TimeSpan.FromDays(30), AllowEmergency = true, Levels = [new LevelPolicy { Approvers = [approver, deputy] }] },
            Ask = new Ask { Resources = ["vault/db-admin"], Kind = AccessKind.Credential, Justification = "quarter-end check", Start = start, End = start + Lasts },
            Facts = new SubmitFacts { RequesterActive = true, Approvers = [[approver, deputy]], EscalateTo = [[]] },
        };
    }

    /// <summary>What a host that ran all along would have left: notices sent, a checkpoint made, the audit sink served.</summary>
    private async Task Settle()
    {
        await _audit.MakeCheckpoint(CancellationToken.None);
        await _database.Writer.Write(batch =>
        {
            batch.Session.Run("DELETE FROM outbox");
            batch.Session.Run(
                """
                INSERT INTO cursors(sink, position, checkpoint) SELECT 'file', max(position), (SELECT max(number) FROM checkpoints) FROM audit WHERE 1
                ON CONFLICT(sink) DO UPDATE SET position = excluded.position, checkpoint = excluded.checkpoint
                """);
        });
    }

    private static void People(string folder)
    {
        DemoConfiguration.Write(folder, postgres: false);
        var file = Path.Combine(folder, "people.yaml");
        if (File.ReadAllText(file).Contains("approver-0", StringComparison.Ordinal)) return;
        var people = new StringBuilder();
        for (var team = 0; team < Teams; team++)
        {
            Add($"approver-{team}");
            Add($"deputy-{team}");
        }

        for (var requester = 0; requester < Requesters; requester++) Add($"requester-{requester}");
        File.AppendAllText(file, people.ToString());

        void Add(string id) => people.Append(CultureInfo.InvariantCulture, $"  - id: {id}\n    name: {id}\n    email: {id}@demo.invalid\n");
    }

    /// <summary>Stands still, so that a deadline is where it is meant to be to the tick.</summary>
    private sealed class FixedTime : TimeProvider
    {
        private readonly DateTimeOffset _now = DateTimeOffset.UtcNow;

        public override DateTimeOffset GetUtcNow() => _now;
    }
}
