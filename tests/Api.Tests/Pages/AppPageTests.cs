using AccessFunctions.Api.Assets;
using AccessFunctions.Api.Pages.App;
using AccessFunctions.Api.Tests.Support;

namespace AccessFunctions.Api.Tests.Pages;

/// <summary>What stands around every page of those who are signed in, and the first of these pages.</summary>
public sealed class AppPageTests : IDisposable
{
    private readonly TestApi _api = new();

    public void Dispose() => _api.Dispose();

    [Fact]
    public async Task Page_LoadsOurAssetsOnly_AndSaysSoInItsPolicy()
    {
        var page = await _api.Send("GET", "/", "alice");
        Assert.Equal(200, page.Status);
        Assert.Equal("text/html; charset=utf-8", page.Headers.ContentType.ToString());
        Assert.Equal(AppPolicy.Content, page.Headers.ContentSecurityPolicy.ToString());
        Assert.DoesNotContain("unsafe", AppPolicy.Content, StringComparison.Ordinal);
        Assert.All(new[] { PageAssets.Style, PageAssets.Script, PageAssets.Htmx, PageAssets.Icon }, asset => Assert.Contains($"\"{asset}\"", page.Text, StringComparison.Ordinal));
        Assert.DoesNotContain("<style", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(" style=", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(" on", Tags(page.Text), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_SaysWhoIsSignedIn_AndThatItIsADemo()
    {
        var page = await _api.Send("GET", "/", "alice");
        Assert.Contains("Signed in as </span><b>Alice</b>", page.Text, StringComparison.Ordinal);
        Assert.Contains("Demo on this machine", page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_AreText_WhateverTheyHold()
    {
        _api.People.Set("alice", person => person with { Name = "<script>alert(1)</script>" });
        await _api.Submitted(more: new { resources = new[] { "pg/sales" }, kind = "Role", role = "reader", justification = "<img src=x onerror=alert(2)>" });
        var id = (string)(await _api.Send("GET", "/api/requests", "alice")).Json["items"]![0]!["id"]!;
        var (list, one) = (await _api.Send("GET", "/", "alice"), await _api.Send("GET", $"/requests/{id}", "alice"));
        Assert.DoesNotContain("<script>alert", list.Text + one.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", list.Text + one.Text, StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;alert(1)", one.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MyRequests_AreOwnOnes_WithWhoIsAwaited()
    {
        var id = (string)(await _api.Submitted())["id"]!;
        var mine = await _api.Send("GET", "/", "alice");
        Assert.Contains($"href=\"/requests/{id}\">The role reader on pg/sales</a>", mine.Text, StringComparison.Ordinal);
        Assert.Contains("Level 1 of 2, waiting for Bob, Dave", mine.Text, StringComparison.Ordinal);
        Assert.Contains($"href=\"/requests/{id}#cancel\"", mine.Text, StringComparison.Ordinal);
        Assert.Contains("You have not asked for anything yet.", (await _api.Send("GET", "/", "bob")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OneRequest_IsShownToThoseWhoMaySeeIt()
    {
        var id = (string)(await _api.Submitted())["id"]!;
        Assert.Contains("quarter-end", (await _api.Send("GET", $"/requests/{id}", "bob")).Text, StringComparison.Ordinal);
        var stranger = await _api.Send("GET", $"/requests/{id}", "olga");
        var missing = await _api.Send("GET", "/requests/r-none", "olga");
        Assert.Equal((404, 404), (stranger.Status, missing.Status));
        Assert.Contains("<h1>Not found</h1>", stranger.Text, StringComparison.Ordinal);
        Assert.Contains("Signed in as </span><b>Olga</b>", stranger.Text, StringComparison.Ordinal);
        Assert.Equal(WithoutTrace(missing.Text), WithoutTrace(stranger.Text).Replace(id, "r-none", StringComparison.Ordinal));
    }

    [Fact]
    public async Task TimesAreTold_InTheZoneOfTheCookie_WithUtcOnHover()
    {
        await _api.Submitted();
        var utc = await _api.Send("GET", "/", "alice");
        Assert.Matches("""title="(....-..-.. ..:.. UTC)" data-zone="UTC">\1</time>""", utc.Text);
        var tokyo = await _api.Send("GET", "/", "alice", null, ("Cookie", "zone=Asia%2FTokyo"));
        Assert.Matches("""title="....-..-.. ..:.. UTC" data-zone="Asia/Tokyo">....-..-.. ..:..</time>""", tokyo.Text);
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("Mars/Olympus")]
    [InlineData("%00")]
    public async Task AZoneThatIsNone_IsUtc(string zone)
    {
        await _api.Submitted();
        Assert.Contains("data-zone=\"UTC\"", (await _api.Send("GET", "/", "alice", null, ("Cookie", $"zone={zone}"))).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task UnknownAddress_IsAPageForBrowsers()
    {
        var page = await _api.Send("GET", "/nowhere", null, null, ("Accept", "text/html,application/xhtml+xml"));
        Assert.Equal((404, "text/html; charset=utf-8"), (page.Status, page.Headers.ContentType.ToString()));
        Assert.Contains("To the start page", page.Text, StringComparison.Ordinal);
    }

    private static string Tags(string html) => string.Concat(System.Text.RegularExpressions.Regex.Matches(html, "<[a-z][^>]*>").Select(tag => System.Text.RegularExpressions.Regex.Replace(tag.Value, "\"[^\"]*\"", "")));

    private static string WithoutTrace(string html) => System.Text.RegularExpressions.Regex.Replace(html, "Trace [^<]*", "");
}
