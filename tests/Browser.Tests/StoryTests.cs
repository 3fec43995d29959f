using Microsoft.Playwright;

namespace AccessFunctions.Browser.Tests;

/// <summary>The main job, by clicking and nothing else, each person in a browser of their own: what they see is what the others did.</summary>
public sealed class StoryTests(Chromium chromium, DemoHost host) : IClassFixture<DemoHost>
{
    private static readonly Clicks.Wish DbAdmin = new("staging", "vault/db-admin", "Credential", "quarter-end check");

    private static ILocatorAssertions Expect(ILocator locator) => Assertions.Expect(locator);

    [Fact]
    public async Task Secret_IsAskedFor_ApprovedTwice_Shown_Revoked_AndConfirmedGone()
    {
        await using var alice = await chromium.Open(host.Address, Look.Desktop);
        await alice.Page.Clock.InstallAsync();
        await alice.OpenAs("Alice Arnold", "/");
        await alice.Find(DbAdmin);
        var applies = alice.Page.Locator("#applies");
        foreach (var fact in new[] { "vault-secrets", "Level 1: Ben Berger, Bob Brown", "Level 2: Carol Clark", "8h at most" }) await Expect(applies).ToContainTextAsync(fact);
        await applies.GetByText("Why this rule").ClickAsync();
        await Expect(applies.Locator("details li").First).ToBeVisibleAsync();

        // Without a reason it is not sent; with one it is, for the length that was chosen.
        await alice.Page.GetByRole(AriaRole.Button, new() { Name = "Request access", Exact = true }).ClickAsync();
        await Expect(alice.Page.GetByLabel("Why you need it")).ToBeFocusedAsync();
        await alice.Page.GetByLabel("How long", new() { Exact = true }).SelectOptionAsync("30m");
        await alice.Page.GetByLabel("Why you need it").FillAsync(DbAdmin.Why);
        await alice.Page.GetByRole(AriaRole.Button, new() { Name = "Request access", Exact = true }).ClickAsync();
        await Expect(alice.Page.GetByText("Your request is in.")).ToBeVisibleAsync();
        await Expect(alice.Page.GetByText("Level 1 of 2, waiting for Ben Berger, Bob Brown")).ToBeVisibleAsync();
        var path = new Uri(alice.Page.Url).AbsolutePath;
        await Story.ApproveByMail(chromium, host.Address, "bob", "It is mine too.");
        await Story.ApproveByPage(chromium, host.Address, "Carol Clark", DbAdmin.Why);

        // Alice has touched nothing since: her page has to show it by itself.
        await alice.LetTimePass();
        await Expect(alice.Page.Locator(".status").First).ToHaveTextAsync("Active");
        await Expect(alice.Page.GetByText("Your request is in.")).ToHaveCountAsync(0);
        var secret = await Story.CopySecret(alice, "password");
        Assert.NotEmpty(secret);
        await alice.Follow("My requests");
        await alice.Page.GotoAsync(path);
        Assert.DoesNotContain(secret, await alice.Page.ContentAsync(), StringComparison.Ordinal);

        await Story.RevokeByPage(chromium, host.Address, "Carol Clark", path, "The check is done.");
        await using (var dave = await chromium.Open(host.Address, Look.Desktop))
        {
            await dave.OpenAs("Dave Dunn", path);
            await dave.Act("confirm-removed", "Confirm that the access is gone", "Comment", "Changed by hand.");
            await Expect(dave.Page.GetByText("Your confirmation is recorded.")).ToBeVisibleAsync();
            dave.CheckQuiet();
        }

        await alice.LetTimePass();
        await Story.CheckGone(alice, "A person confirmed the removal.");
        await Story.CheckTrail(chromium, host.Address);
    }

    [Fact]
    public async Task Emergency_SkipsApproval_IsTold_AndReviewed()
    {
        await using var alice = await chromium.Open(host.Address, Look.Desktop);
        await alice.OpenAs("Alice Arnold", "/");
        var path = await alice.Ask(new("relay", "vault/mail-relay", "Credential", "mails are stuck"));
        await Expect(alice.Page.GetByText("This skips every approval, and nobody can do it quietly.")).ToBeVisibleAsync();
        await alice.Act("emergency", "Skip approval and start now", "Why it cannot wait", "Customers get no mail.");
        await Expect(alice.Page.GetByText("The emergency is declared, and everyone who would have decided is told.")).ToBeVisibleAsync();
        await Expect(alice.Page.Locator(".status").First).ToHaveTextAsync("Active");
        await Expect(alice.Page.Locator("#one-request").GetByText("Emergency", new() { Exact = true })).ToBeVisibleAsync();
        Assert.NotEmpty(await Story.CopySecret(alice, "password"));
        alice.CheckQuiet();

        await using var ben = await chromium.Open(host.Address, Look.Desktop);
        await ben.FollowMail("ben", "mail-relay");
        await Expect(ben.Page.Locator("h1")).ToHaveTextAsync("Emergency: Alice Arnold has the credential vault/mail-relay without approval");
        await ben.Page.GetByRole(AriaRole.Link, new() { Name = "Sign in and open the request" }).ClickAsync();
        await ben.ChoosePerson("Ben Berger");
        Assert.Equal(path, new Uri(ben.Page.Url).AbsolutePath);
        await ben.Page.GetByLabel("Yes, ratify it").CheckAsync();
        await ben.Page.GetByRole(AriaRole.Button, new() { Name = "Send the review" }).ClickAsync();
        await Expect(ben.Page.GetByText("The emergency is ratified.")).ToBeVisibleAsync();
        ben.CheckQuiet();
    }

    [Fact]
    public async Task Denial_EndsIt_AndTheRequesterReadsWhy()
    {
        const string Reason = "The copy in the warehouse has it.";
        await using var alice = await chromium.Open(host.Address, Look.Desktop);
        await alice.Page.Clock.InstallAsync();
        await alice.OpenAs("Alice Arnold", "/");
        await alice.Ask(DbAdmin with { Why = "just a look" });
        await using (var bob = await chromium.Open(host.Address, Look.Desktop))
        {
            await bob.OpenAs("Bob Brown", "/approvals");
            var card = bob.Page.Locator("section.waiting").Filter(new() { HasText = "just a look" });
            await card.GetByText("Deny", new() { Exact = true }).First.ClickAsync();
            await card.GetByRole(AriaRole.Button, new() { Name = "Deny" }).ClickAsync();
            await Expect(card.GetByLabel("Why not")).ToBeFocusedAsync();
            await card.GetByLabel("Why not").FillAsync(Reason);
            await card.GetByRole(AriaRole.Button, new() { Name = "Deny" }).ClickAsync();
            await Expect(bob.Page.GetByText("You denied this request")).ToBeVisibleAsync();
            bob.CheckQuiet();
        }

        await alice.LetTimePass();
        await Expect(alice.Page.Locator(".status").First).ToHaveTextAsync("Denied");
        await Expect(alice.Page.Locator(".timeline").GetByText(Reason)).ToBeVisibleAsync();
        await Expect(alice.Page.GetByRole(AriaRole.Heading, new() { Name = "What you can do" })).ToHaveCountAsync(0);
        alice.CheckQuiet();
    }
}
