using AccessFunctions.Api.Tests.Oidc;
using AccessFunctions.Conformance.Tests;
using AccessFunctions.Embedded;
using AccessFunctions.Tests.Shared;
using Microsoft.Playwright;

namespace AccessFunctions.Browser.Tests;

/// <summary>Signing in at a real OpenID provider, with a real browser between it and a host that is no demo.</summary>
public sealed class SignInTests(Chromium chromium)
{
    [Fact]
    public async Task APersonSignsInAtTheProvider_AndComesBackToTheirPage()
    {
        var folder = Directory.CreateTempSubdirectory("access-signin-").FullName;
        var address = new Uri($"http://localhost:{FreePort.Find()}/");
        await using var provider = await OidcProvider.Start(redirect: $"{address}signin/callback");
        await ScenarioFolder.Write(Path.Combine(folder, "config"));
        var people = Path.Combine(folder, "config", "people.yaml");
        await File.WriteAllTextAsync(people, (await File.ReadAllTextAsync(people)).Replace(
            "{ id: dave,", $"{{ id: dave, credentials: [{{ issuer: \"{provider.Issuer}\", subject: dave }}],", StringComparison.Ordinal));
        await using (await EmbeddedHost.Start(new EmbeddedHostOptions
        {
            Data = Path.Combine(folder, "data"),
            Config = Path.Combine(folder, "config"),
            Urls = address.AbsoluteUri,
            Settings = new Dictionary<string, string?>
            {
                ["Oidc:Issuers:0:Issuer"] = provider.Issuer,
                ["Oidc:Issuers:0:Audience"] = "urn:access-functions",
                ["Oidc:Issuers:0:ClientId"] = "web",
                ["Oidc:Issuers:0:ClientSecret"] = "web-secret: +/%",
                ["Oidc:Issuers:0:Name"] = "the company",
            },
        }))
        {
            await using var reader = await chromium.Open(address, Look.Desktop);
            var page = reader.Page;
            await page.GotoAsync("/?limit=5");
            await page.GetByLabel("Name").FillAsync("dave");
            await page.GetByRole(AriaRole.Button, new() { Name = "Go on" }).ClickAsync();
            await Assertions.Expect(page.GetByText("Signed in as dave")).ToBeVisibleAsync();
            Assert.Equal($"{address}?limit=5", page.Url);
            await Assertions.Expect(page.GetByText("Demo on this machine")).ToHaveCountAsync(0);

            await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
            await Assertions.Expect(page.GetByText("You are signed out here.")).ToBeVisibleAsync();
            await Assertions.Expect(page.GetByRole(AriaRole.Link, new() { Name = "Sign in with the company" })).ToBeVisibleAsync();
            await reader.CheckPage();
        }

        Directory.Delete(folder, recursive: true);
    }
}
