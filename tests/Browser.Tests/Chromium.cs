using AccessFunctions.Browser.Tests;
using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(Chromium))]

namespace AccessFunctions.Browser.Tests;

/// <summary>
/// The one browser of all tests: the machine's own Chromium. Where there is none the tests are skipped, but under <c>CI=true</c> they fail.
/// </summary>
public sealed class Chromium : IAsyncLifetime
{
    /// <summary>Names another program than those that are looked for.</summary>
    private const string Variable = "ACCESS_CHROMIUM";
    private static readonly string[] Usual = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async ValueTask InitializeAsync()
    {
        var program = Environment.GetEnvironmentVariable(Variable) ?? Usual.FirstOrDefault(File.Exists);
        if (program is null) return;
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = program, Args = ["--no-sandbox", "--disable-dev-shm-usage"] });
    }

    /// <summary>A reader with a browser of their own: no cookie, and the look that is asked for.</summary>
    public async Task<Reader> Open(Uri host, Look look, bool script = true)
    {
        if (_browser is null)
        {
            const string Missing = $"There is no Chromium: install it (apt-get install chromium), or name it in {Variable}.";
            if (Environment.GetEnvironmentVariable("CI") == "true") Assert.Fail(Missing);
            Assert.Skip(Missing);
        }

        var context = await _browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = host.AbsoluteUri,
            ColorScheme = look.Dark ? ColorScheme.Dark : ColorScheme.Light,
            ViewportSize = look.Phone ? new ViewportSize { Width = 390, Height = 844 } : new ViewportSize { Width = 1280, Height = 900 },
            IsMobile = look.Phone,
            HasTouch = look.Phone,
            JavaScriptEnabled = script,
            TimezoneId = "Europe/Athens",
            Locale = "en-GB",
            Permissions = ["clipboard-read", "clipboard-write"],
        });
        context.SetDefaultTimeout(30_000);
        return new Reader(context, await context.NewPageAsync());
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _playwright?.Dispose();
    }
}

/// <summary>How a reader sees pages.</summary>
public sealed record Look(bool Phone, bool Dark)
{
    /// <summary>Each width with each scheme.</summary>
    public static TheoryData<bool, bool> All => new() { { false, false }, { false, true }, { true, false }, { true, true } };

    public static Look Desktop { get; } = new(false, false);
}
