using System.Collections.Concurrent;
using System.Text.Json;
using AccessFunctions.Tests.Shared;
using Microsoft.Playwright;

namespace AccessFunctions.Browser.Tests;

/// <summary>Somebody at a browser. What the browser complains about is kept, and the test fails with it.</summary>
public sealed class Reader : IAsyncDisposable
{
    private static readonly string Axe = Path.Combine(AppContext.BaseDirectory, "Axe");
    private static readonly Lazy<Task> AxeInstalled = new(static () => NodePackages.Install(Axe));
    private static readonly Lazy<Task<string>> AxeSource = new(static () => File.ReadAllTextAsync(Path.Combine(Axe, "node_modules", "axe-core", "axe.min.js")));
    private static readonly string[] Coloured = ["color-contrast", "link-in-text-block"];
    private readonly IBrowserContext _context;
    private readonly ConcurrentQueue<string> _complaints = new();

    internal Reader(IBrowserContext context, IPage page)
    {
        (_context, Page) = (context, page);
        page.Dialog += async (_, dialog) =>
        {
            _complaints.Enqueue($"Something that people wrote has run: {dialog.Message}");
            await dialog.DismissAsync();
        };
        page.PageError += (_, error) => _complaints.Enqueue(error);
        page.Console += (_, line) =>
        {
            // A refused call is a line of its own in the console, and so is a field whose text is no date; whether that should be is the test's to say.
            if (line.Type is not ("error" or "warning")) return;
            if (!line.Text.StartsWith("Failed to load resource", StringComparison.Ordinal) && !line.Text.StartsWith("The specified value", StringComparison.Ordinal)) _complaints.Enqueue(line.Text);
        };
    }

    public IPage Page { get; }

    /// <summary>Signs in as a person of the demo, on the page where the browser is.</summary>
    public async Task ChoosePerson(string name) => await Page.GetByRole(AriaRole.Button, new() { Name = name }).ClickAsync();

    /// <summary>Opens an address as a person of the demo.</summary>
    public async Task OpenAs(string name, string path)
    {
        await Page.GotoAsync(path);
        await ChoosePerson(name);
        await Assertions.Expect(Page.GetByText("Signed in as")).ToBeVisibleAsync();
    }

    /// <summary>The page can be used by everybody: axe finds nothing serious, nothing reaches beyond the width, and the browser did not complain.</summary>
    /// <param name="name">What the failure calls it; null: its address.</param>
    /// <param name="colours">True: only what another scheme can change, and the width.</param>
    public async Task CheckPage(string? name = null, bool colours = false)
    {
        NodePackages.Require("axe");
        await AxeInstalled.Value;
        if (!await Page.EvaluateAsync<bool>("() => 'axe' in window")) await Page.EvaluateAsync(await AxeSource.Value + "; undefined");
        var found = await Page.EvaluateAsync<JsonElement>("rules => axe.run(document, { resultTypes: ['violations'], preload: false, ...(rules && { runOnly: rules }) })", colours ? Coloured : null);
        var serious = found.GetProperty("violations").EnumerateArray()
            .Where(static violation => violation.GetProperty("impact").GetString() is "serious" or "critical")
            .Select(static violation => $"{violation.GetProperty("id")}: {violation.GetProperty("help")} at {string.Join(", ", violation.GetProperty("nodes").EnumerateArray().Select(static node => node.GetProperty("html").ToString()))}")
            .ToList();
        Assert.True(serious.Count == 0, $"{name} {Page.Url}\n{string.Join('\n', serious)}");
        await CheckWidth(name);
        CheckQuiet();
    }

    /// <summary>Nothing reaches beyond the width, and the page says once what it is.</summary>
    /// <param name="name">What the failure calls it; null: its address.</param>
    public async Task CheckWidth(string? name = null)
    {
        var beyond = await Page.EvaluateAsync<string>("""
            () => {
              const width = document.documentElement.clientWidth;
              if (document.documentElement.scrollWidth <= width) return '';
              return [...document.body.querySelectorAll('*')].filter((element) => element.getBoundingClientRect().right > width + 1).map((element) => element.outerHTML.slice(0, 200)).slice(-3).join('\n') || 'something';
            }
            """);
        Assert.True(beyond.Length == 0, $"{name} {Page.Url} is wider than the screen:\n{beyond}");
        Assert.Equal(1, await Page.Locator("h1").CountAsync());
    }

    /// <summary>The browser did not complain, for example about what the pages' policy forbids.</summary>
    public void CheckQuiet() => Assert.Empty(_complaints);

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();
}
