using AccessFunctions.Conformance.Tests;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Functions.Timers;
using AccessFunctions.Tests.Shared;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace AccessFunctions.Functions.Tests.Scenarios;

/// <summary>Comparing platforms on the Azure host, by its timer, with a real PostgreSQL.</summary>
public sealed class ReconcileTests
{
    private static AccessGroup Analysts { get; } = new()
    {
        Id = "analysts",
        Members = ["alice"],
        Resources = ["pg-prod/*"],
        Rules = new Dictionary<AccessKind, AccessRule> { [AccessKind.Role] = new(Mode.Approve) },
        Levels = [new LevelPolicy { Approvers = ["bob"] }],
        Roles = ["analytics_reader"],
    };

    [Fact]
    public async Task Role_GivenByHandAfterTheEnd_IsRemovedAgain_AndOneThatNobodyGave_IsListed()
    {
        await using var server = await PostgresServer.CreateAsync();
        await server.ExecuteAsync("CREATE ROLE analytics_reader; CREATE ROLE alice LOGIN; CREATE ROLE mallory LOGIN");
        await using var host = await AzureScenarioHost.Start(new ManualTimeProvider(), [Analysts], null, $$"""
              - name: pg-prod
                type: postgres
                connectionString: "{{server.ConnectionString}}"
            """, new Dictionary<string, string> { ["alice"] = "{ pg-prod: alice }" });
        var asked = await host.As("alice").Ask(new { resources = new[] { "pg-prod/analytics" }, kind = "Role", role = "analytics_reader", justification = "quarter-end check" });
        await host.As("bob").Approve(asked.Id);
        await host.Becomes(host.As("alice"), asked.Id, "Active");
        await host.As("alice").Do(asked.Id, "release");
        await host.Becomes(host.As("alice"), asked.Id, "Closed");

        var timers = ActivatorUtilities.CreateInstance<TimerFunctions>(host.Services);
        await host.Ingest();
        await timers.Reconcile(new TimerInfo(), host.Orchestrations.Client, CancellationToken.None);
        host.Advance(TimeSpan.FromHours(1));
        await server.ExecuteAsync("GRANT analytics_reader TO alice; GRANT analytics_reader TO mallory");
        await timers.Reconcile(new TimerInfo(), host.Orchestrations.Client, CancellationToken.None);
        await host.Until(async () => !await Has(server, "alice"), "the access to be removed again");
        await host.Becomes(host.As("alice"), asked.Id, "Closed");
        Assert.Equal(1, (await host.As("erin").Call(HttpMethod.Get, "/api/audit?type=access.grant.unexpected")).Body.GetProperty("items").GetArrayLength());

        await host.Ingest();
        await timers.Reconcile(new TimerInfo(), host.Orchestrations.Client, CancellationToken.None);
        var difference = Assert.Single((await host.As("erin").Call(HttpMethod.Get, "/api/differences")).Body.GetProperty("items").EnumerateArray());
        Assert.Equal("mallory is a member of analytics_reader.", difference.GetProperty("evidence").GetString());
        Assert.True(await Has(server, "mallory"));
    }

    private static Task<bool> Has(PostgresServer server, string user) => server.ScalarAsync<bool>(
        $"SELECT EXISTS (SELECT 1 FROM pg_auth_members WHERE roleid = 'analytics_reader'::regrole AND member = '{user}'::regrole)");
}
