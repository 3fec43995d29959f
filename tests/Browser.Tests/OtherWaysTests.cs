using Microsoft.Playwright;

namespace AccessFunctions.Browser.Tests;

/// <summary>The same story for those who run no script, and for those who use no mouse.</summary>
public sealed class OtherWaysTests(Chromium chromium, DemoHost host) : IClassFixture<DemoHost>
{
    private static ILocatorAssertions Expect(ILocator locator) => Assertions.Expect(locator);

    [Fact]
    public async Task WithoutJavaScript_AccessIsAskedFor_Approved_Seen_AndRevoked()
    {
        var wish = new Clicks.Wish("staging", "vault/db-admin", "Credential", "no script here");
        await using var alice = await Open();
        await alice.OpenAs("Alice Arnold", "/");
        var path = await alice.Ask(wish);
        await using var bob = await Open();
        await bob.FollowMail("bob", "Alice Arnold");
        await bob.Page.GetByRole(AriaRole.Button, new() { Name = "Approve" }).ClickAsync();
        await Expect(bob.Page.Locator("h1")).ToHaveTextAsync("You approved this request");
        await using var carol = await Open();
        await carol.OpenAs("Carol Clark", "/approvals");
        await carol.Act("approve", "Approve", "Comment", "Go on.");
        await Expect(carol.Page.GetByText("You approved this request")).ToBeVisibleAsync();

        var status = alice.Page.Locator(".status").First;
        for (var tries = 0; tries < 50 && await status.TextContentAsync() != "Active"; tries++) await alice.Page.ReloadAsync();
        await alice.Page.GetByRole(AriaRole.Button, new() { Name = "Show the secret" }).ClickAsync();
        await alice.Page.GetByText("Show or hide password").ClickAsync();
        await Expect(alice.Page.Locator(".secret-value").Last).ToBeVisibleAsync();
        await Expect(alice.Page.GetByRole(AriaRole.Button, new() { Name = "Copy password" })).ToBeHiddenAsync();

        await carol.Page.GotoAsync(path);
        await carol.Act("revoke", "Revoke this access", "Why it has to end", "It is done.");
        await Expect(carol.Page.GetByText("You revoked this access")).ToBeVisibleAsync();
        await alice.Page.GotoAsync(path);
        await Expect(alice.Page.Locator(".timeline")).ToContainTextAsync("It is done.");
        await Expect(alice.Page.GetByRole(AriaRole.Button, new() { Name = "Show the secret" })).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task WithTheKeyboardAlone_AccessIsAskedForAndApproved()
    {
        const string Why = "keys only";
        await using var alice = await chromium.Open(host.Address, Look.Desktop);
        var page = alice.Page;
        await alice.OpenAs("Alice Arnold", "/");
        await Press(page, page.GetByRole(AriaRole.Navigation, new() { Name = "Main" }).GetByRole(AriaRole.Link, new() { Name = "Request access" }));
        await Expect(page.Locator("h1")).ToHaveTextAsync("Request access");
        await Reach(page, page.GetByLabel("Name or description"));
        await page.Keyboard.TypeAsync("relay");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/request[?].*q=relay"));
        await Press(page, page.GetByRole(AriaRole.Link, new() { Name = "Credential on vault/mail-relay" }));
        await Reach(page, page.GetByLabel("Why you need it"));
        await page.Keyboard.TypeAsync(Why);
        await Press(page, page.GetByRole(AriaRole.Button, new() { Name = "Request access", Exact = true }));
        await Expect(page.GetByText("Your request is in.")).ToBeVisibleAsync();
        alice.CheckQuiet();

        await using var ben = await chromium.Open(host.Address, Look.Desktop);
        page = ben.Page;
        await ben.OpenAs("Ben Berger", "/");
        await Press(page, page.GetByRole(AriaRole.Navigation, new() { Name = "Main" }).GetByRole(AriaRole.Link, new() { Name = "My approvals" }));
        var card = page.Locator("section.waiting").Filter(new() { HasText = Why });
        await Press(page, card.Locator("summary").First);
        await Press(page, card.GetByRole(AriaRole.Button, new() { Name = "Approve" }));
        await Expect(page.GetByText("You approved this request")).ToBeVisibleAsync();
        ben.CheckQuiet();
    }

    private Task<Reader> Open() => chromium.Open(host.Address, Look.Desktop, script: false);

    private static async Task Press(IPage page, ILocator wanted)
    {
        await Reach(page, wanted);
        await page.Keyboard.PressAsync("Enter");
    }

    /// <summary>Goes on with Tab until it is there; what has the focus then shows it.</summary>
    private static async Task Reach(IPage page, ILocator wanted)
    {
        await Expect(wanted).ToBeVisibleAsync();
        for (var keys = 0; keys < 80; keys++)
        {
            if (await wanted.EvaluateAsync<bool>("element => element === document.activeElement"))
            {
                Assert.NotEqual("none", await wanted.EvaluateAsync<string>("element => getComputedStyle(element).outlineStyle"));
                return;
            }

            await page.Keyboard.PressAsync("Tab");
        }

        Assert.Fail($"No number of Tabs leads to {wanted}.");
    }
}
