using AccessFunctions.Api.Pages.App;
using AccessFunctions.Api.Reviewing;
using AccessFunctions.Api.Routing;
using AccessFunctions.Api.Tests.Support;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Tests.Shared;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;

namespace AccessFunctions.Api.Tests.Sessions;

/// <summary>What is tried against sessions, their cookies, their forms and their pages.</summary>
public sealed class AttackTests : IDisposable
{
    private readonly EphemeralDataProtectionProvider _keys = new();
    private readonly InMemoryChannelStore _rows = new();
    private readonly TestApi _api;
    private readonly TestBrowser _browser;

    public AttackTests()
    {
        _api = Instance(_keys);
        _browser = new TestBrowser(_api);
    }

    /// <summary>Every page that people who are signed in open.</summary>
    public static TheoryData<string> Pages => [.. ApiRoutes.All.Where(route => route is { Page: true, Anonymous: false, Method: "GET" }).Select(route => route.Template)];

    public void Dispose() => _api.Dispose();

    [Theory]
    [InlineData("/%2F/evil.example")]
    [InlineData("/%2f%2fevil.example")]
    [InlineData("///evil.example")]
    [InlineData("/.//evil.example")]
    [InlineData("/..//evil.example")]
    [InlineData("/ /evil.example")]
    [InlineData("/\u2028/evil.example")]
    [InlineData("／／evil.example")]
    [InlineData("/%255Cevil.example")]
    [InlineData("/%09/evil.example")]
    [InlineData("/%0d%0aLocation:%20https://evil.example")]
    [InlineData("https:evil.example")]
    [InlineData("https:/evil.example")]
    [InlineData("//access.example@evil.example/")]
    [InlineData("/@evil.example")]
    [InlineData("\\\\evil.example")]
    [InlineData("/\\/evil.example")]
    [InlineData("/requests\\..\\..\\evil.example")]
    [InlineData("?return=//evil.example")]
    [InlineData("data:text/html,x")]
    public async Task NoReturnAddress_LeadsToAnotherSite(string back)
    {
        foreach (var sent in new[] { back, Uri.EscapeDataString(back) })
        {
            var page = await _browser.Get($"/signin?return={sent}");
            Assert.Equal("/", TestBrowser.Field(page, "return"));
        }

        Assert.Equal((303, "/"), Led(await _browser.SignIn("alice", back)));
        var ticket = TestBrowser.Field(await _browser.Get("/signin"), PostForm.FieldName);
        Assert.Equal((303, "/"), Led(await _browser.Post("/signin", new Dictionary<string, string> { [PostForm.FieldName] = ticket, ["person"] = "alice", ["return"] = back })));
    }

    [Fact]
    public async Task OfSeveralReturnAddresses_NoneLeadsAway() =>
        Assert.Equal("/", TestBrowser.Field(await _browser.Get("/signin?return=/requests&return=//evil.example"), "return"));

    [Theory]
    [InlineData("cross-site", null)]
    [InlineData("same-site", null)]
    [InlineData(null, "https://evil.example")]
    [InlineData(null, "https://access.example.evil.example")]
    [InlineData(null, "https://access.example@evil.example")]
    [InlineData(null, "evil")]
    public async Task AnotherSite_SignsNobodyIn_AndNobodyOut(string? site, string? origin)
    {
        (string, string)[] headers = site is not null ? [("Sec-Fetch-Site", site)] : [("Origin", origin!)];
        var ticket = TestBrowser.Field(await _browser.Get("/signin"), PostForm.FieldName);
        Assert.Equal(403, (await _browser.Post("/signin", new Dictionary<string, string> { [PostForm.FieldName] = ticket, ["person"] = "dave" }, headers)).Status);
        Assert.Empty(_browser.Cookies);

        await _browser.SignIn("alice");
        var mine = await _browser.Ticket();
        Assert.Equal(403, (await _browser.Post("/signout", new Dictionary<string, string> { [PostForm.FieldName] = mine }, headers)).Status);
        Assert.Equal(403, (await _browser.Post("/profile/stand-in", new Dictionary<string, string> { [PostForm.FieldName] = mine, ["step"] = "clear" }, headers)).Status);
        Assert.Equal(200, (await _browser.Get("/")).Status);
        Assert.Equal(["anonymous", "alice"], _api.AuditTrail.Where(happened => happened.Reason == "not-from-our-page").Select(happened => happened.Actor).Distinct());
    }

    [Fact]
    public async Task ATicketOfAnotherForm_IsNone()
    {
        var services = _api.Context("GET", "/").RequestServices;
        var demo = TestBrowser.Field(await _browser.Get("/signin"), PostForm.FieldName);
        await _browser.SignIn("alice");
        var own = await _browser.Ticket();
        foreach (var ticket in new[] { demo, services.GetRequiredService<FormTickets>().Issue("a-link"), own[..^2], own + "AA", _browser.Cookies["__Host-access"] })
            Assert.Equal(403, (await _browser.Post("/profile/stand-in", new Dictionary<string, string> { [PostForm.FieldName] = ticket, ["step"] = "clear" })).Status);
        Assert.Equal(303, (await _browser.Post("/profile/stand-in", new Dictionary<string, string> { [PostForm.FieldName] = own, ["step"] = "clear" })).Status);

        // Nor is a session's ticket one of the form that signs in.
        Assert.Equal(403, (await _browser.Post("/signin", new Dictionary<string, string> { [PostForm.FieldName] = own, ["person"] = "dave" })).Status);
    }

