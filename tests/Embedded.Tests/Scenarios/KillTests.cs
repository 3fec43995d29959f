using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using AccessFunctions.Api.Authentication;
using AccessFunctions.Conformance.Tests;
using AccessFunctions.Domain.Json;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Embedded.Sqlite;
using AccessFunctions.Tests.Shared;
using Xunit;

namespace AccessFunctions.Embedded.Tests.Scenarios;

/// <summary>The process is killed with SIGKILL at random moments of a busy run; nothing is lost, doubled or left behind.</summary>
[TakesLong]
public sealed class KillTests
{
    /// <summary>Kills of one host; two hosts live side by side, because starting one keeps one processor busy.</summary>
    private const int Kills = 25;
    private const int Hosts = 2;
    private const int Clients = 4;
    private static readonly string[] RoleNames = ["r0", "r1", "r2", "r3", "r4", "r5"];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private static AccessGroup Group { get; } = new()
    {
        Id = "analysts",
        Members = ["alice"],
        Resources = ["pg-demo/*"],
        Rules = new Dictionary<AccessKind, AccessRule> { [AccessKind.Role] = new(Mode.Approve) },
        Approvers = ["bob"],
        Roles = RoleNames,
    };

    [Fact]
    public Task Killed_AtRandomMoments_LosesNothingDoublesNothingAndLeavesNothingBehind() => Task.WhenAll(Enumerable.Range(0, Hosts).Select(number => Task.Run(() => Killed(Environment.TickCount + number))));

