using System.Net;
using AccessFunctions.Api.Pages.App;
using AccessFunctions.Api.Tests.Support;
using AccessFunctions.Application.Directory;
using AccessFunctions.Domain.Audit;
using Microsoft.AspNetCore.WebUtilities;

namespace AccessFunctions.Api.Tests.Oidc;

/// <summary>Signing in with a browser at a real OpenID provider.</summary>
[Collection("OpenID provider")]
public sealed class BrowserSignInTests : IAsyncLifetime
{
    private OidcProvider _provider = null!;
    private TestApi _api = null!;
    private TestBrowser _browser = null!;

    public async ValueTask InitializeAsync()
    {
        _provider = await OidcProvider.Start();
        Use("web", "web-secret: +/%");
    }

    public async ValueTask DisposeAsync()
    {
        _api?.Dispose();
        if (_provider is not null) await _provider.DisposeAsync();
    }

    [Theory]
    [InlineData("web", "web-secret: +/%")]
    [InlineData("spa", null)]
    public async Task SignIn_LeadsThroughTheProvider_ToThePageThatWasAskedFor(string client, string? secret)
    {
        Use(client, secret);
        var sent = await _browser.Get("/?limit=5");
        var begun = await _browser.Get(sent.Headers.Location.ToString());
        Assert.Equal(303, begun.Status);
        var query = QueryHelpers.ParseQuery(new Uri(begun.Headers.Location.ToString()).Query);
        Assert.StartsWith(_provider.Issuer, begun.Headers.Location.ToString(), StringComparison.Ordinal);
        Assert.Equal(("code", "S256", client, "https://access.example/signin/callback"), (query["response_type"].ToString(), query["code_challenge_method"].ToString(), query["client_id"].ToString(), query["redirect_uri"].ToString()));
        Assert.All(new[] { "state", "nonce", "code_challenge" }, name => Assert.True(query[name].ToString().Length >= 43));

        var back = await _browser.Get(await AtTheProvider(begun, "alice"));
        Assert.Equal((303, "/?limit=5"), (back.Status, back.Headers.Location.ToString()));
        Assert.Contains("Signed in as </span><b>Alice</b>", (await _browser.Get("/?limit=5")).Text, StringComparison.Ordinal);
        Assert.Equal(["__Host-access"], _browser.Cookies.Keys);
        Assert.Equal("alice", Assert.Single(_api.SignIns).Actor);
        Assert.Empty(_api.AuditTrail);
    }

    [Fact]
    public async Task RolesOfTheIdToken_AreTheSessions()
    {
        _api.People.Set("dave", person => person with { Roles = [] });
        await SignIn("dave");
        Assert.Equal(200, (await _browser.Get("/api/audit")).Status);
        Assert.Equal(200, (await _browser.Get("/api/audit/checkpoints")).Status);
    }

