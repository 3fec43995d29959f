using AccessFunctions.Tests.Shared;
using Microsoft.Playwright;
using Npgsql;

namespace AccessFunctions.Browser.Tests;

/// <summary>The main job by clicking, with a real PostgreSQL behind it: what the pages say is compared with what the server has.</summary>
public sealed class PostgresStoryTests(Chromium chromium) : IAsyncLifetime
{
    private readonly DemoHost _host = new();
    private PostgresServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await PostgresServer.CreateAsync();
        await _server.ExecuteAsync("""
            CREATE ROLE analytics_reader; CREATE ROLE alice LOGIN; CREATE SCHEMA analytics; CREATE TABLE analytics.orders AS SELECT 1 AS id;
            GRANT USAGE ON SCHEMA analytics TO analytics_reader; GRANT SELECT ON analytics.orders TO analytics_reader;
            """);
        await _host.Start(_server.ConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        if (_server is not null) await _server.DisposeAsync();
    }

    [Fact]
    public async Task Role_IsThereWhileActive_AndProvenGoneAfterTheRevocation()
    {
        var why = "orders of the quarter";
        await using var alice = await chromium.Open(_host.Address, Look.Desktop);
        await alice.Page.Clock.InstallAsync();
        await alice.OpenAs("Alice Arnold", "/");
        var path = await alice.Ask(new("analytics", "pg-demo/analytics", "Role", why, "analytics_reader"));
        await Story.ApproveByMail(chromium, _host.Address, "bob", "");
        Assert.Empty(await Members());
        await Story.ApproveByPage(chromium, _host.Address, "Carol Clark", why);
        await Becomes(alice, "Active");
        Assert.Equal(["alice"], await Members());

        await Story.RevokeByPage(chromium, _host.Address, "Dave Dunn", path, "The orders were wrong.");
        await Becomes(alice, "Revoked");
        Assert.Empty(await Members());
        await Story.CheckGone(alice, "Access was proven gone.");
        await Assertions.Expect(alice.Page.Locator("#record table").First).ToContainTextAsync("no direct membership of \"alice\" in \"analytics_reader\"");
        await Story.CheckTrail(chromium, _host.Address);
    }

    [Fact]
    public async Task Session_SignsInWithWhatIsCopied_AndNoMoreAfterTheRevocation()
    {
        var why = "a query for the auditors";
        await using var alice = await chromium.Open(_host.Address, Look.Desktop);
        await alice.Page.Clock.InstallAsync();
        await alice.OpenAs("Alice Arnold", "/");
        var path = await alice.Ask(new("analytics", "pg-demo/analytics", "Session", why, "analytics_reader"));
        await Story.ApproveByMail(chromium, _host.Address, "ben", "");
        await Story.ApproveByPage(chromium, _host.Address, "Carol Clark", why);
        await Becomes(alice, "Active");
        var password = await Story.CopySecret(alice, "password");
        var login = (await alice.Page.Locator(".secret-field").Filter(new() { HasText = "user" }).Locator("pre").TextContentAsync())!;
        await using (var session = await _server.OpenAsync(login, password))
        await using (var query = new NpgsqlCommand("SELECT count(*) FROM analytics.orders", session))
        {
            Assert.Equal(1L, await query.ExecuteScalarAsync());
        }

        await Story.RevokeByPage(chromium, _host.Address, "Carol Clark", path, "It took too long.");
        await Becomes(alice, "Revoked");
        await Assert.ThrowsAsync<PostgresException>(() => _server.OpenAsync(login, password));
        Assert.Equal(0L, await _server.ScalarAsync<long>($"SELECT count(*) FROM pg_roles WHERE rolname = '{login}'"));
        await Story.CheckGone(alice, "Access was proven gone.");
        Assert.DoesNotContain(password, await alice.Page.ContentAsync(), StringComparison.Ordinal);
    }

    /// <summary>The open page says so by itself; a platform may take a moment, so that more than one refresh may be needed.</summary>
    private static async Task Becomes(Reader reader, string status)
    {
        var shown = reader.Page.Locator(".status").First;
        await Wait.Until(async () =>
        {
            await reader.LetTimePass();
            return await shown.TextContentAsync() == status;
        }, TimeSpan.FromSeconds(30), $"the page to say {status}");
    }

    private async Task<List<string>> Members()
    {
        await using var connection = await _server.OpenAsync();
        await using var query = new NpgsqlCommand("SELECT member.rolname FROM pg_auth_members m JOIN pg_roles member ON member.oid = m.member JOIN pg_roles role ON role.oid = m.roleid WHERE role.rolname = 'analytics_reader'", connection);
        await using var rows = await query.ExecuteReaderAsync();
        List<string> members = [];
        while (await rows.ReadAsync()) members.Add(rows.GetString(0));
        return members;
    }
}
