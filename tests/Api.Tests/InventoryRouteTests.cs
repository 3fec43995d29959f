using AccessFunctions.Api.Tests.Support;
using AccessFunctions.Application.Inventory;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;
using NSubstitute;

namespace AccessFunctions.Api.Tests;

public sealed class InventoryRouteTests : IDisposable
{
    private static readonly string Etl = IdentityIds.Of(new PlatformIdentity("pg", "etl"));
    private readonly TestApi _api = new();

    public InventoryRouteTests() => _api.Inventory.Put("pg", _api.Clock.GetUtcNow(),
        new IdentityFact("alice", IdentityKind.Login), new IdentityFact("etl", IdentityKind.Login), new IdentityFact("reader", IdentityKind.Role) { Admin = ["createrole"] },
        new MembershipFact("alice", "reader"), new MembershipFact("etl", "reader", Inherit: false, Set: true), new PrivilegeFact("reader", "pg/sales", ["SELECT"]),
        new ResourceFact("pg/sales", "table"), new ResourceFact("pg/hr", "table"));

    public void Dispose() => _api.Dispose();

    [Fact]
    public async Task Identities_AreOnesOwn_AndAllForOverseers_WithTheirFlags()
    {
        var mine = Assert.Single((await _api.Send("GET", "/api/identities", "alice")).Json["items"]!.AsArray())!;
        Assert.Equal(("pg", "alice", "Login", "Configured", false), ((string)mine["platform"]!, (string)mine["name"]!, (string)mine["kind"]!, (string)mine["link"]!, (bool)mine["orphan"]!));
        Assert.Equal("reader", (string)mine["adminThrough"]![0]!);
        var orphan = Assert.Single((await _api.Send("GET", "/api/identities?orphan=true&admin=true&platform=pg&kind=Login&text=ET", "erin")).Json["items"]!.AsArray())!;
        Assert.Equal((Etl, true), ((string)orphan["id"]!, (bool)orphan["orphan"]!));
        Assert.Equal(_api.Clock.GetUtcNow(), DateTimeOffset.Parse((string)orphan["factsAt"]!));
        var first = (await _api.Send("GET", "/api/identities?limit=2", "erin")).Json;
        Assert.Equal(2, first["items"]!.AsArray().Count);
        Assert.Equal("carol", (string)(await _api.Send("GET", $"/api/identities?limit=2&cursor={first["next"]}", "erin")).Json["items"]![0]!["name"]!);
        Assert.Equal("bad-parameter", (await _api.Send("GET", "/api/identities?cursor=x", "erin")).Problem);
        Assert.Equal("bad-parameter", (await _api.Send("GET", "/api/identities?kind=Nobody", "erin")).Problem);
    }

    [Fact]
    public async Task ALink_IsMadeAndTakenBack()
    {
        var linked = await _api.Send("PUT", $"/api/identities/{Etl}/link", "dave", new { person = "bob" });
        Assert.Equal((200, "bob", "Hand"), (linked.Status, (string)linked.Json["people"]![0]!["id"]!, (string)linked.Json["link"]!));
        Assert.Contains(_api.People.Current.Find("bob")!.PlatformIdentities(), static identity => identity.Name == "etl");
        Assert.Equal(204, (await _api.Send("DELETE", $"/api/identities/{Etl}/link", "dave")).Status);
        Assert.Empty(_api.People.Current.LinkedTo(new PlatformIdentity("pg", "etl")));
        Assert.NotNull((await _api.Send("PUT", $"/api/identities/{Etl}/link", "dave", new { person = "zoe" })).Json["errors"]!["person"]);
        Assert.Equal("not-found", (await _api.Send("PUT", "/api/identities/x/link", "dave", new { person = "bob" })).Problem);
    }

    [Fact]
    public async Task AnIdentityLinkedToAnApprover_IsNotWhereTheyDirectAccessTo()
    {
        await _api.Groups.Save(TestApi.Analysts with { Identities = ["etl"] }, _api.Groups.Find("analysts")!.Version, default);
        var id = (string)(await _api.Submitted())["id"]!;
        await _api.Send("PUT", $"/api/identities/{Etl}/link", "dave", new { person = "bob" });
        var refused = await _api.Send("POST", $"/api/requests/{id}/approve", "bob", new { revision = 1, identity = "etl" });
        Assert.Equal((422, "identity-not-allowed"), (refused.Status, refused.Problem));
        await _api.Send("DELETE", $"/api/identities/{Etl}/link", "dave");
        Assert.Equal(200, (await _api.Send("POST", $"/api/requests/{id}/approve", "bob", new { revision = 1, identity = "etl" })).Status);
    }

