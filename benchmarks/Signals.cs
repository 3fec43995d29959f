using System.Diagnostics;
using AccessFunctions.Application.Audit;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Embedded.Background;
using AccessFunctions.Embedded.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace AccessFunctions.Benchmarks;

/// <summary>
/// Signals per second through the embedded host's door (durable, audited, notices queued and run), against plain single-row SQLite
/// commits on the same disk with the same settings, in the same run.
/// </summary>
internal static class Signals
{
    private static readonly RequestPolicy Policy = new()
    {
        AccessGroup = "analysts",
        Mode = Mode.Approve,
        Levels = [new LevelPolicy { Approvers = ["bob", "ben"] }, new LevelPolicy { Approvers = ["carol"] }],
    };

    /// <summary>Commits of one row each, one after another, for so long.</summary>
    public static double PlainCommits(string directory, TimeSpan duration)
    {
        Directory.CreateDirectory(directory);
        using var connection = new SqliteConnection($"Data Source={Path.Combine(directory, "plain.db")};Pooling=False");
        connection.Open();
        Run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000; CREATE TABLE plain(id INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT");
        using var insert = connection.CreateCommand();
        insert.CommandText = "INSERT INTO plain(body) VALUES($body)";
        insert.Parameters.AddWithValue("$body", new byte[500]);
        insert.Prepare();
        var clock = Stopwatch.StartNew();
        var commits = 0;
        for (; clock.Elapsed < duration; commits++) insert.ExecuteNonQuery();
        return commits / clock.Elapsed.TotalSeconds;

        void Run(string sql)
        {
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            command.ExecuteNonQuery();
        }
    }

    /// <summary>Submissions and approvals by so many clients, each waiting for its answer before it sends the next.</summary>
    public static async Task<double> ThroughTheDoor(string directory, int clients, TimeSpan duration)
    {
        using var data = DataDirectory.Take(directory);
        await using var database = Database.Open(data, DataKind.Real, NullLogger<Writer>.Instance);
        var workflow = new SqliteWorkflow(database, new RequestCache(10_000), new HostStream(), Rules.Domain, TimeProvider.System);
        using var outbox = new Outbox(database, workflow, (_, _, _) => Task.FromResult<Signal?>(null), new OutboxOptions(), TimeProvider.System, NullLogger<Outbox>.Instance);
        await outbox.StartAsync(default);
        var clock = Stopwatch.StartNew();
        var sent = await Task.WhenAll(Enumerable.Range(0, clients).Select(client => Task.Run(() => Client(workflow, client, clock, duration))));
        var perSecond = sent.Sum() / clock.Elapsed.TotalSeconds;
        await outbox.StopAsync(default);
        return perSecond;
    }

    private static async Task<long> Client(SqliteWorkflow workflow, int client, Stopwatch clock, TimeSpan duration)
    {
        var start = DateTimeOffset.UtcNow.AddDays(1);
        long sent = 0;
        for (var n = 0; clock.Elapsed < duration; n++)
        {
            var id = $"r-{client}-{n}";
            await Accepted(id, new Submit
            {
                Id = "s1",
                By = "alice",
                Channel = Channel.SignedIn,
                At = default,
                RequestId = id,
                Policy = Policy,
                Ask = new Ask { Resources = ["vault/db-admin"], Kind = AccessKind.Credential, Justification = "quarter-end check", Start = start, End = start.AddHours(1) },
                Facts = new SubmitFacts { RequesterActive = true, Approvers = [["bob", "ben"], ["carol"]], EscalateTo = [[], []] },
            });
            await Accepted(id, new Approve { Id = "s2", By = "bob", Channel = Channel.SignedIn, At = default, Revision = 1, Facts = new ActorFacts { Seats = [new SeatClaim(1, "bob")] } });
            await Accepted(id, new Approve { Id = "s3", By = "carol", Channel = Channel.SignedIn, At = default, Revision = 1, Facts = new ActorFacts { Seats = [new SeatClaim(2, "carol")] } });
            sent += 3;
        }

        return sent;

        async Task Accepted(string id, Signal signal)
        {
            var answer = await workflow.Deliver(id, signal);
            if (answer.Refusal is { } refusal) throw new InvalidOperationException($"{signal.GetType().Name} was refused: {refusal.Detail}");
        }
    }
}
