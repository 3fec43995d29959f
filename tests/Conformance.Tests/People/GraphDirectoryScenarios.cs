using System.Net;
using System.Text.Json.Nodes;
using Xunit;

namespace AccessFunctions.Conformance.Tests.People;

/// <summary>People, managers and groups as Microsoft Graph has them (https://learn.microsoft.com/graph/delta-query-overview), on any host.</summary>
public abstract class GraphDirectoryScenarios
{
    private const string Issuer = "urn:access-functions:demo";
    protected const string Cooks = "02bd9fd6-8f93-4758-87c3-1fb73740a315";
    protected const string Deciders = "06f62f70-9827-4e6e-93ef-8e0f2d9b7b23";

    protected abstract Task<IScenarioHost> Start(IReadOnlyDictionary<string, string?> settings);

    /// <summary>Has the host ask once what changed; what it throws is what is logged.</summary>
    protected abstract Task Read(IScenarioHost host);

    [Fact]
    public async Task APersonWhoseAccountIsDisabled_LosesActiveAccess_AndADeletedOnesReviewsGoToTheirManager()
    {
        await using var graph = await Staffed();
        await using var host = await Started(graph);
        var first = await host.As("walter").AskForSecret();
        Assert.Equal(HttpStatusCode.Created, first.Status);
        graph.Remove("users", "olga");
        await Read(host);
        Assert.Equal("not-active", (await host.As("olga").See(first.Id)).Problem);
        Assert.Equal(HttpStatusCode.OK, (await host.As("skyler").Approve(first.Id)).Status);
        await host.Becomes(host.As("walter"), first.Id, "Active");

        graph.Change("users", new JsonObject { ["id"] = "walter", ["accountEnabled"] = false });
        await Read(host);
        Assert.Equal("Revoked", (await host.As("erin").See(first.Id))["outcome"]);
        Assert.Equal("not-active", (await host.As("walter").See(first.Id)).Problem);
        var trail = await host.As("erin").Call(HttpMethod.Get, "/api/audit?type=access.directory.person-left&actor=system:graph");
        Assert.Equal(["person/walter", "person/olga"], trail.Body.GetProperty("items").EnumerateArray().Select(static row => row.GetProperty("event").GetProperty("resource").GetString()));

        graph.Change("users", new JsonObject { ["id"] = "walter", ["accountEnabled"] = true });
        await Read(host);
        Assert.Equal(HttpStatusCode.OK, (await host.As("walter").See(first.Id)).Status);
    }

    [Fact]
    public async Task MembersWhoComeAndGo_AreFollowed_AndOnlyNamedGroupsAreAskedFor()
    {
        await using var graph = await Staffed();
        await using var host = await Started(graph);
        Assert.Contains(graph.Calls, static call => call.StartsWith("GET /v1.0/groups/delta?", StringComparison.Ordinal) && call.Contains(Cooks, StringComparison.Ordinal) && call.Contains(Deciders, StringComparison.Ordinal));
        Assert.Contains(graph.Calls, static call => call.Contains("$skiptoken", StringComparison.Ordinal));
        graph.Change("groups", new JsonObject { ["id"] = Cooks, ["members@delta"] = new JsonArray(new JsonObject { ["id"] = "walter", ["@removed"] = new JsonObject { ["reason"] = "deleted" } }, new JsonObject { ["id"] = "skyler" }) });
        await Read(host);
        Assert.Equal("no-rule", (await host.As("walter").AskForSecret()).Problem);
        Assert.Equal(HttpStatusCode.Created, (await host.As("skyler").AskForSecret()).Status);
    }

    [Fact]
    public async Task AReadingThatFails_LeavesTheLastGoodCopy_AndTheNextOneGetsTheSameChanges()
    {
        await using var graph = await Staffed();
        await using var host = await Started(graph);
        graph.Remove("users", "walter");
        graph.FailNext(500);
        await Assert.ThrowsAnyAsync<Exception>(() => Read(host));
        Assert.Equal(HttpStatusCode.OK, (await host.As("walter").Call(HttpMethod.Get, "/api/requests")).Status);

        // The users came, the groups did not: nothing of it is taken over.
        graph.Group(Cooks, null, "skyler");
        graph.NextPageElsewhere = new Uri("http://127.0.0.2:9/");
        graph.Group(Cooks, null, "olga");
        graph.Group(Cooks, null, "skyler");
        await Assert.ThrowsAnyAsync<Exception>(() => Read(host));
        Assert.Equal(HttpStatusCode.OK, (await host.As("walter").Call(HttpMethod.Get, "/api/requests")).Status);

        graph.NextPageElsewhere = null;
        await Read(host);
        Assert.Equal("not-active", (await host.As("walter").Call(HttpMethod.Get, "/api/requests")).Problem);
        Assert.Equal(HttpStatusCode.Created, (await host.As("skyler").AskForSecret()).Status);
    }