    [Fact]
    public async Task ACopyOfTheCookie_IsWorthNothing_AfterSigningOut_OnEveryInstance()
    {
        await _browser.SignIn("alice");
        var copy = Copy(_api);
        using var elsewhere = Instance(_keys);
        var other = Copy(elsewhere);
        Assert.Equal(200, (await other.Get("/")).Status);
        await _browser.Post("/signout", new Dictionary<string, string> { [PostForm.FieldName] = await _browser.Ticket() });
        Assert.Equal((303, "/signin?return=%2F&ended=true"), Led(await copy.Get("/")));
        Assert.Equal("unauthenticated", (await copy.Get("/api/requests")).Problem);
        await copy.Get("/requests");
        Assert.Equal(("session-signed-out", "alice"), Assert.Single(_api.AuditTrail, happened => happened.Type == EventTypes.Host.SignInFailed) is var noted ? (noted.Reason, noted.Actor) : default);

        // What an instance saw a moment ago it believes for a moment.
        elsewhere.Clock.Advance(TimeSpan.FromSeconds(15));
        Assert.Equal(303, (await other.Get("/")).Status);
        using var fresh = Instance(_keys);
        Assert.Equal(303, (await Copy(fresh).Get("/")).Status);
    }

    [Fact]
    public async Task ACopyOfTheCookie_IsWorthNothing_OnceItsBrowserSignedInAnew()
    {
        await _browser.SignIn("alice");
        var copy = Copy(_api);
        await _browser.SignIn("bob");
        Assert.Equal(303, (await copy.Get("/")).Status);
        Assert.Equal(200, (await _browser.Get("/")).Status);
    }

    [Fact]
    public async Task ACookieOfKeysThatAreGone_IsNone_AndIsNotedOnce()
    {
        await _browser.SignIn("alice");
        using var rotated = Instance(new EphemeralDataProtectionProvider());
        var copy = Copy(rotated);
        for (var i = 0; i < 3; i++) Assert.Equal((303, "/signin?return=%2F&ended=true"), Led(await copy.Get("/")));
        rotated.Clock.Advance(TimeSpan.FromMinutes(5));
        await copy.Get("/");
        var noted = Assert.Single(rotated.AuditTrail);
        Assert.Equal((EventTypes.Host.SignInFailed, "session-unreadable", "anonymous", false), (noted.Type, noted.Reason, noted.Actor, noted.Succeeded));
        Assert.DoesNotContain(_browser.Cookies["__Host-access"], System.Text.Json.JsonSerializer.Serialize(noted), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnAttemptsCookie_IsNoSession_AndTheOtherWayRound()
    {
        await _browser.SignIn("alice");
        var (session, ticket) = (_browser.Cookies["__Host-access"], await _browser.Ticket());
        foreach (var value in new[] { ticket, "", "AAAA", session[..20] })
        {
            var forged = new TestBrowser(_api);
            forged.Set("__Host-access", value);
            Assert.Equal(303, (await forged.Get("/")).Status);
        }

        // Under another name the same bytes are nothing: https reads the name that only this host can set.
        var tossed = new TestBrowser(_api);
        tossed.Set("access", session);
        Assert.Equal(303, (await tossed.Get("/")).Status);
        var state = new string('A', 43);
        tossed.Set($"__Host-access-signin-{state[..8]}", session);
        Assert.Equal(400, (await tossed.Get($"/signin/callback?state={state}&code=x")).Status);
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Pages_AreKeptByNobody_AndFramedByNobody(string template)
    {
        await _browser.SignIn("dave");
        var id = (string)(await _api.Submitted())["id"]!;
        foreach (var reply in new[] { await _browser.Get(template.Replace("{id}", id, StringComparison.Ordinal)), await new TestBrowser(_api).Get(template.Replace("{id}", "x", StringComparison.Ordinal)) })
        {
            Assert.Equal("no-store", reply.Headers.CacheControl.ToString());
            Assert.Equal("nosniff", reply.Headers.XContentTypeOptions.ToString());
            Assert.Equal("no-referrer", reply.Headers["Referrer-Policy"].ToString());
            Assert.Equal("same-origin", reply.Headers["Cross-Origin-Opener-Policy"].ToString());
            Assert.StartsWith("max-age=", reply.Headers.StrictTransportSecurity.ToString(), StringComparison.Ordinal);
            var policy = reply.Headers.ContentSecurityPolicy.ToString();
            foreach (var part in new[] { "default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'" }) Assert.Contains(part, policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("*", policy, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task WherePlainHttpComesFromAProxy_BrowsersAreStillToldToStayWithHttps()
    {
        var http = _api.Context("GET", "/signin");
        Assert.False(http.Request.IsHttps);
        Assert.StartsWith("max-age=", (await _api.Run(http)).Headers.StrictTransportSecurity.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pages_HaveNothingInline()
    {
        await _browser.SignIn("dave");
        foreach (var path in new[] { "/", "/profile", "/request", "/approvals", "/requests", "/audit", "/access", "/access-groups" })
        {
            var page = (await _browser.Get(path)).Text;
            Assert.DoesNotMatch("""<script(?![^>]* src=")""", page);
            Assert.DoesNotMatch("""<[a-z]+[^>]* (style|on[a-z]+)=""", page);
            Assert.DoesNotContain("javascript:", page, StringComparison.Ordinal);
        }
    }

    private TestApi Instance(IDataProtectionProvider keys) => new(services =>
    {
        services.AddSingleton(keys);
        services.AddSingleton<IChannelStore>(_rows);
    });

    private TestBrowser Copy(TestApi api)
    {
        var copy = new TestBrowser(api);
        foreach (var (name, value) in _browser.Cookies) copy.Set(name, value);
        return copy;
    }

    private static (int, string) Led(Reply reply) => (reply.Status, reply.Headers.Location.ToString());
}
