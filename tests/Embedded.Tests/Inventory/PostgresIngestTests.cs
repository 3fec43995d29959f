using System.Diagnostics;
using AccessFunctions.Application;
using AccessFunctions.Application.Directory;
using AccessFunctions.Application.Inventory;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Embedded.Sqlite;
using AccessFunctions.Integrations.Postgres;
using AccessFunctions.Tests.Shared;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;
using Channel = AccessFunctions.Domain.Requests.Channel;

namespace AccessFunctions.Embedded.Tests.Inventory;

/// <summary>A whole server's facts, through the adapter and the ingester into the store, read by an account that is allowed nothing besides logging in.</summary>
[TakesLong]
public sealed class PostgresIngestTests : IAsyncLifetime
{
    private const int Roles = 10_000;
    private const int Tables = 100;
    private const int GranteesOfEach = 1_000;

    /// <summary>What a page of a list may take at most, on a machine that does other things too.</summary>
    private static readonly TimeSpan Quick = TimeSpan.FromSeconds(1);
    private readonly Store _store = new();
    private PostgresServer? _server;

    public async ValueTask InitializeAsync()
    {
        _server = await PostgresServer.CreateAsync();
        await _server.ExecuteAsync($"""
            CREATE ROLE watcher LOGIN PASSWORD 'pw';
            CREATE SCHEMA sales;
            DO $do$ BEGIN
                FOR i IN 1..{Roles} LOOP EXECUTE format('CREATE ROLE %I %s', 'r' || to_char(i, 'FM00000'), CASE WHEN i % 2 = 0 THEN 'LOGIN' ELSE '' END); END LOOP;
                FOR i IN 1..{Roles / 2} LOOP EXECUTE format('GRANT %I TO %I', 'r' || to_char((i * 2) - 1, 'FM00000'), 'r' || to_char(i * 2, 'FM00000')); END LOOP;
                FOR t IN 1..{Tables} LOOP
                    EXECUTE format('CREATE TABLE sales.%I (id int)', 't' || to_char(t, 'FM000'));
                    EXECUTE format('GRANT SELECT ON sales.%I TO ', 't' || to_char(t, 'FM000')) ||
                        (SELECT string_agg('r' || to_char(((((t * 7) + g) * 3) % {Roles}) + 1, 'FM00000'), ', ') FROM generate_series(1, {GranteesOfEach}) g);
                END LOOP;
            END $do$
            """);
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        if (_server is not null) await _server.DisposeAsync();
    }

    [Fact]
    public async Task TenThousandRoles_AndAHundredThousandPrivileges_AreIngested_ResumedAndReadAgainWithoutAWrite()
    {
        using var ended = new CancellationTokenSource();
        var postgres = new Interrupted(new PostgresPlatform(
            new PostgresPlatformOptions { Name = "pg-prod", ConnectionString = _server!.ConnectionStringFor("watcher", "pw") }, new NoSecrets(), NullLogger<PostgresPlatform>.Instance), ended);
        var people = new PeopleSnapshot([new Person { Id = "ann", Name = "Ann", Identities = new Dictionary<string, string> { ["pg-prod"] = "r00098" } }, new Person { Id = "erin", Name = "Erin", Roles = [Application.Directory.Roles.Auditor] }]);
        var directory = new FixedDirectory(people);
        var platforms = new OnePlatform(postgres);
        var store = new SqliteInventoryStore(_store.Database);
        var graphs = new InventoryGraphs(store, _store.Time);
        var search = new IdentitySearch(graphs, directory);
        var ingester = new Ingester(platforms, store, new IdentityLinking(search, store, directory, _store.Audit, _store.Time), _store.Audit, new IngestSettings(TimeSpan.FromHours(1)), _store.Time, NullLogger<Ingester>.Instance);

        // The process ends in the middle; another one goes on.
        postgres.EndsBefore = 21;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ingester.RunDue(Timeout.InfiniteTimeSpan, ended.Token));
        Assert.Equal(IngestState.Running, (await store.Progress("pg-prod", default))!.State);
        postgres.EndsBefore = null;
        await ingester.RunDue(Timeout.InfiniteTimeSpan, default);
        var first = (await store.Progress("pg-prod", default))!;
        Assert.Equal((IngestState.Completed, 1L, null), (first.State, first.Run, first.Error));
        Assert.InRange(first.Facts!.Identities, Roles, Roles + 50);
        Assert.Equal(Roles / 2, first.Facts.Memberships - (await Count("SELECT count(*)::int FROM pg_auth_members WHERE member < 16384")));
        Assert.InRange(first.Facts.Privileges, Tables * GranteesOfEach, (Tables * GranteesOfEach) + 300);
        Assert.Equal(Tables, (await store.Resources("pg-prod", "sales.t", null, null, 200, default)).Items.Count);
        Assert.Equal(0, first.Removed);

        _store.Time.Advance(TimeSpan.FromHours(1));
        var facts = Facts();
        await ingester.RunDue(Timeout.InfiniteTimeSpan, default);
        var second = (await store.Progress("pg-prod", default))!;
        Assert.Equal((IngestState.Completed, 2L, 0, 0, first.Version), (second.State, second.Run, second.Written, second.Removed, second.Version));
        Assert.Equal(first.Facts, second.Facts);
        Assert.Equal(facts, Facts());