    [Fact]
    public async Task Stranger_IsToldWhoTheyAre_AndGetsNoSession()
    {
        var reply = await SignIn("nobody");
        Assert.Equal(403, reply.Status);
        Assert.Contains("You are not known here", reply.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("__Host-access", _browser.Cookies.Keys);
        var refused = Assert.Single(_api.AuditTrail);
        Assert.Equal((EventTypes.Host.SignInFailed, "stranger", "nobody"), (refused.Type, refused.Reason, refused.Detail!.More["subject"]));
    }

    [Fact]
    public async Task WhoTheProviderRefuses_IsNotSignedIn_AndMayTryAgain()
    {
        var reply = await SignIn("");
        Assert.Equal(400, reply.Status);
        Assert.Contains("The provider did not sign you in.", reply.Text, StringComparison.Ordinal);
        Assert.Contains("Try again with 127.0.0.1", reply.Text, StringComparison.Ordinal);
        Refused("signin-refused");
    }

    [Fact]
    public async Task ACallback_OfAnotherBrowser_IsRefused()
    {
        var begun = await _browser.Get("/signin?issuer=0");
        var callback = await AtTheProvider(begun, "alice");
        var other = new TestBrowser(_api);
        var reply = await other.Get(callback);
        Assert.Equal(400, reply.Status);
        Assert.Empty(other.Cookies);
        Refused("signin-state");
    }

    [Fact]
    public async Task ACallback_CountsOnce()
    {
        var callback = await AtTheProvider(await _browser.Get("/signin?issuer=0"), "alice");
        Assert.Equal(303, (await _browser.Get(callback)).Status);
        Assert.Equal(400, (await _browser.Get(callback)).Status);
        Refused("signin-state");
    }

    [Fact]
    public async Task ACallback_AfterTenMinutes_IsRefused()
    {
        var callback = await AtTheProvider(await _browser.Get("/signin?issuer=0"), "alice");
        _api.Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(400, (await _browser.Get(callback)).Status);
        Refused("signin-state");
    }

    [Fact]
    public async Task ACodeOfAnotherSignIn_IsRefused()
    {
        // Both begun in this browser: state of the one, code of the other. The provider sees that the verifier is not the code's.
        var mine = await AtTheProvider(await _browser.Get("/signin?issuer=0"), "alice");
        var theirs = await AtTheProvider(await _browser.Get("/signin?issuer=0"), "dave");
        var mixed = QueryHelpers.AddQueryString("/signin/callback", new Dictionary<string, string?> { ["state"] = Query(mine, "state"), ["code"] = Query(theirs, "code"), ["iss"] = _provider.Issuer });
        Assert.Equal(400, (await _browser.Get(mixed)).Status);
        Refused("signin-code");
    }

    [Fact]
    public async Task ATokenMadeForAnotherNonce_IsRefused()
    {
        // Somebody changes the address on its way to the provider: state and verifier are this browser's, the nonce is not.
        var begun = await _browser.Get("/signin?issuer=0");
        var asked = begun.Headers.Location.ToString();
        begun.Headers.Location = asked.Replace($"nonce={Query(asked, "nonce")}", $"nonce={new string('A', 43)}", StringComparison.Ordinal);
        Assert.NotEqual(asked, begun.Headers.Location.ToString());
        Assert.Equal(400, (await _browser.Get(await AtTheProvider(begun, "alice"))).Status);
        Refused("signin-nonce");
        Assert.DoesNotContain("__Host-access", _browser.Cookies.Keys);
    }

    [Theory]
    [InlineData("client_secret_post", null, 303)]
    [InlineData("client_secret_post", "client_secret_post", 303)]
    [InlineData("client_secret_post", "client_secret_basic", 400)]
    [InlineData("client_secret_basic,client_secret_post", "client_secret_post", 303)]
    [InlineData("client_secret_basic,client_secret_post", null, 400)]
    public async Task TheSecretIsSentInTheBody_WhereTheProviderOrTheSettingsSaySo(string published, string? method, int status)
    {
        await using var provider = await OidcProvider.Start(methods: published);
        Use("post", "post-secret: +/%", method, provider.Issuer);
        Assert.Equal(status, (await SignIn("alice")).Status);
        if (status == 303) Assert.Equal("alice", Assert.Single(_api.SignIns).Actor);
        else Refused("signin-code");
    }

    [Fact]
    public async Task AWrongSecretInTheBody_SignsNobodyIn()
    {
        Use("post", "wrong", "client_secret_post");
        Assert.Equal(400, (await SignIn("alice")).Status);
        Refused("signin-code");
    }

    [Fact]
    public async Task ALongReturnAddress_LosesNoSignIn()
    {
        var back = "/requests?q=" + string.Concat(Enumerable.Repeat("%26%C3%A4", 100));
        var begun = await _browser.Get($"/signin?issuer=0&return={Uri.EscapeDataString(back)}");
        Assert.All(_browser.LastSet, cookie => Assert.True(cookie.ToString().Length <= 4096, $"{cookie.ToString().Length} characters"));
        Assert.Equal(303, (await _browser.Get(await AtTheProvider(begun, "alice"))).Status);

        begun = await _browser.Get($"/signin?issuer=0&return={Uri.EscapeDataString("/requests?q=" + new string('&', 980))}");
        Assert.All(_browser.LastSet, cookie => Assert.True(cookie.ToString().Length <= 4096, $"{cookie.ToString().Length} characters"));
        Assert.Equal((303, "/"), ((await _browser.Get(await AtTheProvider(begun, "alice"))) is var done ? (done.Status, done.Headers.Location.ToString()) : default));
    }

    [Fact]
    public async Task SignInAndOut_AreAudited_WithoutAnythingThatSignsIn()
    {
        var callback = await AtTheProvider(await _browser.Get("/signin?issuer=0"), "alice");
        await _browser.Get(callback);
        var cookie = _browser.Cookies["__Host-access"];
        await _browser.Get("/");
        await _browser.Post("/signout", new Dictionary<string, string> { [PostForm.FieldName] = await _browser.Ticket() });
        var happened = _api.SignIns.Concat(_api.AuditTrail).ToList();
        Assert.Equal([EventTypes.Host.SignInSucceeded, EventTypes.Host.SignedOut], happened.Select(one => one.Type));
        Assert.All(happened, one =>
        {
            Assert.Equal(("alice", "SignedIn", true, "127.0.0.1", _provider.Issuer, "browser"), (one.Actor, one.Channel, one.Succeeded, one.Detail!.Address, one.Detail.More["issuer"], one.Detail.More["by"]));
            var text = System.Text.Json.JsonSerializer.Serialize(one);
            foreach (var secret in new[] { cookie, Query(callback, "code"), Query(callback, "state") }) Assert.DoesNotContain(secret, text, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task AnAnswerThatNamesAnotherIssuer_IsRefused()
    {
        var callback = await AtTheProvider(await _browser.Get("/signin?issuer=0"), "alice");
        Assert.Equal(400, (await _browser.Get(callback.Replace(Uri.EscapeDataString(_provider.Issuer), "https%3A%2F%2Fother.example", StringComparison.Ordinal))).Status);
        Refused("signin-answer");
    }

    [Fact]
    public async Task AWrongSecret_SignsNobodyIn()
    {
        Use("web", "wrong");
        Assert.Equal(400, (await SignIn("alice")).Status);
        Refused("signin-code");
    }

    [Fact]
    public async Task ProviderAway_IsSaid_AndNothingIsKept()
    {
        await _provider.Stop();
        var reply = await _browser.Get("/signin?issuer=0");
        Assert.Equal(503, reply.Status);
        Assert.Contains("does not answer", reply.Text, StringComparison.Ordinal);
        Refused("signin-unavailable");
        Assert.Empty(_browser.Cookies);
    }

    [Fact]
    public async Task SignInsThatWereLeft_DoNotPileUp()
    {
        for (var i = 0; i < 20; i++) await _browser.Get("/signin?issuer=0");
        Assert.True(_browser.Cookies.Count <= 6, $"{_browser.Cookies.Count} cookies");
    }

    [Fact]
    public async Task WithoutAClientId_AnIssuerIsForBearersAlone()
    {
        Use(null, null);
        var page = await _browser.Get("/signin?return=%2F");
        Assert.Equal(200, page.Status);
        Assert.Contains("Nobody can sign in with a browser here yet", page.Text, StringComparison.Ordinal);
        Assert.Equal(200, (await _api.SendToken("GET", "/api/requests", await _provider.Token("alice"))).Status);
    }

    [Fact]
    public async Task NothingOfASignIn_IsLogged()
    {
        var callback = await AtTheProvider(await _browser.Get("/signin?issuer=0"), "alice");
        await _browser.Get(callback);
        Assert.All(_api.Log.Lines, line => Assert.DoesNotContain(Query(callback, "code"), line.Text, StringComparison.Ordinal));
    }

    private void Use(string? client, string? secret, string? method = null, string? issuer = null)
    {
        _api?.Dispose();
        _api = new TestApi(demo: false, now: DateTimeOffset.UtcNow, settings: new Dictionary<string, string?>
        {
            ["Oidc:Issuers:0:Issuer"] = issuer ?? _provider.Issuer,
            ["Oidc:Issuers:0:TokenEndpointAuthMethod"] = method,
            ["Oidc:Issuers:0:Audience"] = "urn:access-functions",
            ["Oidc:Issuers:0:ClientId"] = client,
            ["Oidc:Issuers:0:ClientSecret"] = secret,
        });
        foreach (var id in new[] { "alice", "dave" }) _api.People.Set(id, person => person with { Credentials = [new Credential(issuer ?? _provider.Issuer, id)] });
        _browser = new TestBrowser(_api);
    }

    private async Task<Reply> SignIn(string login) => await _browser.Get(await AtTheProvider(await _browser.Get("/signin?issuer=0"), login));

    private void Refused(string reason)
    {
        var refused = Assert.Single(_api.AuditTrail);
        Assert.Equal((EventTypes.Host.SignInFailed, reason, "anonymous"), (refused.Type, refused.Reason, refused.Actor));
    }

    /// <summary>Does what a person does at the provider, and gives the address that the browser is sent back to.</summary>
    private static async Task<string> AtTheProvider(Reply begun, string login)
    {
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() };
        using var client = new HttpClient(handler);
        var at = new Uri(begun.Headers.Location.ToString());
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["login"] = login });
        for (var step = 0; step < 10; step++)
        {
            if (at.Host == "access.example") return at.PathAndQuery;
            using var reply = at.AbsolutePath.StartsWith("/interaction/", StringComparison.Ordinal) ? await client.PostAsync(at, form) : await client.GetAsync(at);
            Assert.True(reply.Headers.Location is not null, await reply.Content.ReadAsStringAsync());
            at = new Uri(at, reply.Headers.Location);
        }

        throw new InvalidOperationException("The provider did not send the browser back.");
    }

    private static string Query(string address, string name) => QueryHelpers.ParseQuery(address[address.IndexOf('?', StringComparison.Ordinal)..])[name].ToString();
}
