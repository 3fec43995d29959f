using Microsoft.Playwright;

namespace AccessFunctions.Browser.Tests;

/// <summary>What people do on the pages, click by click. Nothing here calls the API.</summary>
internal static class Clicks
{
    /// <summary>Longer than any page waits before it refreshes itself, in milliseconds.</summary>
    private const long Refresh = 25_000;

    /// <summary>What is asked for.</summary>
    /// <param name="Search">A part of the resource's name.</param>
    /// <param name="Role">Null: the kind has none.</param>
    internal sealed record Wish(string Search, string Resource, string Kind, string Why, string? Role = null);

    /// <summary>Opens the form for a wish, by searching for it.</summary>
    public static async Task Find(this Reader reader, Wish wish)
    {
        var page = reader.Page;
        await reader.Follow("Request access");
        await page.GetByLabel("Name or description").FillAsync(wish.Search);
        await page.GetByRole(AriaRole.Button, new() { Name = "Search" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = $"{wish.Kind} on {wish.Resource}", Exact = true }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "What applies" })).ToBeVisibleAsync();
    }

    /// <summary>Searches, fills the form and submits it. The browser is on the request's page then.</summary>
    /// <returns>The page's path.</returns>
    public static async Task<string> Ask(this Reader reader, Wish wish)
    {
        var page = reader.Page;
        await reader.Find(wish);
        if (wish.Role is not null) await page.GetByLabel("Role").SelectOptionAsync(wish.Role);
        await page.GetByLabel("Why you need it").FillAsync(wish.Why);
        await page.GetByRole(AriaRole.Button, new() { Name = "Request access", Exact = true }).ClickAsync();
        await Expect(page.GetByText("Your request is in.")).ToBeVisibleAsync();
        return new Uri(page.Url).AbsolutePath;
    }

    /// <summary>Goes to a page by the navigation.</summary>
    public static async Task Follow(this Reader reader, string entry)
    {
        await reader.Page.GetByRole(AriaRole.Navigation, new() { Name = "Main" }).GetByRole(AriaRole.Link, new() { Name = entry }).First.ClickAsync();
        await Expect(reader.Page.Locator("h1")).ToContainTextAsync(entry);
    }

    /// <summary>Opens the newest mail of a person of the demo whose subject has a word, and follows its link.</summary>
    public static async Task FollowMail(this Reader reader, string person, string subject)
    {
        var page = reader.Page;
        await page.GotoAsync($"/demo/mail?to={person}@demo.invalid");
        var mail = page.Locator(".mails a").Filter(new() { HasText = subject }).First;

        // Mails are files that are written beside the request; the list is no page that refreshes by itself.
        for (var tries = 0; tries < 50 && await mail.CountAsync() == 0; tries++) await page.ReloadAsync();
        await mail.ClickAsync();
        await page.Locator(".mail a[href*='/review/']").First.ClickAsync();
        Assert.Contains("/review/", page.Url, StringComparison.Ordinal);
    }

    /// <summary>Unfolds an action of a request, fills its text and sends it.</summary>
    /// <param name="action">The word of the action, as in the address of its form.</param>
    /// <param name="field">The text's label; null: nothing is filled.</param>
    public static async Task Act(this Reader reader, string action, string button, string? field = null, string? words = null)
    {
        var frame = reader.Page.Locator($"details[id$='{action}']").First;
        await Expect(frame).ToBeVisibleAsync();
        if (await frame.GetAttributeAsync("open") is null) await frame.Locator("summary").ClickAsync();
        if (field is not null) await frame.GetByLabel(field).FillAsync(words!);
        await frame.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();
    }

    /// <summary>Lets the time pass after which an open page refreshes by itself. The page's clock has to be installed.</summary>
    public static Task LetTimePass(this Reader reader) => reader.Page.Clock.FastForwardAsync(Refresh);

    private static ILocatorAssertions Expect(ILocator locator) => Assertions.Expect(locator);
}
