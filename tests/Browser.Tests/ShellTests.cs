using System.Net.Http.Json;
using Microsoft.Playwright;

namespace AccessFunctions.Browser.Tests;

/// <summary>What stands around every page: signing in and out, the navigation, time, light and dark, wide and narrow.</summary>
public sealed class ShellTests(Chromium chromium, DemoHost host) : IClassFixture<DemoHost>
{
    private static ILocatorAssertions Expect(ILocator locator) => Assertions.Expect(locator);

    [Theory]
    [MemberData(nameof(Look.All), MemberType = typeof(Look))]
    public async Task Demo_IsEntered_Seen_AndLeft(bool phone, bool dark)
    {
        await using var reader = await chromium.Open(host.Address, new Look(phone, dark));
        var page = reader.Page;
        await page.GotoAsync("/");
        Assert.EndsWith("/signin?return=%2F", page.Url, StringComparison.Ordinal);
        await Expect(page.GetByText("Demo on this machine")).ToBeVisibleAsync();
        await reader.CheckPage();

        await reader.ChoosePerson("Alice Arnold");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "My requests", Level = 1 })).ToBeVisibleAsync();
        await Expect(page.GetByText("Signed in as Alice Arnold")).ToBeVisibleAsync();
        await reader.CheckPage();
        if (phone) await page.GetByText("Menu", new() { Exact = true }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "My requests" })).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Audit", Exact = true })).ToHaveCountAsync(0);
        await reader.CheckPage();

        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await Expect(page.GetByText("You are signed out here.")).ToBeVisibleAsync();
        await page.GotoAsync("/");
        Assert.Contains("/signin", page.Url, StringComparison.Ordinal);
        reader.CheckQuiet();
    }

    [Fact]
    public async Task WithoutJavaScript_AllOfItWorks_AndTimesAreUtc()
    {
        await Ask();
        await using var reader = await chromium.Open(host.Address, Look.Desktop, script: false);
        await reader.OpenAs("Alice Arnold", "/");
        await Expect(reader.Page.Locator("time").First).ToHaveTextAsync(new System.Text.RegularExpressions.Regex("^[-0-9]{10} [0-9:]{5} UTC$"));
        await reader.Page.Locator("main table a").First.ClickAsync();
        Assert.Contains("/requests/", reader.Page.Url, StringComparison.Ordinal);
        await reader.Page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await Expect(reader.Page.GetByText("You are signed out here.")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task WithJavaScript_LinksLoadNoWholePage_AndTimesAreTheReaders()
    {
        await Ask();
        await using var reader = await chromium.Open(host.Address, Look.Desktop);
        var page = reader.Page;
        await reader.OpenAs("Alice Arnold", "/");
        var time = page.Locator("time").First;
        await Expect(time).ToHaveAttributeAsync("data-zone", "Europe/Athens");
        await Expect(time).ToHaveTextAsync(new System.Text.RegularExpressions.Regex("^[-0-9]{10} [0-9:]{5}$"));
        await Expect(time).ToHaveAttributeAsync("title", new System.Text.RegularExpressions.Regex(" UTC$"));

        await page.EvaluateAsync("() => { window.before = true; }");
        await page.Locator("main table a").First.ClickAsync();
        await Assertions.Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/requests/."));
        await Expect(page.Locator("h1")).Not.ToHaveTextAsync("My requests");
        Assert.True(await page.EvaluateAsync<bool>("() => window.before === true"));
        Assert.Equal("main", await page.EvaluateAsync<string>("() => document.activeElement.id"));
        Assert.Contains("Access Functions", await page.TitleAsync(), StringComparison.Ordinal);
        await reader.CheckPage();

        // From now on the server knows the zone.
        await page.ReloadAsync();
        await Expect(page.Locator("time").First).ToHaveAttributeAsync("data-zone", "Europe/Athens");
        await page.GoBackAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync("My requests");
        reader.CheckQuiet();
    }

    [Fact]
    public async Task AnOpenPage_ShowsWhatHappensMeanwhile()
    {
        await using var reader = await chromium.Open(host.Address, Look.Desktop);
        await reader.Page.Clock.InstallAsync();
        await reader.OpenAs("Alice Arnold", "/");
        await reader.Page.Locator("main").ClickAsync();
        var rows = reader.Page.Locator("main table tbody tr");
        var before = await rows.CountAsync();
        await Ask();
        await reader.Page.Clock.FastForwardAsync(21_000);
        await Expect(rows).ToHaveCountAsync(before + 1);
        await Expect(reader.Page.Locator("time").First).ToHaveAttributeAsync("data-zone", "Europe/Athens");
        reader.CheckQuiet();
    }

    [Fact]
    public async Task AnOpenPage_RefreshesAroundWhatSomebodyDoes()
    {
        await Ask();
        await using var reader = await chromium.Open(host.Address, Look.Desktop);
        var page = reader.Page;
        await page.Clock.InstallAsync();
        await reader.OpenAs("Ben Berger", "/approvals");
        var cards = page.Locator("section.waiting");
        var count = page.Locator("[data-count=wide]");
        var before = await cards.CountAsync();
        await Expect(count).ToContainTextAsync($"{before} waiting for you");

        // What is unfolded and where the focus is are kept; the cards are new.
        var deny = cards.First.Locator("details").Last;
        await deny.Locator("summary").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        var unfolded = await deny.GetAttributeAsync("id");
        await Ask();
        await reader.LetTimePass();
        await Expect(cards).ToHaveCountAsync(before + 1);
        await Expect(count).ToContainTextAsync($"{before + 1} waiting for you");
        await Expect(page.Locator($"[id='{unfolded}']")).ToHaveAttributeAsync("open", "");
        await Expect(page.Locator("main details[open]")).ToHaveCountAsync(1);
        await Expect(page.Locator($"[id='{unfolded}'] > summary")).ToBeFocusedAsync();

        // What somebody writes stays, also when they look elsewhere; what is around it goes on.
        var words = page.Locator($"[id='{unfolded}'] textarea");
        await words.FillAsync("because");
        await count.Locator("..").FocusAsync();
        await Ask();
        await reader.LetTimePass();
        await Expect(count).ToContainTextAsync($"{before + 2} waiting for you");
        await Expect(words).ToHaveValueAsync("because");
        await Expect(cards).ToHaveCountAsync(before + 1);
        await words.FillAsync("");
        await count.Locator("..").FocusAsync();
        await reader.LetTimePass();
        await Expect(cards).ToHaveCountAsync(before + 2);

        // Whoever is no longer signed in sees no more of it.
        await page.Context.ClearCookiesAsync();
        await reader.LetTimePass();
        await Assertions.Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/signin[?]"));
        reader.CheckQuiet();
    }

    [Fact]
    public async Task AnotherResource_BringsItsOwnFields_AndWhatWasWrittenStays()
    {
        await using var reader = await chromium.Open(host.Address, Look.Desktop);
        var page = reader.Page;
        await reader.OpenAs("Alice Arnold", "/request?resource=vault%2Fdb-admin&kind=Credential");
        var (why, lengths) = (page.GetByLabel("Why you need it"), page.Locator("#length option"));
        await Expect(lengths).Not.ToHaveCountAsync(1);
        await why.FillAsync("quarter end");
        await page.Locator("#applies").EvaluateAsync("region => { region.before = true; }");
        await page.Locator("#resource-0").FillAsync("nowhere/at-all");
        await page.Locator("#ticket").FillAsync("OPS-1");
        await Expect(lengths).ToHaveCountAsync(1);
        await Expect(page.Locator("#applies")).ToContainTextAsync("No access group", new() { IgnoreCase = true });
        Assert.True(await page.Locator("#applies").EvaluateAsync<bool>("region => region.before === true"));
        await Expect(why).ToHaveValueAsync("quarter end");
        await Expect(page.Locator("#ticket")).ToHaveValueAsync("OPS-1");
        await page.Locator("#resource-0").FillAsync("vault/db-admin");
        await why.FocusAsync();
        await Expect(lengths).Not.ToHaveCountAsync(1);
        await Expect(why).ToBeFocusedAsync();
        reader.CheckQuiet();
    }

    [Fact]
    public async Task TheKeyboard_SkipsTheNavigation()
    {
        await using var reader = await chromium.Open(host.Address, Look.Desktop);
        await reader.OpenAs("Dave Dunn", "/");
        await reader.Page.ReloadAsync();
        await reader.Page.Keyboard.PressAsync("Tab");
        await Expect(reader.Page.GetByText("Skip to the content")).ToBeFocusedAsync();
        await reader.Page.Keyboard.PressAsync("Enter");
        Assert.Equal("main", await reader.Page.EvaluateAsync<string>("() => document.activeElement.id"));
    }

    private async Task Ask()
    {
        using var alice = host.As("alice");
        using var asked = await alice.PostAsJsonAsync("/api/requests", new { resources = new[] { "vault/db-admin" }, kind = "Credential", justification = "quarter-end check" });
        Assert.True(asked.IsSuccessStatusCode, await asked.Content.ReadAsStringAsync());
    }
}
