using AccessFunctions.Tests.Shared;
using Microsoft.Playwright;

namespace AccessFunctions.Browser.Tests;

/// <summary>
/// Every page with words on it that were written to do harm, at both widths, in both schemes, and without JavaScript. Classes are people who look
/// side by side: all of them together take longest of all tests.
/// </summary>
public abstract class PageTests(Chromium chromium, HostileDemo demo)
{
    /// <summary>Who asks and decides, as ids; "" is nobody.</summary>
    public static TheoryData<string> Askers => ["", "alice", "ben", "bob", "carol"];

    /// <summary>Who watches over them.</summary>
    public static TheoryData<string> Watchers => ["dave", "erin"];

    private protected static Wording Words => HostileDemo.Words;

    protected HostileDemo Demo => demo;

    /// <summary>Goes from page to page of a person, and checks each in every look.</summary>
    protected async Task CheckPages(string person)
    {
        var stops = await Stops(person);
        await using var reader = await Open(Look.Desktop);
        string? signedIn = null;
        foreach (var stop in stops)
        {
            await reader.Page.SetViewportSizeAsync(1280, 900);
            await reader.Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
            await reader.Visit(stop, Words, signedIn);
            signedIn = stop.Person;
            await reader.CheckPage(stop.Name);
            await reader.Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
            await reader.CheckPage(stop.Name, colours: true);
            await reader.Page.SetViewportSizeAsync(360, 780);
            await reader.CheckPage(stop.Name);
            await reader.Page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
            await reader.CheckPage(stop.Name, colours: true);
        }
    }

    /// <summary>The stops of a person, of whom there is at least one.</summary>
    private protected async Task<IReadOnlyList<Stop>> Stops(string person)
    {
        var stops = Tour.Of(await demo.Seed, Words.Thing);
        string[] seen = [.. Askers.Concat(Watchers).Select(static row => row.Data)];
        Assert.Empty(stops.Select(static stop => stop.Person ?? "").Except(seen));
        var own = stops.Where(stop => (stop.Person ?? "") == person).ToList();
        Assert.NotEmpty(own);
        return own;
    }

    /// <summary>Opens a browser on the demo, which has been filled.</summary>
    protected async Task<Reader> Open(Look look, bool script = true)
    {
        await demo.Seed;
        return await chromium.Open(demo.Address, look, script);
    }
}

/// <summary>The pages of those who ask and decide.</summary>
[TakesLong]
public sealed class AskersPageTests(Chromium chromium, HostileDemo demo) : PageTests(chromium, demo)
{
    [Theory]
    [MemberData(nameof(Askers))]
    public Task Pages_AreReadable_AndRunNothingThatPeopleWrote(string person) => CheckPages(person);
}

/// <summary>The pages of those who watch over the others.</summary>
[TakesLong]
public sealed class WatchersPageTests(Chromium chromium, HostileDemo demo) : PageTests(chromium, demo)
{
    [Theory]
    [MemberData(nameof(Watchers))]
    public Task Pages_AreReadable_AndRunNothingThatPeopleWrote(string person) => CheckPages(person);
}

/// <summary>The pages as words alone.</summary>
[TakesLong]
public sealed class PlainPageTests(Chromium chromium, HostileDemo demo) : PageTests(chromium, demo)
{
    [Theory]
    [MemberData(nameof(Askers))]
    [MemberData(nameof(Watchers))]
    public async Task Pages_WorkWithoutJavaScript(string person)
    {
        var stops = await Stops(person);
        await using var reader = await Open(new Look(Phone: true, Dark: false), script: false);
        string? signedIn = null;
        foreach (var stop in stops)
        {
            await reader.Visit(stop, Words, signedIn);
            signedIn = stop.Person;
            await reader.CheckWidth(stop.Name);
            reader.CheckQuiet();
        }
    }

    [Fact]
    public async Task WhatPeopleWrote_IsSeenAsText()
    {
        await using var reader = await Open(Look.Desktop);
        await reader.Visit(new Stop("", "dave", $"/requests/{(await Demo.Seed).Requests["by-hand"]}"), Words, null);
        await Assertions.Expect(reader.Page.Locator("h1")).ToHaveTextAsync($"manual/{Words.Thing}");
        await Assertions.Expect(reader.Page.Locator("#one-request dd").First).ToContainTextAsync(Words.People["alice"]);
        await Assertions.Expect(reader.Page.Locator(".timeline .quote").First).ToHaveTextAsync(Words.Reasons[1]);
        Assert.Equal(0, await reader.Page.Locator("main script, main img, main svg").CountAsync());
        reader.CheckQuiet();
    }
}
