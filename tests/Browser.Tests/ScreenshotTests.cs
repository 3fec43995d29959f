using Microsoft.Playwright;

namespace AccessFunctions.Browser.Tests;

/// <summary>Makes pictures of pages, when <c>ACCESS_RENEW_SCREENSHOTS</c> names a folder; else it does nothing.</summary>
public sealed class ScreenshotTests(Chromium chromium)
{
    [Fact]
    public async Task Pictures_AreRenewed()
    {
        if (Environment.GetEnvironmentVariable("ACCESS_RENEW_SCREENSHOTS") is not { Length: > 0 } folder) return;
        var only = Environment.GetEnvironmentVariable("ONLY")?.Split(',');
        var words = Environment.GetEnvironmentVariable("HOSTILE") is null ? Wording.Nice : Wording.Hostile;
        await using var host = new DemoHost();
        await host.Start(null, path => Seed.Configure(path, words));
        var seed = new Seed(host, words);
        await seed.History(13);
        await seed.Today();
        foreach (var person in Tour.Of(seed, words.Thing).Where(stop => only is null || only.Contains(stop.Name)).GroupBy(stop => stop.Person))
        {
            await using var reader = await chromium.Open(host.Address, Look.Desktop);
            string? signedIn = null;
            foreach (var stop in person)
            {
                await reader.Visit(stop, words, signedIn);
                signedIn = stop.Person;
                foreach (var dark in new[] { false, true })
                    foreach (var phone in new[] { false, true })
                    {
                        await reader.Page.EmulateMediaAsync(new() { ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light });
                        await reader.Page.SetViewportSizeAsync(phone ? 360 : 1280, 800);
                        await reader.Page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{stop.Name}-{(phone ? "phone" : "wide")}-{(dark ? "dark" : "light")}.png"), FullPage = true });
                    }

                await reader.Page.SetViewportSizeAsync(1280, 900);
            }
        }
    }
}