    private static async Task Killed(int seed)
    {
        await using var server = await PostgresServer.CreateAsync();
        foreach (var role in RoleNames) await server.ExecuteAsync($"CREATE ROLE {role}");
        await server.ExecuteAsync("CREATE ROLE alice LOGIN; CREATE SCHEMA analytics; CREATE ROLE reporting LOGIN");
        var root = Directory.CreateTempSubdirectory("access-kill-").FullName;
        try
        {
            var groups = Path.Combine(root, "demo-config", "access-groups");
            Directory.CreateDirectory(groups);
            await File.WriteAllTextAsync(Path.Combine(groups, "analysts.yaml"), JsonSerializer.Serialize(Group, DomainJson.Default.AccessGroup));

            var run = new Run(root, server, new Random(seed));
            for (var i = 0; i < Kills; i++) await run.UntilKilled();
            await run.Settle();
            TestContext.Current.SendDiagnosticMessage("Seed {0}: {1} submissions and {2} decisions were acknowledged.", seed, run.Submitted.Count, run.Decided.Count);
            Assert.True(run.Submitted.Count > Kills, $"Seed {seed}: only {run.Submitted.Count} requests were acknowledged in {Kills} runs.");
            await run.Check();
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private sealed class Run(string root, PostgresServer server, Random random)
    {
        private int _number;
        private int _runs;

        /// <summary>Requests whose submission was answered.</summary>
        public ConcurrentBag<string> Submitted { get; } = [];

        /// <summary>Requests whose approval was answered.</summary>
        public ConcurrentBag<string> Decided { get; } = [];

        public async Task UntilKilled()
        {
            using var host = await Ready();
            using var issuer = DemoIssuer.Open(root, TimeProvider.System);
            using var killed = new CancellationTokenSource();
            var before = Submitted.Count;
            var clients = Enumerable.Range(0, Clients).Select(_ => Task.Run(() => Busy(host, issuer, killed.Token))).ToArray();
            // Every second run is killed whatever it has done so far; the others have work behind them, however busy the machine is.
            if (++_runs % 2 == 0) await Wait.Until(() => Submitted.Count >= before + 3, Patience, "a few requests were acknowledged");
            using (var moment = new PeriodicTimer(TimeSpan.FromMilliseconds(random.Next(20, 900)))) await moment.WaitForNextTickAsync();
            host.Kill();
            await killed.CancelAsync();
            await Task.WhenAll(clients);
        }

        /// <summary>Starts once more and waits until nothing is on its way.</summary>
        public async Task Settle()
        {
            using var host = await Ready();
            using var issuer = DemoIssuer.Open(root, TimeProvider.System);
            using var erin = host.As("erin", issuer);
            await Wait.Until(async () =>
            {
                var all = await All(erin);
                return all.All(Rests) && Pending() == 0;
            }, Patience, "every request has settled and every effect has run");

            foreach (var request in await All(erin)) _settled.Add(request);
            _held = await Held();
            host.Kill();
        }

        /// <summary>Nothing happens to it by itself any more: access that ends in a few seconds would end between the look at the requests and the look at PostgreSQL.</summary>
        private static bool Rests(JsonElement request) => request.GetProperty("phase").GetString() switch
        {
            "Closed" or "Denied" or "Open" => true,
            "Active" => request.GetProperty("period").GetProperty("end").GetDateTimeOffset() > DateTimeOffset.UtcNow + TimeSpan.FromMinutes(10),
            _ => false,
        };

        private readonly List<JsonElement> _settled = [];
        private HashSet<string> _held = [];

        public async Task Check()
        {
            var ids = _settled.Select(request => request.GetProperty("id").GetString()!).ToHashSet();
            Assert.Empty(Submitted.Except(ids));
            Assert.Equal(_settled.Count, ids.Count);

            // An acknowledged approval is there, once.
            var reviews = _settled.ToDictionary(request => request.GetProperty("id").GetString()!, request => request.GetProperty("reviews").GetArrayLength());
            Assert.All(Decided, id => Assert.Equal(1, reviews[id]));

            // Every role in PostgreSQL belongs to an active request, and every active request has its role.
            var active = _settled.Where(request => request.GetProperty("phase").GetString() == "Active").Select(request => request.GetProperty("role").GetString()!).ToHashSet();
            Assert.Equal(active.Order(), _held.Order());

            // Everyone who had to be told was: each notice that was decided is a mail, and there is no mail besides.
            var mails = Directory.GetFiles(Path.Combine(root, "mail"), "*.eml").Length;
            Assert.Equal(Notices(), mails);

            var report = await AuditCheck.Store(root, default);
            Assert.True(report.Sound, report.ToText());
        }

        private async Task<HostProcess> Ready()
        {
            var host = HostProcess.Start(root, server.ConnectionString);
            await Wait.Until(async () => host.HasExited ? throw new InvalidOperationException(host.Output) : await host.IsReady(), Patience, "the host is ready");
            Remember();
            return host;
        }

        private async Task Busy(HostProcess host, DemoIssuer issuer, CancellationToken killed)
        {
            using var alice = host.As("alice", issuer);
            using var bob = host.As("bob", issuer);
            while (!killed.IsCancellationRequested)
            {
                try
                {
                    await OneRequest(alice, bob);
                }
                catch (Exception cut) when (cut is HttpRequestException or IOException)
                {
                    return; // the process was killed under this call
                }
            }
        }

        private async Task OneRequest(HttpClient alice, HttpClient bob)
        {
            var n = Interlocked.Increment(ref _number);
            var end = DateTimeOffset.UtcNow + (n % 10 == 0 ? TimeSpan.FromHours(2) : TimeSpan.FromMilliseconds(5000 + n % 7 * 400));
            var asked = await alice.Ask(new { resources = new[] { "pg-demo/analytics" }, kind = "Role", role = RoleNames[n % RoleNames.Length], justification = "busy", end }, $"ask-{n}");
            // A machine that is busy enough settles it later (202); what was not acknowledged is not counted on.
            Assert.True(asked.Status is HttpStatusCode.Created or HttpStatusCode.Accepted, asked.ToString());
            if (asked.Status == HttpStatusCode.Accepted) return;
            Submitted.Add(asked.Id);
            if (n % 5 == 0) return;
            var approved = await bob.Approve(asked.Id);
            if (approved.Status == HttpStatusCode.OK) Decided.Add(asked.Id);
            if (n % 3 == 0) await bob.Do(asked.Id, "revoke", new { comment = "changed my mind" });
        }

        private async Task<List<JsonElement>> All(HttpClient reader)
        {
            var all = new List<JsonElement>();
            string? cursor = null;
            do
            {
                var page = await reader.Call(HttpMethod.Get, "/api/requests?limit=200" + (cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}"));
                all.AddRange(page.Body.GetProperty("items").EnumerateArray());
                cursor = page["next"];
            }
            while (cursor is not null);
            return all;
        }

        private async Task<HashSet<string>> Held()
        {
            var held = new HashSet<string>();
            foreach (var role in RoleNames)
            {
                if (await server.ScalarAsync<bool>($"SELECT EXISTS (SELECT FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid JOIN pg_roles u ON u.oid = m.member WHERE r.rolname = '{role}' AND u.rolname = 'alice')")) held.Add(role);
            }

            return held;
        }

        private long Pending()
        {
            using var store = Database.OpenReadOnly(root);
            return store.Number("SELECT count(*) FROM outbox")!.Value;
        }

        /// <summary>Effects leave the outbox once they have run, so the store is told to keep which notices it ever held.</summary>
        private void Remember()
        {
            using var store = new Session(DataDirectory.DatabaseFile(root), Microsoft.Data.Sqlite.SqliteOpenMode.ReadWrite, 1024);
            store.Script(
                """
                CREATE TABLE IF NOT EXISTS decided(request TEXT NOT NULL, effect TEXT NOT NULL, PRIMARY KEY(request, effect));
                CREATE TRIGGER IF NOT EXISTS decided AFTER INSERT ON outbox WHEN json_extract(new.body, '$.type') = 'notify'
                BEGIN INSERT INTO decided VALUES(new.request, new.effect); END
                """);
        }

        /// <summary>Notices to one person are one mail; a notice to the administrators is one each, and the demo has one administrator.</summary>
        private long Notices()
        {
            using var store = Database.OpenReadOnly(root);
            return store.Number("SELECT count(*) FROM decided")!.Value;
        }
    }
}
