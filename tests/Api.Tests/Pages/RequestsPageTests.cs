using AccessFunctions.Api.Tests.Support;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Api.Tests.Pages;

/// <summary>The page of all requests: who sees which, filters in the address, numbers and the export.</summary>
public sealed class RequestsPageTests : IDisposable
{
    private readonly TestApi _api = new();

    public void Dispose() => _api.Dispose();

    [Theory]
    [InlineData("alice", true)]
    [InlineData("bob", true)]
    [InlineData("dave", true)]
    [InlineData("erin", true)]
    [InlineData("olga", false)]
    public async Task Requests_AreThoseThatTheReaderMaySee(string by, bool sees)
    {
        var id = (string)(await _api.Submitted())["id"]!;
        var page = await _api.Send("GET", "/requests", by);
        Assert.Equal(200, page.Status);
        Assert.Equal(sees, page.Text.Contains($"href=\"/requests/{id}\"", StringComparison.Ordinal));
        Assert.Equal(!sees, page.Text.Contains("There is no request that you may see yet.", StringComparison.Ordinal));
        Assert.Equal(by is "dave" or "erin", page.Text.Contains("Everybody&#x27;s requests", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Filters_AreInTheAddress_TheFormAndTheExport()
    {
        await _api.Submitted();
        var page = await _api.Send("GET", "/requests?status=Open&phase=&requester=alice&resource=pg%2Fsales&from=2026-11-20&to=2026-11-21", "erin");
        Assert.Contains("<option value=\"Open\" selected>", page.Text, StringComparison.Ordinal);
        Assert.Contains("name=\"requester\" value=\"alice\"", page.Text, StringComparison.Ordinal);
        Assert.Contains(
            "href=\"/api/requests.csv?status=Open&amp;requester=alice&amp;resource=pg%2Fsales&amp;createdFrom=2026-11-20T00%3A00%3A00Z&amp;createdTo=2026-11-22T00%3A00%3A00Z\"",
            page.Text, StringComparison.Ordinal);
        Assert.Contains("href=\"/requests?requester=alice&amp;resource=pg%2Fsales&amp;from=2026-11-20&amp;to=2026-11-21&amp;status=Denied\"", page.Text, StringComparison.Ordinal);
        var asked = _api.Requests.AllAsked[0];
        Assert.Equal(
            new { Status = (Status?)Status.Open, Requester = (string?)"alice", Resource = (string?)"pg/sales", Phase = (Phase?)null },
            new { asked.Status, asked.Requester, asked.Resource, asked.Phase });
    }

    [Theory]
    [InlineData("/requests", "/api/requests.csv?")]
    [InlineData("/", "/api/requests.csv?mine=true&amp;")]
    public async Task WordsAndPeriod_NarrowTheList_AndAreInTheExport(string path, string export)
    {
        var one = (string)(await _api.Submitted())["id"]!;
        var two = (string)(await _api.Submitted("k2", new { resources = new[] { "pg/sales" }, kind = "Role", role = "reader", justification = "An incident", reason = "repair" }))["id"]!;
        var page = await _api.Send("GET", $"{path}?justification=INCI&reason=rep&id={two}&accessFrom=2026-11-21&accessTo=2026-11-30", "alice");
        Assert.Equal(200, page.Status);
        Assert.Contains($"href=\"/requests/{two}\"", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain($"href=\"/requests/{one}\"", page.Text, StringComparison.Ordinal);
        Assert.Contains($"href=\"{export}justification=INCI&amp;reason=rep&amp;id={two}&amp;periodFrom=2026-11-21T00%3A00%3A00Z&amp;periodTo=2026-12-01T00%3A00%3A00Z\"", page.Text, StringComparison.Ordinal);
        Assert.Contains("name=\"justification\" value=\"INCI\"", page.Text, StringComparison.Ordinal);
        Assert.Contains("matches these filters", (await _api.Send("GET", $"{path}?justification=nothing", "alice")).Text, StringComparison.Ordinal);
        Assert.Equal(422, (await _api.Send("GET", $"{path}?accessTo=soon", "alice")).Status);
    }

    [Fact]
    public async Task Export_OfWhatIsShown_HoldsIt()
    {
        var id = (string)(await _api.Submitted())["id"]!;
        var page = await _api.Send("GET", "/requests?status=Open&from=2026-11-01", "erin");
        var address = System.Text.RegularExpressions.Regex.Match(page.Text, "href=\"(/api/requests.csv[^\"]*)\"").Groups[1].Value.Replace("&amp;", "&", StringComparison.Ordinal);
        var csv = await _api.Send("GET", address, "erin");
        Assert.Equal(200, csv.Status);
        Assert.Contains(id, csv.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Days_AreThoseOfTheReadersZone()
    {
        await _api.Send("GET", "/requests?from=2026-11-21&to=2026-11-21", "erin", null, ("Cookie", "zone=Asia%2FTokyo"));
        var asked = _api.Requests.AllAsked[0];
        Assert.Equal(
            (new DateTimeOffset(2026, 11, 20, 15, 0, 0, TimeSpan.Zero), new DateTimeOffset(2026, 11, 21, 15, 0, 0, TimeSpan.Zero)),
            (asked.CreatedFrom!.Value, asked.CreatedTo!.Value));
    }

    [Fact]
    public async Task ADateThatIsNone_IsSaidAtItsField_AndNothingIsLost()
    {
        var page = await _api.Send("GET", "/requests?requester=alice&from=soon", "erin");
        Assert.Equal(422, page.Status);
        Assert.Contains("href=\"#from\">A date such as 2026-11-21 is expected.", page.Text, StringComparison.Ordinal);
        Assert.Matches("id=\"from\" name=\"from\" value=\"soon\"[^>]*aria-invalid=\"true\" aria-describedby=\"from-error\"", page.Text);
        Assert.Contains("name=\"requester\" value=\"alice\"", page.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/requests?status=Sleeping")]
    [InlineData("/requests?colour=red")]
    [InlineData("/requests?cursor=nonsense")]
    public async Task AnAddressNobodyGave_IsAProblemPage(string path)
    {
        var page = await _api.Send("GET", path, "erin");
        Assert.Equal((400, "text/html; charset=utf-8"), (page.Status, page.Headers.ContentType.ToString()));
    }

    [Fact]
    public async Task Pages_AreLeafedThrough_WithTheFilters()
    {
        for (var i = 0; i < 3; i++) await _api.Submitted();
        var first = await _api.Send("GET", "/requests?status=Open&limit=2", "erin");
        Assert.Contains("href=\"/requests?status=Open&amp;cursor=2\">Older requests", first.Text, StringComparison.Ordinal);
        Assert.Contains("3 requests, all counted.", first.Text, StringComparison.Ordinal);
        var second = await _api.Send("GET", "/requests?status=Open&limit=2&cursor=2", "erin");
        Assert.Contains("href=\"/requests?status=Open\">Newest requests", second.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Older requests", second.Text, StringComparison.Ordinal);
        Assert.Contains("3 requests, all counted.", second.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Numbers_AreDrawn_AndAreThereAsTables()
    {
        await _api.Submitted();
        var page = await _api.Send("GET", "/requests", "erin");
        Assert.Contains("<svg viewBox=\"0 0 320 134\" role=\"img\" aria-label=\"Requests per day: 2026-11-21 1.\"", page.Text, StringComparison.Ordinal);
        Assert.Contains("<th scope=\"row\" class=\"fw-normal\">2026-11-21</th><td class=\"text-end\">1</td>", page.Text, StringComparison.Ordinal);
        Assert.Contains("<b>1</b> Open", page.Text, StringComparison.Ordinal);
        Assert.Contains("<b>0</b> Denied", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(" style=", page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatPeopleWrote_IsText()
    {
        _api.People.Set("alice", person => person with { Name = "<script>alert(1)</script>" });
        await _api.Submitted();
        var page = await _api.Send("GET", "/requests?ticket=%22%3E%3Cscript%3Ealert(2)", "erin");
        var list = await _api.Send("GET", "/requests", "erin");
        Assert.DoesNotContain("<script>alert", page.Text + list.Text, StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;alert(1)", list.Text, StringComparison.Ordinal);
    }
}
