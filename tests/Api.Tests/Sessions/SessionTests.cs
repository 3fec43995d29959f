using AccessFunctions.Api.Pages.App;
using AccessFunctions.Api.Sessions;
using AccessFunctions.Api.Tests.Support;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace AccessFunctions.Api.Tests.Sessions;

/// <summary>Signing in with a browser, staying signed in, and out again; here as a person of a demo.</summary>
public sealed class SessionTests : IDisposable
{
    private readonly TestApi _api = new();
    private readonly TestBrowser _browser;

    public SessionTests() => _browser = new TestBrowser(_api);

    public void Dispose() => _api.Dispose();

    [Fact]
    public async Task SignIn_LeadsToThePageThatWasAskedFor_AsThatPerson()
    {
        var id = (string)(await _api.Submitted())["id"]!;
        var sent = await _browser.Get($"/requests/{id}");
        Assert.Equal((303, $"/signin?return=%2Frequests%2F{id}"), (sent.Status, sent.Headers.Location.ToString()));
        var back = await _browser.SignIn("bob", $"/requests/{id}");
        Assert.Equal((303, $"/requests/{id}"), (back.Status, back.Headers.Location.ToString()));
        var page = await _browser.Get($"/requests/{id}");
        Assert.Equal(200, page.Status);
        Assert.Contains("Signed in as </span><b>Bob</b>", page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cookie_IsForThisHostAlone_AndForNoScript()
    {
        await _browser.SignIn("alice");
        var cookie = Assert.Single(_browser.LastSet);
        Assert.Equal("__Host-access", cookie.Name.Value);
        Assert.True(cookie is { HttpOnly: true, Secure: true, SameSite: SameSiteMode.Lax, Domain.HasValue: false, MaxAge: null, Expires: null } && cookie.Path == "/");
        Assert.DoesNotContain("alice", cookie.Value.Value, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OnLoopbackWithoutTls_TheCookieHasTheNameThatBrowsersTakeThere()
    {
        using var api = new TestApi(services => services.AddSingleton(new PublicAddress(new Uri("http://localhost:7071/"))));
        var http = api.Context("GET", "/signin");
        var page = await api.Run(http);
        var post = api.Context("POST", "/signin", $"person=alice&{PostForm.FieldName}={TestBrowser.Field(page, PostForm.FieldName)}");
        post.Request.ContentType = "application/x-www-form-urlencoded";
        var cookie = SetCookieHeaderValue.Parse((await api.Run(post)).Headers.SetCookie.ToString());
        Assert.Equal(("access", false, true), (cookie.Name.Value, cookie.Secure, cookie.HttpOnly));
    }

    [Fact]
    public async Task SignIn_IsAuditedOnce()
    {
        await _browser.SignIn("alice");
        await _browser.Get("/");
        await _browser.Get("/");
        var happened = Assert.Single(_api.SignIns);
        Assert.Equal((EventTypes.Host.SignInSucceeded, "alice", "SignedIn"), (happened.Type, happened.Actor, happened.Channel));
        Assert.Empty(_api.AuditTrail);
    }

    [Fact]
    public async Task SignInAsPerson_WithoutTheFieldOfThePage_IsRefused()
    {
        var reply = await _browser.Post("/signin", new Dictionary<string, string> { ["person"] = "dave" });
        Assert.Equal(403, reply.Status);
        Assert.Empty(_browser.LastSet);
        Assert.Equal("not-from-our-page", Assert.Single(_api.AuditTrail).Reason);
    }

    [Fact]
    public async Task SignInAsPerson_FromAnotherSite_IsRefused()
    {
        var ticket = TestBrowser.Field(await _browser.Get("/signin"), PostForm.FieldName);
        var reply = await _browser.Post("/signin", new Dictionary<string, string> { ["person"] = "dave", [PostForm.FieldName] = ticket }, ("Sec-Fetch-Site", "cross-site"));
        Assert.Equal(403, reply.Status);
        Assert.Empty(_browser.LastSet);
    }

    [Theory]
    [InlineData("mallory")]
    [InlineData("zoe")]
    [InlineData("")]
    public async Task SignInAsNobody_ShowsThePageAgain(string person)
    {
        var reply = await _browser.SignIn(person);
        Assert.Equal(422, reply.Status);
        Assert.Empty(_browser.LastSet);
    }

    [Fact]
    public async Task WhereItIsNoDemo_NobodyIsOffered_AndNobodyIsSignedIn()
    {
        using var api = new TestApi(demo: false);
        var browser = new TestBrowser(api);
        Assert.DoesNotContain("name=\"person\"", (await browser.Get("/signin")).Text, StringComparison.Ordinal);
        Assert.Equal(404, (await browser.Post("/signin", new Dictionary<string, string> { ["person"] = "dave" })).Status);
    }

    [Fact]
    public async Task ASessionOfADemo_IsNoneWhereItIsNoDemo_EvenWithTheSameKeys()
    {
        var keys = new EphemeralDataProtectionProvider();
        using var demo = new TestApi(services => services.AddSingleton<IDataProtectionProvider>(keys));
        using var real = new TestApi(services => services.AddSingleton<IDataProtectionProvider>(keys), demo: false);
        var browser = new TestBrowser(demo);
        await browser.SignIn("dave");
        var other = new TestBrowser(real);
        foreach (var (name, value) in browser.Cookies) other.Set(name, value);
        Assert.Equal(303, (await other.Get("/")).Status);
        Assert.Equal("unauthenticated", (await other.Get("/api/requests")).Problem);
    }

    [Theory]
    [InlineData("//evil.example/")]
    [InlineData("https://evil.example/")]
    [InlineData("/\\evil.example")]
    [InlineData("/%5Cevil.example")]
    [InlineData("/\t/evil.example")]
    [InlineData("javascript:alert(1)")]
    [InlineData("/nowhere")]
    [InlineData("/api/requests")]
    [InlineData("/signin")]
    [InlineData("/signout")]
    [InlineData("//requests/r-1")]
    [InlineData("/requests/r-1#x")]
    [InlineData("")]
    public async Task Return_IsAPageOfOurs_OrTheStartPage(string back)
    {
        var reply = await _browser.SignIn("alice", back);
        Assert.Equal((303, "/"), (reply.Status, reply.Headers.Location.ToString()));
    }

    [Fact]
    public async Task Return_KeepsTheQuery() => Assert.Equal("/?limit=5", (await _browser.SignIn("alice", "/?limit=5")).Headers.Location.ToString());

    [Fact]
    public async Task Session_EndsAfterAnHourWithoutACall_AndIsKeptAliveByCalls()
    {
        await _browser.SignIn("alice");
        for (var i = 0; i < 4; i++)
        {
            _api.Clock.Advance(TimeSpan.FromMinutes(45));
            Assert.Equal(200, (await _browser.Get("/")).Status);
        }

        _api.Clock.Advance(TimeSpan.FromMinutes(61));
        Assert.Equal("/signin?return=%2F&ended=true", (await _browser.Get("/")).Headers.Location.ToString());
        Assert.Contains("Your session has ended", (await _browser.Get("/signin?return=%2F&ended=true")).Text, StringComparison.Ordinal);
        await _browser.Get("/requests");
        var noted = Assert.Single(_api.AuditTrail);
        Assert.Equal((EventTypes.Host.SignInFailed, "session-expired", "alice", "SignedIn", "127.0.0.1"), (noted.Type, noted.Reason, noted.Actor, noted.Channel, noted.Detail!.Address));
    }

    [Fact]
    public async Task Session_EndsAfterTenHours_WhateverIsDoneInIt()
    {
        await _browser.SignIn("alice");
        for (var i = 0; i < 13; i++)
        {
            _api.Clock.Advance(TimeSpan.FromMinutes(45));
            Assert.Equal(200, (await _browser.Get("/")).Status);
        }

        _api.Clock.Advance(TimeSpan.FromMinutes(45));
        Assert.Equal(303, (await _browser.Get("/")).Status);
    }

    [Fact]
    public async Task APageThatRefreshesItself_KeepsNoSessionAlive_AndBeginsNone()
    {
        await _browser.SignIn("alice");
        (string, string)[] refresh = [("HX-Request", "true"), ("X-Refresh", "true")];
        _api.Clock.Advance(TimeSpan.FromMinutes(45));
        Assert.Equal(200, (await _browser.Get("/", refresh)).Status);
        Assert.Empty(_browser.LastSet);
        _api.Clock.Advance(TimeSpan.FromMinutes(16));
        var reply = await _browser.Get("/", refresh);
        Assert.Equal((401, "/signin?return=%2F&ended=true"), (reply.Status, reply.Headers["HX-Redirect"].ToString()));
    }

    [Fact]
    public async Task ChangedCookie_IsNone()
    {
        await _browser.SignIn("alice");
        var cookie = _browser.Cookies["__Host-access"];
        _browser.Set("__Host-access", cookie[..^4] + (cookie.EndsWith("AAAA", StringComparison.Ordinal) ? "BBBB" : "AAAA"));
        Assert.Equal(303, (await _browser.Get("/")).Status);
        Assert.Equal(401, (await _browser.Get("/api/requests")).Status);
    }

    [Fact]
    public async Task WhoLeft_IsOut_WhateverTheCookieSays()
    {
        await _browser.SignIn("alice");
        _api.People.Set("alice", person => person with { Active = false });
        Assert.Equal(403, (await _browser.Get("/")).Status);
    }

    [Fact]
    public async Task SignOut_EndsTheSession_ForItsOwnPageOnly()
    {
        await _browser.SignIn("alice");
        Assert.Equal(403, (await _browser.Post("/signout", new Dictionary<string, string>())).Status);
        Assert.Equal(403, (await _browser.Post("/signout", new Dictionary<string, string> { [PostForm.FieldName] = await _browser.Ticket() }, ("Sec-Fetch-Site", "cross-site"))).Status);
        Assert.Equal(200, (await _browser.Get("/")).Status);

        var reply = await _browser.Post("/signout", new Dictionary<string, string> { [PostForm.FieldName] = await _browser.Ticket() });
        Assert.Equal((303, "/signin?out=true"), (reply.Status, reply.Headers.Location.ToString()));
        Assert.Empty(_browser.Cookies);
        Assert.Equal(303, (await _browser.Get("/")).Status);
        var ended = Assert.Single(_api.AuditTrail, happened => happened.Type == EventTypes.Host.SignedOut);
        Assert.Equal(("alice", "SignedIn", "127.0.0.1", true), (ended.Actor, ended.Channel, ended.Detail!.Address, ended.Succeeded));
    }

    [Fact]
    public async Task SignOut_OfAnEndedSession_ForgetsIt()
    {
        await _browser.SignIn("alice");
        _api.Clock.Advance(TimeSpan.FromHours(11));
        Assert.Equal(303, (await _browser.Post("/signout", new Dictionary<string, string>())).Status);
        Assert.Empty(_browser.Cookies);
    }

    [Fact]
    public void Limits_AreWithinReason()
    {
        using var api = new TestApi(settings: new Dictionary<string, string?> { ["Sessions:IdleMinutes"] = "100000" });
        Assert.Throws<OptionsValidationException>(() => api.Context("GET", "/").RequestServices.GetRequiredService<IOptions<SessionOptions>>().Value);
    }
}