    [Fact]
    public async Task Graph_IsLeftAloneForAsLongAsItSays()
    {
        await using var graph = await Staffed();
        await using var host = await Started(graph);
        graph.Remove("users", "walter");
        var asked = Asked(graph);
        graph.FailNext(429, "30");
        var reading = Read(host);
        await host.Until(() => Task.FromResult(Asked(graph) > asked), "it asked");
        Assert.False(reading.IsCompleted);
        await host.Until(() =>
        {
            host.Advance(TimeSpan.FromSeconds(30));
            return Task.FromResult(reading.IsCompleted);
        }, "it asks again");
        await reading;
        Assert.Equal("not-active", (await host.As("walter").Call(HttpMethod.Get, "/api/requests")).Problem);

        static int Asked(GraphDirectoryServer graph) => graph.Calls.Count(static call => call.StartsWith("GET /v1.0/users/delta?$deltatoken", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ALinkThatGraphForgot_HasEverythingReadAgain_AndWhoIsMissingIsGone()
    {
        await using var graph = await Staffed();
        await using var host = await Started(graph);
        graph.StartOver();
        graph.User("skyler");
        graph.User("olga", "skyler");
        graph.Group(Deciders, "deciders", "olga");
        await Read(host);
        Assert.Contains(graph.Calls.Skip(graph.Calls.Count - 4), static call => call.StartsWith("GET /v1.0/users/delta?$select", StringComparison.Ordinal));
        Assert.Equal("not-active", (await host.As("walter").Call(HttpMethod.Get, "/api/requests")).Problem);
        Assert.Equal(HttpStatusCode.OK, (await host.As("olga").Call(HttpMethod.Get, "/api/requests")).Status);
        var deleted = await host.As("erin").Call(HttpMethod.Get, "/api/audit?type=access.directory.group-deleted");
        Assert.Equal($"group/{Cooks}", Assert.Single(deleted.Body.GetProperty("items").EnumerateArray()).GetProperty("event").GetProperty("resource").GetString());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AReadingOfEverything_ThatIsBroken_LetsNobodyGo(bool empty)
    {
        await using var graph = await Staffed();
        await using var host = await Started(graph);
        graph.StartOver();
        graph.WithoutLists = !empty;
        await Assert.ThrowsAnyAsync<Exception>(() => Read(host));
        Assert.Equal(HttpStatusCode.Created, (await host.As("walter").AskForSecret()).Status);
        if (!empty) return;
        var trail = await host.As("erin").Call(HttpMethod.Get, "/api/audit?type=access.directory.reading-refused&actor=system:graph");
        Assert.Equal("empty", Assert.Single(trail.Body.GetProperty("items").EnumerateArray()).GetProperty("event").GetProperty("reason").GetString());
    }

    protected static async Task<GraphDirectoryServer> Staffed()
    {
        var graph = await GraphDirectoryServer.Start();
        graph.User("skyler");
        graph.User("olga", "skyler");
        graph.User("walter");
        graph.Group(Cooks, "cooks", "walter");
        graph.Group(Deciders, "deciders", "olga");
        return graph;
    }

    /// <summary>Walter asks for the vault's secret, olga decides; skyler is her manager.</summary>
    protected async Task<IScenarioHost> Started(GraphDirectoryServer graph)
    {
        var host = await Start(graph.Settings(Issuer, Cooks, Deciders));
        await Read(host);
        await host.Until(async () => (await host.As("skyler").Call(HttpMethod.Get, "/api/requests")).Status == HttpStatusCode.OK, "the directory is read");
        var policy = new { id = "kitchen", members = new[] { "group:cooks" }, resources = new[] { "vault/db-admin" }, rules = new Dictionary<string, object> { ["Credential"] = new { mode = "Approve" } }, levels = new[] { new { approvers = new[] { "group:deciders" } } } };
        using var dave = host.As("dave");
        dave.DefaultRequestHeaders.Add("If-None-Match", "*");
        var saved = await dave.Call(HttpMethod.Put, "/api/access-groups/kitchen", policy);
        Assert.True(saved.Status == HttpStatusCode.Created, saved.ToString());
        return host;
    }
}
