using Microsoft.Playwright;

namespace AccessFunctions.Browser.Tests;

/// <summary>
/// Makes pictures of the pages; run by hand. Those of <c>docs/images</c>, or, where <c>ACCESS_SCREENSHOTS</c> names a folder, all pages at
/// both widths and in both schemes, for people to look at.
/// </summary>
public sealed class ScreenshotTests(Chromium chromium)
{
    /// <summary>The pictures of the documentation, by the stop of the tour they show.</summary>
    private static readonly (string Stop, string File, bool Phone, bool Dark)[] Shown =
    [
        ("home", "my-requests", false, false),
        ("request-form", "request-access", false, false),
        ("approvals", "my-approvals", false, false),
        ("requests", "requests", false, false),
        ("one-ended", "one-request", false, false),
        ("audit-verified", "audit", false, false),
        ("groups", "access-groups", false, false),
        ("one-active", "phone-dark", true, true),
    ];

    [Fact(Explicit = true)]
    public async Task Pictures_AreRenewed()
    {
        var all = Environment.GetEnvironmentVariable("ACCESS_SCREENSHOTS");
        var folder = Directory.CreateDirectory(all ?? Path.Combine(Repository(), "docs", "images")).FullName;
        await using var host = new DemoHost();
        await host.Start(null, static path => Seed.Configure(path, Wording.Nice), slack: all is not null);
        var seed = new Seed(host, Wording.Nice);
        await seed.History(13);
        await seed.Today();
        foreach (var person in Tour.Of(seed, Wording.Nice.Thing).Where(stop => all is not null || Shown.Any(shown => shown.Stop == stop.Name)).GroupBy(static stop => stop.Person))
        {
            await using var reader = await chromium.Open(host.Address, Look.Desktop);
            string? signedIn = null;
            foreach (var stop in person)
            {
                await reader.Page.SetViewportSizeAsync(1280, 900);
                await reader.Visit(stop, Wording.Nice, signedIn);
                signedIn = stop.Person;
                await reader.Page.EvaluateAsync("() => { document.activeElement?.blur(); scrollTo(0, 0); }");
                if (all is null)
                {
                    foreach (var (_, file, phone, dark) in Shown.Where(shown => shown.Stop == stop.Name)) await Take(reader.Page, Path.Combine(folder, $"{file}.png"), phone, dark, whole: false);
                    continue;
                }

                foreach (var (lookPhone, lookDark) in new[] { (false, false), (false, true), (true, false), (true, true) }) await Take(reader.Page, Path.Combine(folder, $"{stop.Name}-{(lookPhone ? "phone" : "wide")}-{(lookDark ? "dark" : "light")}.png"), lookPhone, lookDark, whole: true);
            }
        }
    }

    private static async Task Take(IPage page, string path, bool phone, bool dark, bool whole)
    {
        await page.EmulateMediaAsync(new() { ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light });
        await page.SetViewportSizeAsync(phone ? 390 : 1280, 800);
        await page.ScreenshotAsync(new() { Path = path, FullPage = whole });
    }

    private static string Repository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Embedded.slnf"))) folder = folder.Parent ?? throw new InvalidOperationException("This runs in no checkout.");
        return folder.FullName;
    }
}