    [Fact]
    public async Task Access_SaysThroughWhat()
    {
        var items = (await _api.Send("GET", "/api/access?resource=pg%2Fsales", "erin")).Json["items"]!.AsArray();
        Assert.Equal(["alice", null], items.Select(static item => (string?)item!["person"]?["id"]));
        Assert.Equal(["alice", "reader"], items[0]!["via"]!.AsArray().Select(static name => (string)name!));
        Assert.Equal("reader", (string)items[1]!["setRole"]!);
        Assert.Single((await _api.Send("GET", "/api/access", "alice")).Json["items"]!.AsArray());
        Assert.Empty((await _api.Send("GET", "/api/access?person=alice", "bob")).Json["items"]!.AsArray());
        Assert.Equal("bad-parameter", (await _api.Send("GET", "/api/access?cursor=x", "erin")).Problem);
    }

    [Fact]
    public async Task LongNames_ArePagedLikeOthers()
    {
        var (user, role) = (new string('ü', 60), new string('ö', 60));
        _api.Inventory.Put("pg", _api.Clock.GetUtcNow(), [new IdentityFact(user, IdentityKind.Login), new MembershipFact(user, role), .. Enumerable.Range(0, 3).Select(number => new PrivilegeFact(role, $"pg/{new string('ä', 120)}{number}", ["SELECT"]))]);
        var (id, seen) = (IdentityIds.Of(new PlatformIdentity("pg", user)), 0);
        string? cursor = "";
        do
        {
            var page = (await _api.Send("GET", $"/api/access?identity={id}&limit=1&cursor={cursor}", "erin")).Json;
            seen += page["items"]!.AsArray().Count;
            cursor = (string?)page["next"];
        }
        while (cursor is not null);
        Assert.Equal(3, seen);
        Assert.Equal(200, (await _api.Send("PUT", $"/api/identities/{id}/link", "dave", new { person = "bob" })).Status);
    }

    [Fact]
    public async Task APlatform_IsIngestedWhenAskedFor_AndSaysHowFarItGot()
    {
        _api.Platform.Inventory(default, default).ReturnsForAnyArgs(static _ => Pages());
        Assert.False((await _api.Send("GET", "/api/platforms/pg", "alice")).Json.AsObject().ContainsKey("ingestion"));
        Assert.Equal(404, (await _api.Send("GET", "/api/platforms/other", "erin")).Status);
        foreach (var _ in Enumerable.Range(0, 2))
        {
            var asked = await _api.Send("POST", "/api/platforms/pg/ingest", "dave", null, ("Idempotency-Key", "now"));
            Assert.Equal((202, "/api/platforms/pg", true), (asked.Status, asked.Headers.Location.ToString(), (bool)asked.Json["ingestion"]!["waiting"]!));
        }

        await _api.Ingester.RunDue(Timeout.InfiniteTimeSpan, default);
        var platform = (await _api.Send("GET", "/api/platforms", "erin")).Json["items"]![0]!["ingestion"]!;
        Assert.Equal(("Completed", false, "dave", 1, 7), ((string)platform["state"]!, (bool)platform["waiting"]!, (string)platform["by"]!["id"]!, (int)platform["seen"]!["identities"]!, (int)platform["removed"]!));
        Assert.Equal(["pg/new"], (await _api.Send("GET", "/api/platforms/pg/resources?text=NEW", "erin")).Json["items"]!.AsArray().Select(static item => (string)item!["resource"]!));
    }

