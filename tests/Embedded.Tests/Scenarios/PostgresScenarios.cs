using System.Net;
using AccessFunctions.Application;
using AccessFunctions.Conformance.Tests;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Tests.Shared;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;

namespace AccessFunctions.Embedded.Tests.Scenarios;

/// <summary>The main job over HTTP against a real PostgreSQL, by the machine's clock.</summary>
public sealed class PostgresScenarios : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private PostgresServer _server = null!;
    private EmbeddedScenarioHost _host = null!;

    /// <summary>Two levels for the role and for sessions on pg-prod.</summary>
    private static AccessGroup Analysts { get; } = new()
    {
        Id = "analysts",
        Members = ["alice"],
        Resources = ["pg-prod/*"],
        Rules = new Dictionary<AccessKind, AccessRule> { [AccessKind.Role] = new(Mode.Approve), [AccessKind.Session] = new(Mode.Approve) },
        Levels = [new LevelPolicy { Approvers = ["bob", "ben"] }, new LevelPolicy { Approvers = ["carol"] }],
        Roles = ["analytics_reader", "standing_reader"],
    };

    public async ValueTask InitializeAsync()
    {
        _server = await PostgresServer.CreateAsync();
        await _server.ExecuteAsync("""
            CREATE ROLE analytics_reader; CREATE ROLE standing_reader; CREATE ROLE alice LOGIN PASSWORD 'alice'; GRANT standing_reader TO alice;
            CREATE SCHEMA analytics; CREATE TABLE analytics.orders (id int);
            GRANT USAGE, CREATE ON SCHEMA analytics TO analytics_reader; GRANT SELECT ON analytics.orders TO analytics_reader;
            """);
        _host = await EmbeddedScenarioHost.Start(null, [Analysts], $$"""
              - name: pg-prod
                type: postgres
                connectionString: "{{_server.ConnectionString}}"
                statementTimeout: 4s
                connectTimeout: 2s
            """, new Dictionary<string, string> { ["alice"] = "{ pg-prod: alice }" });
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is not null) await _host.DisposeAsync();
        if (_server is not null) await _server.DisposeAsync();
    }

    [Fact]
    public async Task Role_AppearsAfterBothLevels_AndIsGoneAtTheShortenedEnd_WithTheSessionThatHadSetIt()
    {
        var asked = await Ask("analytics_reader");
        Assert.Equal(HttpStatusCode.Created, asked.Status);
        Assert.False(await AliceIs("analytics_reader"));
        await _host.As("bob").Approve(asked.Id);
        Assert.False(await AliceIs("analytics_reader"));
        await _host.As("carol").Do(asked.Id, "approve", new { revision = 1, end = _host.Now.AddSeconds(6) });
        await Becomes(asked.Id, "Active");
        Assert.True(await AliceIs("analytics_reader"));

        await using var session = await _server.OpenAsync("alice", "alice");
        await using (var command = new NpgsqlCommand("SET ROLE analytics_reader; SELECT count(*) FROM analytics.orders", session)) await command.ExecuteScalarAsync();

        var closed = await Becomes(asked.Id, "Closed");
        Assert.Equal("Expired", closed["outcome"]);
        var grant = closed.Body.GetProperty("grants")[0];
        Assert.Equal("Gone", grant.GetProperty("state").GetString());
        Assert.False(string.IsNullOrEmpty(grant.GetProperty("proof").GetString()));
        Assert.False(await AliceIs("analytics_reader"));
        await Assert.ThrowsAnyAsync<NpgsqlException>(async () =>
        {
            await using var command = new NpgsqlCommand("SELECT count(*) FROM analytics.orders", session);
            await command.ExecuteScalarAsync();
        });

        var report = await AuditCheck.Store(_host.Data, default);
        Assert.True(report.Sound, report.ToText());
        Assert.True(report.Events > 8, report.ToText());
    }

    [Fact]
    public async Task SharedRole_StaysUntilTheLastOfTwoRequestsEnds()
    {
        var first = await Active("analytics_reader");
        var second = await Active("analytics_reader");
        await _host.As("alice").Do(first, "release");
        await Becomes(first, "Closed");
        Assert.True(await AliceIs("analytics_reader"));
        await _host.As("alice").Do(second, "release");
        await Becomes(second, "Closed");
        Assert.False(await AliceIs("analytics_reader"));
    }

    [Fact]
    public async Task StandingRole_IsNotTakenAway_AndTheProofSaysWhatRemains()
    {
        var id = await Active("standing_reader");
        Assert.Equal("AlreadyHeld", (await _host.As("alice").See(id)).Body.GetProperty("grants")[0].GetProperty("state").GetString());
        await _host.As("alice").Do(id, "release");
        var closed = await Becomes(id, "Closed");
        Assert.True(await AliceIs("standing_reader"));
        Assert.False(string.IsNullOrEmpty(closed.Body.GetProperty("grants")[0].GetProperty("proof").GetString()));
    }

    [Fact]
    public async Task Postgres_DownWhileGranting_GrantsWhenItIsBack()
    {
        var asked = await Ask("analytics_reader");
        await _host.As("bob").Approve(asked.Id);
        await _server.StopAsync(immediate: true);
        await _host.As("carol").Approve(asked.Id);
        await Until(async () => await FailureIsAudited(asked.Id, "access.grant.provision-failed"), "a failed attempt is audited");
        await _server.StartAsync();
        await Becomes(asked.Id, "Active");
        Assert.True(await AliceIs("analytics_reader"));
    }

    [Fact]
    public async Task Postgres_DownWhileRevoking_RevokesWhenItIsBack_AlsoAcrossARestartOfTheHost()
    {
        var id = await Active("analytics_reader");
        await _server.StopAsync(immediate: true);
        await _host.As("bob").Do(id, "revoke", new { comment = "leaving" });
        await Until(async () => await FailureIsAudited(id, "access.grant.revoke-failed"), "a failed removal is audited");
        Assert.Equal("Revoking", (await _host.As("alice").See(id))["phase"]);
        await _host.Restart();
        await _server.StartAsync();
        var closed = await Becomes(id, "Closed");
        Assert.Equal("Revoked", closed["outcome"]);
        Assert.False(await AliceIs("analytics_reader"));
    }

    [Fact]
    public async Task Grant_ThatHangsWhileTheRequestIsRevoked_LeavesNothingBehind()
    {
        var asked = await Ask("analytics_reader");
        await _host.As("bob").Approve(asked.Id);
        await using var blocker = await _server.OpenAsync();
        await using (var hold = new NpgsqlCommand("BEGIN; LOCK TABLE pg_catalog.pg_auth_members IN SHARE ROW EXCLUSIVE MODE", blocker)) await hold.ExecuteNonQueryAsync();
        await _host.As("carol").Approve(asked.Id);
        await Until(async () => await _server.ScalarAsync<long>("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query ILIKE '%GRANT%'") > 0, "the grant hangs");
        var revoked = await _host.As("bob").Do(asked.Id, "revoke", new { comment = "wrong person" });
        Assert.Equal(("Revoking", "Revoked"), (revoked["phase"], revoked["outcome"]));
        await using (var release = new NpgsqlCommand("ROLLBACK", blocker)) await release.ExecuteNonQueryAsync();
        var closed = await Becomes(asked.Id, "Closed");
        Assert.Equal("Revoked", closed["outcome"]);
        Assert.False(await AliceIs("analytics_reader"));
    }

    [Fact]
    public async Task EphemeralLogin_ThatOwnsATable_IsGoneAtTheEnd_AndTheTableStays()
    {
        var asked = await _host.As("alice").Ask(new { resources = new[] { "pg-prod/analytics" }, kind = "Session", role = "analytics_reader", justification = "load a table", end = _host.Now.AddMinutes(10) });
        await _host.As("bob").Approve(asked.Id);
        await _host.As("carol").Approve(asked.Id);
        await Becomes(asked.Id, "Active");
        var secret = await _host.As("alice").Do(asked.Id, "secret");
        var fields = secret.Body.GetProperty("fields");
        var (login, password) = (fields.GetProperty("username").GetString()!, fields.GetProperty("password").GetString()!);
        await using var session = await _server.OpenAsync(login, password);
        await using (var create = new NpgsqlCommand("CREATE TABLE analytics.loaded AS SELECT 1 AS n", session)) await create.ExecuteNonQueryAsync();

        await _host.As("alice").Do(asked.Id, "release");
        await Becomes(asked.Id, "Closed");
        Assert.Equal(0, await _server.ScalarAsync<long>($"SELECT count(*) FROM pg_roles WHERE rolname = '{login}'"));
        Assert.Equal(0, await _server.ScalarAsync<long>($"SELECT count(*) FROM pg_stat_activity WHERE usename = '{login}'"));
        Assert.Equal(1, await _server.ScalarAsync<int>("SELECT n FROM analytics.loaded"));
        foreach (var file in Directory.EnumerateFiles(_host.Data, "*", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) != "lock" && !file.EndsWith("-shm", StringComparison.Ordinal)))
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(stream, System.Text.Encoding.Latin1);
            Assert.DoesNotContain(password, await reader.ReadToEndAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Role_RevokedByHandWhileActive_IsReported_AndGivenByHandAfterTheEnd_IsRemovedAgain()
    {
        var reconciler = _host.Services.GetRequiredService<Reconciler>();
        var id = await Active("analytics_reader");
        Assert.Empty(await reconciler.RunOnce(default));
        await _server.ExecuteAsync("REVOKE analytics_reader FROM alice");
        Assert.Equal(Drift.Vanished, Assert.Single(await reconciler.RunOnce(default)).Drift);

        await _host.As("alice").Do(id, "release");
        await Becomes(id, "Closed");
        Assert.Empty(await reconciler.RunOnce(default));
        await _server.ExecuteAsync("GRANT analytics_reader TO alice");
        var unexpected = Assert.Single(await reconciler.RunOnce(default));
        Assert.Equal((Drift.Unexpected, id), (unexpected.Drift, unexpected.RequestId));
        await Wait.Until(async () => !await AliceIs("analytics_reader"), Patience, "the access to be removed again");
        var closed = await Becomes(id, "Closed");
        Assert.Equal("Gone", closed.Body.GetProperty("grants")[0].GetProperty("state").GetString());
        await Wait.Until(() => _host.Mails().Any(static mail => mail.To.StartsWith("dave", StringComparison.Ordinal) && mail.Subject.StartsWith("Access was there again", StringComparison.Ordinal)), Patience, "an administrator to be told");
        Assert.Empty(await reconciler.RunOnce(default));
        Assert.Equal(["access.grant.unexpected", "access.grant.vanished"], await Drifts());

        var report = await AuditCheck.Store(_host.Data, default);
        Assert.True(report.Sound, report.ToText());
    }

    [Fact]
    public async Task Roles_ThatNobodyGaveHere_AreReported_ThoseThatStoodBeforeAsStanding()
    {
        var reconciler = _host.Services.GetRequiredService<Reconciler>();
        var id = await Active("analytics_reader");
        await Ingested();
        Assert.Empty(await reconciler.RunOnce(default));
        Assert.Equal("alice is a member of standing_reader. True", Assert.Single(await Differences()));

        await _server.ExecuteAsync("CREATE ROLE mallory LOGIN; GRANT analytics_reader TO mallory");
        await Ingested();
        Assert.Empty(await reconciler.RunOnce(default));
        Assert.Equal(["mallory is a member of analytics_reader. False", "alice is a member of standing_reader. True"], await Differences());
        Assert.Equal(2, (await _host.As("erin").Call(HttpMethod.Get, "/api/audit?type=access.grant.ungranted")).Body.GetProperty("items").GetArrayLength());

        // What ended since the facts were read is no finding, and neither is what nobody has any more.
        await _host.As("alice").Do(id, "release");
        await Becomes(id, "Closed");
        await _server.ExecuteAsync("DROP ROLE mallory");
        await Ingested();
        Assert.Empty(await reconciler.RunOnce(default));
        Assert.Equal(["alice is a member of standing_reader. True"], await Differences());
    }

    private async Task<IEnumerable<string>> Differences() => (await _host.As("erin").Call(HttpMethod.Get, "/api/differences?platform=pg-prod")).Body.GetProperty("items").EnumerateArray()
        .Select(static one => $"{one.GetProperty("evidence").GetString()} {one.GetProperty("standing").GetBoolean()}").ToList();

    /// <summary>Has the platform's facts read now.</summary>
    private async Task Ingested()
    {
        var began = _host.Now;
        Assert.Equal(HttpStatusCode.Accepted, (await _host.As("dave").Call(HttpMethod.Post, "/api/platforms/pg-prod/ingest")).Status);
        await Wait.Until(
            async () => (await _host.As("dave").Call(HttpMethod.Get, "/api/platforms/pg-prod")).Body.GetProperty("ingestion").GetProperty("factsAt") is { ValueKind: System.Text.Json.JsonValueKind.String } at && at.GetDateTimeOffset() >= began,
            Patience, "the facts to be read");
    }

    /// <summary>The findings in the audit by type, as an auditor reads them.</summary>
    private async Task<List<string?>> Drifts()
    {
        List<string?> types = [];
        foreach (var type in (string[])["access.grant.unexpected", "access.grant.vanished"])
        {
            var found = await _host.As("erin").Call(HttpMethod.Get, $"/api/audit?type={type}");
            types.AddRange(found.Body.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("event").GetProperty("type").GetString()));
        }

        return types;
    }

    private Task<Answer> Ask(string role) =>
        _host.As("alice").Ask(new { resources = new[] { "pg-prod/analytics" }, kind = "Role", role, justification = "quarter-end check", end = _host.Now.AddMinutes(10) });

    private async Task<string> Active(string role)
    {
        var asked = await Ask(role);
        await _host.As("bob").Approve(asked.Id);
        await _host.As("carol").Approve(asked.Id);
        await Becomes(asked.Id, "Active");
        return asked.Id;
    }

    private Task<bool> AliceIs(string role) => _server.ScalarAsync<bool>(
        $"SELECT EXISTS (SELECT FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid JOIN pg_roles u ON u.oid = m.member WHERE r.rolname = '{role}' AND u.rolname = 'alice')");

    private async Task<bool> FailureIsAudited(string id, string type) =>
        (await _host.As("alice").Call(HttpMethod.Get, $"/api/requests/{id}/audit")).Body.GetProperty("items").EnumerateArray().Any(item => item.GetProperty("event").GetProperty("type").GetString() == type);

    private async Task<Answer> Becomes(string id, string phase)
    {
        Answer? seen = null;
        try
        {
            await Until(async () => (seen = await _host.As("alice").See(id))["phase"] == phase, $"{id} becomes {phase}");
        }
        catch (TimeoutException late)
        {
            Assert.Fail($"{late.Message} It is: {seen}");
        }

        return seen!;
    }

    private static Task Until(Func<Task<bool>> condition, string what) => Wait.Until(condition, Patience, what);
}
