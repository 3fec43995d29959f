using Microsoft.Playwright;

namespace AccessFunctions.Browser.Tests;

/// <summary>Chapters that several stories share. Each opens the browsers of those who act in it.</summary>
internal static class Story
{
    /// <summary>An approver decides by the link in their newest mail, signed in nowhere.</summary>
    public static async Task ApproveByMail(Chromium chromium, Uri host, string person, string comment)
    {
        await using var reader = await chromium.Open(host, Look.Desktop);
        await reader.FollowMail(person, "Alice Arnold");
        await reader.Page.GetByLabel("Comment (optional)").FillAsync(comment);
        await reader.Page.GetByRole(AriaRole.Button, new() { Name = "Approve" }).ClickAsync();
        await Expect(reader.Page.Locator("h1")).ToHaveTextAsync("You approved this request");
        reader.CheckQuiet();
    }

    /// <summary>An approver signs in, sees in the navigation that something waits, and decides on it in the list.</summary>
    /// <param name="why">The requester's words, by which it is found.</param>
    public static async Task ApproveByPage(Chromium chromium, Uri host, string name, string why)
    {
        await using var reader = await chromium.Open(host, Look.Desktop);
        await reader.OpenAs(name, "/");
        await Expect(reader.Page.GetByText("waiting for you").First).ToBeAttachedAsync();
        await reader.Follow("My approvals");
        var card = reader.Page.Locator("section.waiting").Filter(new() { HasText = why });
        await card.GetByText("Approve", new() { Exact = true }).First.ClickAsync();
        await card.GetByRole(AriaRole.Button, new() { Name = "Approve" }).ClickAsync();
        await Expect(reader.Page.GetByText("You approved this request")).ToBeVisibleAsync();
        await Expect(reader.Page.Locator("section.waiting").Filter(new() { HasText = why })).ToHaveCountAsync(0);
        reader.CheckQuiet();
    }

    /// <summary>Shows the secret of the request that is open, copies a field of it with one click, and hides it again.</summary>
    /// <returns>What was copied.</returns>
    public static async Task<string> CopySecret(Reader reader, string field)
    {
        var page = reader.Page;
        await page.GetByRole(AriaRole.Button, new() { Name = "Show the secret" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "The secret" })).ToBeVisibleAsync();
        var value = page.Locator(".secret-field").Filter(new() { HasText = field }).Locator("pre");
        await Expect(value).ToBeHiddenAsync();
        await page.GetByText($"Show or hide {field}").ClickAsync();
        await Expect(value).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = $"Copy {field}" }).ClickAsync();
        await Expect(page.Locator("#said")).ToHaveTextAsync("Copied.");
        var copied = await page.EvaluateAsync<string>("() => navigator.clipboard.readText()");
        Assert.Equal(await value.TextContentAsync(), copied);
        await page.GetByText($"Show or hide {field}").ClickAsync();
        await Expect(value).ToBeHiddenAsync();
        Assert.DoesNotContain(copied, page.Url, StringComparison.Ordinal);
        reader.CheckQuiet();
        return copied;
    }

    /// <summary>An approver takes live access away, from their list; not without saying why.</summary>
    public static async Task RevokeByPage(Chromium chromium, Uri host, string name, string path, string why)
    {
        await using var reader = await chromium.Open(host, Look.Desktop);
        await reader.OpenAs(name, "/approvals");
        await reader.Page.Locator($"a[href='{path}#revoke']").ClickAsync();
        var revoke = reader.Page.Locator("details#revoke");
        await revoke.GetByRole(AriaRole.Button, new() { Name = "Revoke this access" }).ClickAsync();
        await Expect(revoke.GetByLabel("Why it has to end")).ToBeFocusedAsync();
        await revoke.GetByLabel("Why it has to end").FillAsync(why);
        await revoke.GetByRole(AriaRole.Button, new() { Name = "Revoke this access" }).ClickAsync();
        await Expect(reader.Page.GetByText("You revoked this access")).ToBeVisibleAsync();
        reader.CheckQuiet();
    }

    /// <summary>The open page says that the access was revoked and is gone, how that is known, every step to it, and that the chain holds.</summary>
    /// <param name="proof">The step that proves it.</param>
    public static async Task CheckGone(Reader reader, string proof)
    {
        var page = reader.Page;
        await Expect(page.Locator(".status").First).ToHaveTextAsync("Revoked");
        await Expect(page.Locator("#record table").First.GetByText("Proven gone", new() { Exact = true })).ToBeVisibleAsync();
        var told = await page.Locator(".timeline > li > div:nth-child(2)").AllTextContentsAsync();
        string[] steps =
        [
            "Access was asked for.", "An approver approved the request.", "A level of approval was passed.", "An approver approved the request.",
            "Access was given.", "Access was revoked before its end.", proof, "The request was closed.",
        ];
        var at = -1;
        foreach (var step in steps)
        {
            at = told.ToList().IndexOf(step, at + 1);
            Assert.True(at >= 0, $"\"{step}\" is missing, or out of order, in: {string.Join(" ", told)}");
        }

        await Expect(page.Locator(".timeline")).ToContainTextAsync("by e-mail link · level 1");
        await Expect(page.GetByText("Chain verified")).ToBeVisibleAsync();
        reader.CheckQuiet();
    }

    /// <summary>The auditor verifies the whole trail.</summary>
    public static async Task CheckTrail(Chromium chromium, Uri host)
    {
        await using var erin = await chromium.Open(host, Look.Desktop);
        await erin.OpenAs("Erin Evans", "/audit");
        await erin.Page.GetByRole(AriaRole.Button, new() { Name = "Verify the whole trail" }).ClickAsync();
        await Expect(erin.Page.GetByText("The trail is sound.")).ToBeVisibleAsync();
        erin.CheckQuiet();
    }

    private static ILocatorAssertions Expect(ILocator locator) => Assertions.Expect(locator);
}
