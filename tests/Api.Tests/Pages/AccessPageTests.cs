using AccessFunctions.Api.Tests.Support;
using AccessFunctions.Domain.Requests;

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
    [InlineData(Phase.Provisioning, GrantState.Attempted)]
    [InlineData(Phase.Closed, GrantState.Gone)]
    public async Task WhatIsNotThere_IsNoAccess(Phase phase, GrantState state)
    {
        var id = await Held();
        var request = (await _api.Requests.Find(id, default))!;
        _api.Requests.Set(request with { Phase = phase, Grants = [request.Grants[0] with { State = state }] });
        Assert.Contains("Nobody has access through a request right now.", (await _api.Send("GET", "/access", "erin")).Text, StringComparison.Ordinal);
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
