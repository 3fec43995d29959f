using AccessFunctions.Api.Tests.Support;
using AccessFunctions.Application;
using AccessFunctions.Application.Inventory;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;
using NSubstitute;

namespace AccessFunctions.Api.Tests.Pages;

/// <summary>The page of who has access to what right now.</summary>
public sealed class AccessPageTests : IDisposable
{
    private readonly TestApi _api = new();

    public void Dispose() => _api.Dispose();

    [Theory]
    [InlineData("dave", true)]
    [InlineData("erin", true)]
    [InlineData("alice", true)]
    [InlineData("bob", false)]
    [InlineData("olga", false)]
    public async Task Access_IsEverybodysForThoseWhoOversee_AndOnesOwnForOthers(string by, bool sees)
    {
        var id = await Held();
        var page = await _api.Send("GET", "/access", by);
        Assert.Equal(200, page.Status);
        Assert.Equal(sees, page.Text.Contains($"href=\"/requests/{id}\"", StringComparison.Ordinal));
        Assert.Equal(!sees, page.Text.Contains("You have no access through a request right now.", StringComparison.Ordinal));
        Assert.Equal(by is "dave" or "erin", page.Text.Contains("name=\"person\"", StringComparison.Ordinal));
        Assert.DoesNotContain(id, (await _api.Send("GET", "/access?person=olga", by)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Access_IsGrouped_ByPersonOrByResource()
    {
        await Held();
        Assert.Contains("<h2 class=\"h5 pt-3\">Alice (alice)</h2>", (await _api.Send("GET", "/access", "erin")).Text, StringComparison.Ordinal);
        var byResource = await _api.Send("GET", "/access?by=Resource", "erin");
        Assert.Contains("<h2 class=\"h5 pt-3\">pg/sales</h2>", byResource.Text, StringComparison.Ordinal);
        Assert.Contains("<td data-label=\"Access\">Role reader</td>", byResource.Text, StringComparison.Ordinal);
        Assert.Contains("aria-current=\"true\">By resource", byResource.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OtherGrantsOfARequest_AreNotWhatTheFilterMeans()
    {
        await Held(new Grant { Id = "g2", Resource = "pg/hr", State = GrantState.AlreadyHeld, AlreadyHeld = "role staff" });
        var all = await _api.Send("GET", "/access?by=Resource", "erin");
        Assert.Contains(">pg/hr</h2>", all.Text, StringComparison.Ordinal);
        Assert.Contains("there before, through role staff", all.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(">pg/hr</h2>", (await _api.Send("GET", "/access?by=Resource&resource=pg%2Fsales", "erin")).Text, StringComparison.Ordinal);
        Assert.Contains("No access matches.", (await _api.Send("GET", "/access?platform=vault", "erin")).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Phase.Open, GrantState.Pending)]
    [InlineData(Phase.Provisioning, GrantState.Pending)]
    [InlineData(Phase.Closed, GrantState.Gone)]
    public async Task WhatIsNotThere_IsNoAccess(Phase phase, GrantState state)
    {
        var id = await Held();
        var request = (await _api.Requests.Find(id, default))!;
        _api.Requests.Set(request with { Phase = phase, Grants = [request.Grants[0] with { State = state }] });
        Assert.Contains("Nobody has access through a request right now.", (await _api.Send("GET", "/access", "erin")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatWasTried_MayBeThere_AndIsListed()
    {
        var request = (await _api.Requests.Find(await Held(), default))!;
        _api.Requests.Set(request with { Phase = Phase.Provisioning, Grants = [request.Grants[0] with { State = GrantState.Attempted }] });
        Assert.Contains("being given, and may be there already", (await _api.Open("/access", "erin")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatOnlyStartsLater_IsCountedNowhere()
    {
        var request = (await _api.Requests.Find(await Held(), default))!;
        _api.Requests.Set(request with { Phase = Phase.Scheduled, Grants = [request.Grants[0] with { State = GrantState.Pending }] });
        Assert.Contains("Nobody has access through a request right now.", (await _api.Open("/access", "erin")).Text, StringComparison.Ordinal);
        Assert.Contains(">0<span class=\"visually-hidden\"> on pg</span>", (await _api.Open("/access?by=Platform", "erin")).Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Platforms_AreListed_WithWhatLives_AndHowTheyCompared_ForThoseWhoOversee()
    {
        await Held();
        Assert.Contains("Not yet", (await _api.Open("/access?by=Platform", "erin")).Text, StringComparison.Ordinal);
        var differences = new Dictionary<string, Difference>
        {
            ["a"] = new(Drift.Ungranted, "pg", null, null, "pg", "<etl>", "reader", "<etl> is a member of reader.", _api.Clock.GetUtcNow()),
            ["b"] = new(Drift.Vanished, "pg", "r-1", "r-1.1", "pg/sales", "alice", "reader", "no membership", _api.Clock.GetUtcNow()),
        };
        _api.Compared.Load(default).ReturnsForAnyArgs(new Reconciled(differences, new Dictionary<string, ReconcilePlace>())
        {
            Results = new Dictionary<string, ReconcileResult> { ["pg"] = new(_api.Clock.GetUtcNow(), 12, 2, 1, 3, 1, _api.Clock.GetUtcNow()) },
        });
        var page = await _api.Open("/access?by=Platform", "dave");
        Assert.Contains("pg postgres Role, Credential 1 on pg 2 differences", page.Text, StringComparison.Ordinal);
        Assert.Contains("12 grants looked at, 1 without an answer, 3 left for the next run; 1 found that nobody gave here", page.Text, StringComparison.Ordinal);
        Assert.Contains("Nobody gave it here pg, <etl> <etl> is a member of reader.", page.Text, StringComparison.Ordinal);
        Assert.Contains("href=\"/requests/r-1\"", page.Html, StringComparison.Ordinal);
        Assert.Contains("href=\"/access?platform=pg\"", page.Html, StringComparison.Ordinal);
        Assert.Contains("href=\"/audit?type=access.grant.vanished\"", page.Html, StringComparison.Ordinal);
        var own = await _api.Open("/access?by=Platform", "bob");
        Assert.Contains("pg postgres Role, Credential 0 on pg", own.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("looked at", own.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Nobody gave", own.Text, StringComparison.Ordinal);

        var told = (await _api.Send("GET", "/api/differences?drift=Ungranted", "erin")).Json["items"]!.AsArray();
        Assert.Equal(("Ungranted", "<etl>", "reader", false), ((string)Assert.Single(told)!["drift"]!, (string)told[0]!["identity"]!, (string)told[0]!["role"]!, (bool)told[0]!["standing"]!));
        Assert.Equal(2, (await _api.Send("GET", "/api/differences?platform=pg", "erin")).Json["items"]!.AsArray().Count);
        Assert.Equal("bad-parameter", (await _api.Send("GET", "/api/differences?drift=None", "erin")).Problem);
        Assert.Equal("bad-parameter", (await _api.Send("GET", "/api/differences?cursor=x", "erin")).Problem);
        var first = (await _api.Send("GET", "/api/differences?limit=1", "erin")).Json;
        var second = (await _api.Send("GET", $"/api/differences?limit=1&cursor={first["next"]}", "erin")).Json;
        Assert.Equal(("Ungranted", "Vanished", null), ((string)Assert.Single(first["items"]!.AsArray())!["drift"]!, (string)Assert.Single(second["items"]!.AsArray())!["drift"]!, second["next"]));
        Assert.Equal(1, (int)(await _api.Send("GET", "/api/platforms/pg", "erin")).Json["compared"]!["ungranted"]!);
        Assert.Null((await _api.Send("GET", "/api/platforms/pg", "alice")).Json["compared"]);
    }

    [Fact]
    public async Task Identities_AreEverybodysForThoseWhoOversee_AndOnesOwnForOthers()
    {
        _api.People.Set("bob", bob => bob with { Identities = new Dictionary<string, string> { ["pg"] = "<bob_pg>" } });
        foreach (var overseer in new[] { "dave", "erin" })
        {
            var all = await _api.Open("/access?by=Identity", overseer);
            Assert.Contains("Bob (bob) pg <bob_pg>", all.Text, StringComparison.Ordinal);
            Assert.Contains("Alice (alice) pg alice", all.Text, StringComparison.Ordinal);
            Assert.Contains("Zoe (zoe) Left", all.Text, StringComparison.Ordinal);
        }

        var own = await _api.Open("/access?by=Identity&person=bob", "alice");
        Assert.Contains("No identity matches.", own.Text, StringComparison.Ordinal);
        Assert.Contains("Alice (alice) pg alice", (await _api.Open("/access?by=Identity", "alice")).Text, StringComparison.Ordinal);
        var filtered = await _api.Open("/access?by=Identity&person=bob&platform=pg", "erin");
        Assert.DoesNotContain("Alice (alice)", filtered.Text, StringComparison.Ordinal);
        Assert.Contains($"href=\"/access?by=Way&amp;identity={IdentityIds.Of(new PlatformIdentity("pg", "<bob_pg>"))}\"", filtered.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_AreText()
    {
        _api.People.Set("alice", person => person with { Name = "<script>alert(1)</script>" });
        await Held();
        Assert.DoesNotContain("<script>alert", (await _api.Send("GET", "/access", "erin")).Text, StringComparison.Ordinal);
    }

    private async Task<string> Held(params Grant[] more)
    {
        var request = (await _api.Requests.Find((string)(await _api.Submitted())["id"]!, default))!;
        _api.Requests.Set(request with { Phase = Phase.Active, Grants = [request.Grants[0] with { State = GrantState.Granted }, .. more] });
        return request.Id;
    }
}
