using AccessFunctions.Api.Pages.App;
using AccessFunctions.Api.Tests.Support;
using AccessFunctions.Application.Ports;
using NSubstitute;

namespace AccessFunctions.Api.Tests.Pages;

public sealed class AskTests : IDisposable
{
    private readonly TestApi _api = new();

    public void Dispose() => _api.Dispose();

    [Fact]
    public async Task Search_FindsWhatMayBeAskedFor_AndNothingElse()
    {
        var all = await _api.Open("/request", "alice");
        Assert.Contains("href=\"/request?resource=pg%2Fsales&amp;kind=Role\"", all.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("pg/hidden", all.Html, StringComparison.Ordinal);
        Assert.Contains("pg/sales", (await _api.Open("/request?q=SALES&platform=pg&kinds=Role", "alice")).Text, StringComparison.Ordinal);
        Assert.Contains("Nothing fits.", (await _api.Open("/request?q=nothing%3Cb%3E", "alice")).Text, StringComparison.Ordinal);
        Assert.Contains("Nothing fits.", (await _api.Open("/request", "bob")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Form_ShowsWhichRuleApplies_WhoDecides_AndHowLong()
    {
        var page = await _api.Open("/request?resource=pg/sales&kind=Role", "alice");
        Assert.Contains("Level 1: Bob, Dave (1 approval needed)", page.Text, StringComparison.Ordinal);
        Assert.Contains("Level 2: Carol (1 approval needed)", page.Text, StringComparison.Ordinal);
        Assert.Contains("1h usually, 8h at most", page.Text, StringComparison.Ordinal);
        Assert.Contains("access group \"analysts\" applies", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("say why this access is needed", page.Text, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("<option value=\"8h\">8 hours</option>", page.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("<option value=\"1d\"", page.Html, StringComparison.Ordinal);
        Assert.Contains("No access group lets you ask", (await _api.Open("/request?resource=pg/hidden&kind=Role", "alice")).Text, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Parameters_OfThePlatform_AreAskedFor_AndReachTheRequest()
    {
        Assert.DoesNotContain("parameter.", (await _api.Open("/request?resource=pg/sales&kind=Role", "alice")).Html, StringComparison.Ordinal);
        _api.Platform.Parameters.Returns([new PlatformParameter { Name = "schema", Label = "Which <schema>", Required = true }, new PlatformParameter { Name = "mode", Choices = ["read", "write"] }]);
        var form = await _api.Open("/request?resource=pg/sales&kind=Role", "alice");
        Assert.Contains("Which <schema>", form.Text, StringComparison.Ordinal);
        Assert.Contains("<option value=\"write\">write</option>", form.Html, StringComparison.Ordinal);

        var missing = new PageReply(await _api.Post("/request", "alice", Fields(("justification", "quarter-end"), ("role", "reader"), ("parameter.mode", "sell"))));
        Assert.Equal(422, missing.Status);
        Assert.Contains("<a href=\"#parameter-schema\">", missing.Html, StringComparison.Ordinal);
        Assert.Contains("Choose one of: read, write.", missing.Text, StringComparison.Ordinal);

        await _api.Do("/request", "alice", Fields(("justification", "quarter-end"), ("role", "reader"), ("parameter.schema", "sales"), ("parameter.other", "x")));
        var request = Assert.Single((await _api.Requests.List(new() { Requester = "alice" }, null, 10, default)).Items);
        Assert.Equal([KeyValuePair.Create("schema", "sales")], request.Ask.Parameters);
    }

    [Fact]
    public async Task Ask_MakesTheRequest_OnceForOneForm_AndLeadsToIt()
    {
        var fields = Fields(("justification", "quarter-end"), ("role", "reader"), ("length", "2h"), ("key", "ab12"));
        var page = await _api.Do("/request", "alice", fields);
        Assert.Contains("Your request is in. Open, waiting for level 1 of 2.", page.Text, StringComparison.Ordinal);
        _api.Clock.Advance(TimeSpan.FromSeconds(3));
        await _api.Do("/request", "alice", fields);
        var request = Assert.Single((await _api.Requests.List(new() { Requester = "alice" }, null, 10, default)).Items);
        Assert.Equal((TimeSpan.FromHours(2), "reader"), (request.Period.Length, request.Ask.Role));
    }

    [Fact]
    public async Task WhatProvesTheForm_IsNoPartOfTheRequest()
    {
        var browser = new TestBrowser(_api);
        await browser.SignIn("alice");
        var proof = await browser.Ticket("/request?resource=pg/sales&kind=Role");
        var sent = Fields(("justification", "x"), (PostForm.FieldName, proof)).ToDictionary();
        Assert.Equal(303, (await browser.Post("/request", sent)).Status);
        var request = Assert.Single((await _api.Requests.List(new() { Requester = "alice" }, null, 10, default)).Items);
        Assert.Null(request.Ask.Ticket);
    }

    [Fact]
    public async Task TimesAreThoseOfTheReadersZone()
    {
        var start = _api.Clock.GetUtcNow().AddHours(3);
        await _api.Do("/request", "alice", Fields(("justification", "x"), ("start", start.ToOffset(TimeSpan.FromHours(9)).ToString("yyyy-MM-ddTHH:mm:ss", null)), ("length", "30m"), ("zone", "Asia/Tokyo")));
        var request = Assert.Single((await _api.Requests.List(new() { Requester = "alice" }, null, 10, default)).Items);
        Assert.Equal(start.ToUnixTimeSeconds(), request.Period.Start.ToUnixTimeSeconds());
        Assert.Equal(TimeSpan.FromMinutes(30), request.Period.Length);
    }

    [Fact]
    public async Task WhatIsWrong_IsSaidAtItsField_AndNothingIsLost()
    {
        var reply = new PageReply(await _api.Post("/request", "alice", Fields(("ticket", "<b>T-1</b>"), ("end", "soon"))));
        Assert.Equal(422, reply.Status);
        Assert.Contains("<a href=\"#end\">The end is not a date and time", reply.Html, StringComparison.Ordinal);
        Assert.Contains("value=\"&lt;b&gt;T-1&lt;/b&gt;\"", reply.Html, StringComparison.Ordinal);
        var unjustified = new PageReply(await _api.Post("/request", "alice", Fields(("role", "owner"))));
        Assert.Equal(422, unjustified.Status);
        Assert.Contains("<a href=\"#justification\">Say why this access is needed</a>", unjustified.Html, StringComparison.Ordinal);
        Assert.Contains("id=\"role-error\"", unjustified.Html, StringComparison.Ordinal);
        Assert.Equal(422, (await _api.Post("/request", "alice", ("kind", "Role"))).Status);
        Assert.Empty((await _api.Requests.List(new() { Requester = "alice" }, null, 10, default)).Items);
    }

    [Fact]
    public async Task Preview_KeepsNothing_AndSaysWhatStandsAgainstIt()
    {
        var reply = new PageReply(await _api.Post("/request", "alice", Fields(("step", "preview"), ("justification", "mine"), ("length", "9h"))));
        Assert.Equal(200, reply.Status);
        Assert.Contains("longer than the 8h that can be given", reply.Text, StringComparison.Ordinal);
        Assert.Contains("mine</textarea>", reply.Html, StringComparison.Ordinal);
        Assert.Empty((await _api.Requests.List(new() { Requester = "alice" }, null, 10, default)).Items);
    }

    [Fact]
    public async Task Navigation_LeadsThere() => Assert.Contains("href=\"/request\"", (await _api.Open("/", "alice")).Html, StringComparison.Ordinal);

    private static (string, string)[] Fields(params (string, string)[] more) => [("resource", "pg/sales"), ("kind", "Role"), .. more];
}
