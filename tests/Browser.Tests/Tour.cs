using Microsoft.Playwright;

namespace AccessFunctions.Browser.Tests;

/// <summary>A page as somebody sees it.</summary>
/// <param name="Name">Of its picture.</param>
/// <param name="Person">The id of who looks; null: nobody is signed in.</param>
/// <param name="Path">Its address.</param>
/// <param name="Then">What is done there first; null: nothing. Works without JavaScript too.</param>
internal sealed record Stop(string Name, string? Person, string Path, Func<IPage, Task>? Then = null);

/// <summary>Every page, with something on it.</summary>
internal static class Tour
{
    /// <summary>All of them, those of one person together.</summary>
    /// <param name="seed">The requests that are there.</param>
    /// <param name="thing">The resource that is given by hand.</param>
    public static IReadOnlyList<Stop> Of(Seed seed, string thing)
    {
        string One(string which) => $"/requests/{seed.Requests[which]}";
        return
        [
            new("signin", null, "/signin"),
            new("mails", null, "/demo/mail"),
            new("mail", null, "/demo/mail?to=bob@demo.invalid", static page => page.Locator(".mails a").First.ClickAsync()),
            new("review", null, "/demo/mail?to=carol@demo.invalid", static async page =>
            {
                await page.Locator(".mails a").First.ClickAsync();
                await page.Locator(".mail a[href*='/review/']").First.ClickAsync();
            }),
            new("review-foreign", null, "/review/nonsense"),
            new("errors", null, "/errors"),
            new("home", "alice", "/"),
            new("request", "alice", "/request"),
            new("request-none", "alice", "/request?q=nothing+has+this+name"),
            new("request-form", "alice", "/request?resource=vault%2Fdb-admin&kind=Credential"),
            new("request-by-hand", "alice", $"/request?resource={Uri.EscapeDataString($"manual/{thing}")}&kind=Other"),
            new("request-errors", "alice", "/request?resource=vault%2Fdb-admin&kind=Credential", static async page =>
            {
                // As a browser does that checks nothing before it sends.
                await page.EvaluateAsync("() => { document.querySelector('form.ask').noValidate = true; }");
                await page.GetByRole(AriaRole.Button, new() { Name = "Request access", Exact = true }).ClickAsync();
                await Assertions.Expect(page.Locator(".errors")).ToBeVisibleAsync();
            }),
            new("one-open", "alice", $"{One("open")}?done=submit"),
            new("one-active", "alice", One("active")),
            new("one-secret", "alice", One("active"), static async page =>
            {
                await page.GetByRole(AriaRole.Button, new() { Name = "Show the secret" }).ClickAsync();
                await page.Locator(".secret-field summary").First.ClickAsync();
            }),
            new("one-recording", "alice", One("recording"), static page => page.GetByRole(AriaRole.Button, new() { Name = "Get the link to the recording" }).ClickAsync()),
            new("recording", "alice", One("recording"), static async page =>
            {
                await page.GetByRole(AriaRole.Button, new() { Name = "Get the link to the recording" }).ClickAsync();
                await page.GetByRole(AriaRole.Link, new() { Name = "Watch the recording" }).ClickAsync();
                await Assertions.Expect(page.GetByText("REINDEX INDEX CONCURRENTLY")).ToBeVisibleAsync();
            }),
            new("one-ended", "alice", One("ended"), static page => page.GetByText("All events of this request").ClickAsync()),
            new("one-denied", "alice", One("denied")),
            new("one-by-hand", "alice", One("by-hand")),
            new("profile", "alice", "/profile"),
            new("profile-code", "alice", "/profile", static async page =>
            {
                if (!await page.GetByLabel("Your Slack member id").IsVisibleAsync()) await page.Locator("#slack-user").ClickAsync();
                await page.GetByLabel("Your Slack member id").FillAsync("U0123ALICE");
                await page.GetByRole(AriaRole.Button, new() { Name = "Send me a code in Slack" }).ClickAsync();
                await Assertions.Expect(page.GetByText("Type the code")).ToBeVisibleAsync();
            }),
            new("missing", "alice", "/requests/r-00000000000000000000000000000000"),
            new("home-empty", "ben", "/"),
            new("approvals", "bob", "/approvals"),
            new("approvals-open", "bob", "/approvals", static async page =>
            {
                await page.Locator("section.waiting summary").First.ClickAsync();
                await page.Locator("section.waiting summary").Nth(1).ClickAsync();
            }),
            new("one-to-decide", "carol", One("second")),
            new("one-emergency", "carol", One("emergency")),
            new("access-own", "carol", "/access"),
            new("access-own-identities", "carol", "/access?by=Identity"),
            new("profile-linked", "carol", "/profile"),
            new("approvals-none", "erin", "/approvals"),
            new("audit", "erin", "/audit"),
            new("retention", "dave", "/audit/retention"),
            new("audit-filtered", "erin", "/audit?type=access.request.submitted&actor=alice", static page => page.GetByText("Filters", new() { Exact = true }).ClickAsync()),
            new("audit-verified", "erin", "/audit", static page => page.GetByRole(AriaRole.Button, new() { Name = "Verify the whole trail" }).ClickAsync()),
            new("group-gone-read", "erin", $"/access-groups/{Seed.DeletedGroup}"),
            new("requests", "dave", "/requests"),
            new("requests-filtered", "dave", "/requests?status=Closed&emergency=true", static page => page.GetByText("Filters", new() { Exact = true }).ClickAsync()),
            new("requests-none", "dave", "/requests?resource=nothing"),
            new("requests-wrong", "dave", "/requests?from=yesterday"),
            new("access", "dave", "/access"),
            new("access-by-resource", "dave", "/access?by=Resource"),
            new("access-by-platform", "dave", "/access?by=Platform"),
            new("access-by-identity", "dave", "/access?by=Identity"),
            new("access-ways", "dave", "/access?by=Way"),
            new("access-found", "dave", "/access?by=Found"),
            new("identity", "dave", "/access?by=Identity", static page => page.Locator("td[data-label='Identity'] a").First.ClickAsync()),
            new("groups", "dave", "/access-groups"),
            new("group", "dave", "/access-groups/by-hand"),
            new("group-edit", "dave", "/access-groups/by-hand/edit"),
            new("group-diff", "dave", "/access-groups/by-hand/edit", static async page =>
            {
                var text = page.Locator("textarea").First;
                await text.FillAsync((await text.InputValueAsync()).Replace("\"4h\"", "\"2h\"", StringComparison.Ordinal));
                await page.GetByRole(AriaRole.Button, new() { Name = "See what would change" }).ClickAsync();
                await Assertions.Expect(page.Locator("ins").First).ToBeVisibleAsync();
            }),
            new("group-errors", "dave", "/access-groups/by-hand/edit", static async page =>
            {
                await page.Locator("textarea").First.FillAsync("{ \"id\": \"by-hand\", \"maxDuration\": \"never\" }");
                await page.GetByRole(AriaRole.Button, new() { Name = "See what would change" }).ClickAsync();
                await Assertions.Expect(page.Locator(".errors")).ToBeVisibleAsync();
            }),
            new("group-new", "dave", "/new-access-group"),
            new("group-delete", "dave", "/access-groups/by-hand/delete"),
            new("group-versions", "dave", $"/access-groups/{Seed.EditedGroup}", static page => page.GetByText("What changed").First.ClickAsync()),
            new("group-restore", "dave", $"/access-groups/{Seed.EditedGroup}", static page => Restore(page)),
            new("group-gone", "dave", $"/access-groups/{Seed.DeletedGroup}", static page => page.GetByText("The text that was deleted").ClickAsync()),
            new("group-restore-gone", "dave", $"/access-groups/{Seed.DeletedGroup}", static page => Restore(page)),
            new("unknown", "dave", "/no-such-page"),
        ];
    }

    private static async Task Restore(IPage page)
    {
        await page.GetByRole(AriaRole.Link, new() { Name = "Restore this version" }).First.ClickAsync();
        await Assertions.Expect(page.Locator("textarea")).ToBeVisibleAsync();
    }

    /// <summary>Opens a page and does there what is to be done.</summary>
    /// <param name="signedIn">Who is signed in in this browser.</param>
    public static async Task Visit(this Reader reader, Stop stop, Wording words, string? signedIn)
    {
        await reader.Page.GotoAsync(stop.Path);
        if (stop.Person is not null && signedIn != stop.Person)
        {
            await reader.ChoosePerson(words.People[stop.Person]);
            await Assertions.Expect(reader.Page.GetByText("Signed in as")).ToBeVisibleAsync();
        }

        if (stop.Then is not null) await stop.Then(reader.Page);
    }
}