        await _server.ExecuteAsync("ALTER ROLE r00004 CREATEROLE; REVOKE SELECT ON sales.t001 FROM " + await _server.ScalarAsync<string>(
            "SELECT grantee FROM information_schema.role_table_grants WHERE table_name = 't001' AND grantee LIKE 'r%' ORDER BY grantee LIMIT 1"));
        _store.Time.Advance(TimeSpan.FromHours(1));
        await ingester.RunDue(Timeout.InfiniteTimeSpan, default);
        var third = (await store.Progress("pg-prod", default))!;
        Assert.Equal((1, 1), (third.Written, third.Removed));

        var erin = new Caller(people.Find("erin")!, Channel.SignedIn, null);
        await search.List(erin, new IdentityQuery(), null, 50, default); // the graph is read
        var orphans = await Timed("a page of orphans", () => search.List(erin, new IdentityQuery(Orphan: true, Text: "r09"), null, 50, default));
        Assert.Equal(50, orphans.Items.Count);
        Assert.Equal(["r00004"], (await Timed("who administers", () => search.List(erin, new IdentityQuery(Admin: true, Text: "r0"), null, 50, default))).Items.Select(static found => found.Identity.Name));
        var answers = new AccessAnswers(graphs, store, _store.Reader, platforms, directory);
        var who = await Timed("who has a table", () => answers.Find(erin, new AccessQuery(Resource: "pg-prod/sales.t050"), null, 50, default));
        Assert.Equal(50, who.Items.Count);
        var hers = await Timed("what somebody has", () => answers.Find(erin, new AccessQuery(Person: "ann"), null, 200, default));
        Assert.Contains(hers.Items, static answer => answer is { Person: "ann", Via: ["r00098", "r00097"] } && answer.Privileges.Contains("SELECT"));
    }

    private Task<int> Count(string sql) => _server!.ScalarAsync<int>(sql);

    private long Facts() => _store.Database.Read(static session => session.Number("SELECT count(*) FROM facts")!.Value);

    private static async Task<T> Timed<T>(string what, Func<Task<T>> ask)
    {
        var clock = Stopwatch.StartNew();
        var answer = await ask();
        Assert.True(clock.Elapsed < Quick, $"{what} took {clock.Elapsed}");
        return answer;
    }

    private sealed class OnePlatform(IPlatform platform) : IPlatforms
    {
        public IReadOnlyList<IPlatform> All => [platform];

        public IPlatform? Find(string name) => name == platform.Name ? platform : null;
    }

    /// <summary>Nothing is stored: facts need no secret.</summary>
    private sealed class NoSecrets : ISecretStore
    {
        public Task<byte[]?> Get(string name, CancellationToken cancellation) => throw new NotSupportedException();

        public Task Put(string name, ReadOnlyMemory<byte> value, CancellationToken cancellation) => throw new NotSupportedException();

        public Task<byte[]> GetOrAdd(string name, ReadOnlyMemory<byte> value, CancellationToken cancellation) => throw new NotSupportedException();

        public Task Delete(string name, CancellationToken cancellation) => throw new NotSupportedException();

        public Task<IReadOnlyList<string>> Names(string prefix, CancellationToken cancellation) => throw new NotSupportedException();
    }

    /// <summary>People who stay as they are.</summary>
    private sealed class FixedDirectory(IPeople people) : IDirectory
    {
        public IPeople Current => people;

        public event Action? Changed
        {
            add { }
            remove { }
        }

        public Task SetDelegation(string person, Delegation? delegation, CancellationToken cancellation) => throw new NotSupportedException();

        public Task SetRoles(string person, IReadOnlyList<string> roles, CancellationToken cancellation) => throw new NotSupportedException();

        public Task<bool> SetSlackUser(string person, string? user, CancellationToken cancellation) => throw new NotSupportedException();

        public Task SetIdentityLinks(IReadOnlyDictionary<PlatformIdentity, IdentityLink?> links, CancellationToken cancellation) => throw new NotSupportedException();
    }

    /// <summary>The adapter in a process that ends before one of its pages.</summary>
    private sealed class Interrupted(PostgresPlatform inner, CancellationTokenSource ended) : IPlatform
    {
        public int? EndsBefore { get; set; }
        public string Name => inner.Name;
        public string Type => inner.Type;
        public IReadOnlyList<AccessKind> Kinds => inner.Kinds;

        public async IAsyncEnumerable<InventoryPage> Inventory(string? from, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
        {
            var page = 0;
            await foreach (var read in inner.Inventory(from, cancellation))
            {
                if (++page == EndsBefore) await ended.CancelAsync();
                yield return read;
            }
        }

        public SharedPrivilege? Shared(PlatformOrder order) => inner.Shared(order);

        public Task<IReadOnlyList<PlatformResource>> Resources(CancellationToken cancellation) => inner.Resources(cancellation);

        public Task<IReadOnlyList<PlatformIdentity>> Identities(CancellationToken cancellation) => inner.Identities(cancellation);

        public Task<GrantResult> Grant(PlatformOrder order, CancellationToken cancellation) => inner.Grant(order, cancellation);

        public Task Extend(PlatformOrder order, CancellationToken cancellation) => inner.Extend(order, cancellation);

        public Task Revoke(PlatformOrder order, CancellationToken cancellation) => inner.Revoke(order, cancellation);

        public Task<ReadBackResult> ReadBack(PlatformOrder order, CancellationToken cancellation) => inner.ReadBack(order, cancellation);

        public Task Disconnect(PlatformOrder order, CancellationToken cancellation) => inner.Disconnect(order, cancellation);

        public Task Rotate(PlatformOrder order, CancellationToken cancellation) => inner.Rotate(order, cancellation);

        public Task<ReleasedSecret?> Secret(PlatformOrder order, CancellationToken cancellation) => inner.Secret(order, cancellation);
    }
}