    [Fact]
    public async Task Pages_ShowFlags_Ways_AndProgress()
    {
        var list = await _api.Open("/access?by=Identity&orphan=true", "dave");
        Assert.Contains("nobody pg etl Orphan Admin Login", list.Text, StringComparison.Ordinal);
        Assert.Contains($"href=\"/access/identities/{Etl}\"", list.Html, StringComparison.Ordinal);
        var one = await _api.Open($"/access/identities/{Etl}", "dave");
        Assert.Contains("reader (by SET ROLE)", one.Text, StringComparison.Ordinal);
        Assert.Contains("Link it", one.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Link it", (await _api.Open($"/access/identities/{Etl}", "erin")).Text, StringComparison.Ordinal);
        Assert.Equal(404, (await _api.Send("GET", $"/access/identities/{Etl}", "alice")).Status);
        Assert.Contains("Alice (alice) pg/sales SELECT alice → reader", (await _api.Open("/access?by=Way&resource=pg%2Fsales", "erin")).Text, StringComparison.Ordinal);
        Assert.Contains("after SET ROLE reader", (await _api.Open($"/access?by=Way&identity={Etl}", "erin")).Text, StringComparison.Ordinal);
        Assert.Contains("Ingest now", (await _api.Open("/access?by=Platform", "dave")).Text, StringComparison.Ordinal);
        var auditor = await _api.Open("/access?by=Platform", "erin");
        Assert.Contains("Completed", auditor.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Ingest now", auditor.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FoundResources_AreFilteredByTheirType_AndPaged()
    {
        _api.Inventory.Put("pg", _api.Clock.GetUtcNow(), new ResourceFact("pg/hr", "table"), new ResourceFact("pg/sales", "table"), new ResourceFact("pg/sales_now", "view"), new ResourceFact("pg/odd"));
        Assert.Equal(["pg/sales_now"], await Names("type=view"));
        Assert.Equal(["pg/hr", "pg/sales"], await Names("type=table"));
        Assert.Equal(["pg/sales"], await Names("type=table&text=SALES"));
        Assert.Empty(await Names("type=tab"));
        var first = (await _api.Send("GET", "/api/platforms/pg/resources?type=table&limit=1", "erin")).Json;
        Assert.Equal(["pg/sales"], await Names($"type=table&limit=1&cursor={Uri.EscapeDataString((string)first["next"]!)}"));

        async Task<IEnumerable<string>> Names(string query) =>
            (await _api.Send("GET", $"/api/platforms/pg/resources?{query}", "erin")).Json["items"]!.AsArray().Select(static item => (string)item!["resource"]!);
    }

    [Fact]
    public async Task FoundResources_AreAPage_ThatLeadsToWhoHasAccess_ForThoseWhoOversee()
    {
        _api.Inventory.Put("pg", _api.Clock.GetUtcNow(), new ResourceFact("pg/<hr>", "table", "<b>staff</b>"), new ResourceFact("pg/sales", "table"), new ResourceFact("pg/sales_now", "view"));
        Assert.Contains("href=\"/access?by=Found&amp;platform=pg\"", (await _api.Open("/access?by=Platform", "erin")).Html, StringComparison.Ordinal);
        var all = await _api.Open("/access?by=Found", "erin");
        Assert.Contains("pg/<hr> table alone <b>staff</b> Who has access to pg/<hr>", all.Text, StringComparison.Ordinal);
        Assert.Contains("href=\"/access?by=Way&amp;resource=pg%2Fsales_now\"", all.Html, StringComparison.Ordinal);
        Assert.Contains("href=\"/access?by=Found&amp;platform=pg&amp;type=view\"", all.Html, StringComparison.Ordinal);
        var some = await _api.Open("/access?by=Found&platform=pg&text=SALES&type=view", "dave");
        Assert.Contains("pg/sales_now", some.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("<code>pg/sales</code>", some.Html, StringComparison.Ordinal);
        Assert.Contains("No resource matches.", (await _api.Open("/access?by=Found&text=nothing", "dave")).Text, StringComparison.Ordinal);
        Assert.Contains("href=\"/access?by=Found&amp;platform=pg&amp;cursor=", (await _api.Open("/access?by=Found&limit=1", "dave")).Html, StringComparison.Ordinal);
        Assert.Equal(404, (await _api.Send("GET", "/access?by=Found&platform=mars", "dave")).Status);
        Assert.Equal(400, (await _api.Send("GET", "/access?by=Found&cursor=x", "dave")).Status);
    }

    [Theory]
    [InlineData("alice")]
    [InlineData("bob")]
    public async Task FoundResources_AreNotForOthers(string by)
    {
        var refused = await _api.Send("GET", "/access?by=Found", by);
        Assert.Equal(403, refused.Status);
        Assert.DoesNotContain("pg/hr", refused.Text, StringComparison.Ordinal);
        foreach (var page in new[] { "/access", "/access?by=Platform", "/access?by=Way", "/access?by=Identity" })
            Assert.DoesNotContain("by=Found", (await _api.Open(page, by)).Html, StringComparison.Ordinal);
    }

    private static async IAsyncEnumerable<InventoryPage> Pages()
    {
        await Task.CompletedTask;
        yield return new InventoryPage([new IdentityFact("alice", IdentityKind.Login), new ResourceFact("pg/new")], null);
    }
}
