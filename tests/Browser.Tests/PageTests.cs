using AccessFunctions.Tests.Shared;
using Microsoft.Playwright;

namespace AccessFunctions.Browser.Tests;

/// <summary>Every page with words on it that were written to do harm, at both widths, in both schemes, and without JavaScript.</summary>
[TakesLong]
public sealed class PageTests(Chromium chromium, PageTests.Host host) : IClassFixture<PageTests.Host>
{
    private static Wording Words => Wording.Hostile;

    /// <summary>Who looks, as an id; "" is nobody.</summary>
    public static TheoryData<string> People => ["", "alice", "ben", "bob", "carol", "dave", "erin"];

    [Theory]
    [MemberData(nameof(People))]
    public async Task Pages_AreReadable_AndRunNothingThatPeopleWrote(string person)
    {
        await using var reader = await chromium.Open(host.Demo.Address, Look.Desktop);
        string? signedIn = null;
        foreach (var stop in Stops(person))
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

    [Theory]
    [MemberData(nameof(People))]
    public async Task Pages_WorkWithoutJavaScript(string person)
    {
        await using var reader = await chromium.Open(host.Demo.Address, new Look(Phone: true, Dark: false), script: false);
        string? signedIn = null;
        foreach (var stop in Stops(person))
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
        await using var reader = await chromium.Open(host.Demo.Address, Look.Desktop);
        await reader.Visit(new Stop("", "dave", $"/requests/{host.Seed.Requests["by-hand"]}"), Words, null);
        await Assertions.Expect(reader.Page.Locator("h1")).ToHaveTextAsync($"manual/{Words.Thing}");
        await Assertions.Expect(reader.Page.Locator("#one-request dd").First).ToContainTextAsync(Words.People["alice"]);
        await Assertions.Expect(reader.Page.Locator(".timeline .quote").First).ToHaveTextAsync(Words.Reasons[1]);
        Assert.Equal(0, await reader.Page.Locator("main script, main img, main svg").CountAsync());
        reader.CheckQuiet();
    }

    private IEnumerable<Stop> Stops(string person) => Tour.Of(host.Seed, Words.Thing).Where(stop => (stop.Person ?? "") == person);

    /// <summary>A demo with hostile words in everything that people write.</summary>
    public sealed class Host : IAsyncLifetime
    {
        internal DemoHost Demo { get; } = new();
        internal Seed Seed { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            await Demo.Start(null, static folder => Seed.Configure(folder, Words), slack: true);
            Seed = new Seed(Demo, Words);
            await Seed.History(1);
            await Seed.Today();
        }

        public ValueTask DisposeAsync() => Demo.DisposeAsync();
    }
}
