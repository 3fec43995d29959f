using System.Text.RegularExpressions;
using AccessFunctions.Api.Pages.App;
using AccessFunctions.Api.Routing;
using AccessFunctions.Api.Tests.Support;

namespace AccessFunctions.Api.Tests.Sessions;

/// <summary>What a browser's session needs besides its cookie, wherever something changes.</summary>
public sealed partial class FormTests : IDisposable
{
    private readonly TestApi _api = new();
    private readonly TestBrowser _browser;

    public FormTests() => _browser = new TestBrowser(_api);

    /// <summary>Whatever changes something for a person who is signed in: JSON and forms alike.</summary>
    public static TheoryData<string> Changing => [.. ApiRoutes.All.Where(route => route is { Anonymous: false, Method: not "GET" }).Select(route => route.Name)];

    /// <summary>Pages for everybody who is signed in.</summary>
    public static TheoryData<string> Pages => [.. ApiRoutes.All.Where(route => route is { Page: true, Anonymous: false, Method: "GET" }).Select(route => route.Name)];

    public void Dispose() => _api.Dispose();

    [Theory]
    [MemberData(nameof(Changing))]
    public async Task WithTheCookieAlone_NothingChanges(string name)
    {
        await _browser.SignIn("dave");
        var route = ApiRoutes.All.Single(route => route.Name == name);
        var path = route.Template.Replace("{id}", "x", StringComparison.Ordinal);
        foreach (var ticket in new[] { null, "", "made-up" })
        {
            var reply = route.Form.Count > 0
                ? await _browser.Post(path, ticket is null ? new Dictionary<string, string>() : new Dictionary<string, string> { [PostForm.FieldName] = ticket })
                : await _browser.Send(route.Method, path, "{}", ticket is null ? [] : [("X-Form-Ticket", ticket)]);
            Assert.Equal(403, reply.Status);
            if (!route.Page) Assert.Equal("not-from-our-page", reply.Problem);
        }

        Assert.All(_api.AuditTrail, happened => Assert.Equal(("not-from-our-page", "dave"), (happened.Reason, happened.Actor)));
        Assert.NotEmpty(_api.AuditTrail);
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task EachFormOfAPage_CarriesTheTicket(string name)
    {
        await _browser.SignIn("dave");
        var id = (string)(await _api.Submitted())["id"]!;
        var page = await _browser.Get(ApiRoutes.All.Single(route => route.Name == name).Template.Replace("{id}", id, StringComparison.Ordinal));
        var forms = Forms().Matches(page.Text).Select(form => form.Value).Where(form => form.Contains("method=\"post\"", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(forms);
        Assert.All(forms, form => Assert.Matches($$"""name="{{PostForm.FieldName}}" value="[A-Za-z0-9_-]{40,}" ?/?>""", form));
    }

    [Fact]
    public async Task WithTheTicketOfItsPages_TheCookieMayCallTheApi()
    {
        await _browser.SignIn("alice");
        var ticket = await _browser.Ticket();
        Assert.Equal(201, (await _browser.Send("POST", "/api/requests", TestApi.Ask(), ("X-Form-Ticket", ticket))).Status);
        Assert.Equal("not-from-our-page", (await _browser.Send("POST", "/api/requests", TestApi.Ask(), ("X-Form-Ticket", ticket), ("Sec-Fetch-Site", "cross-site"))).Problem);
        Assert.Equal("not-from-our-page", (await _browser.Send("POST", "/api/requests", TestApi.Ask(), ("X-Form-Ticket", ticket), ("Sec-Fetch-Site", "same-site"))).Problem);
        Assert.Equal("not-from-our-page", (await _browser.Send("POST", "/api/requests", TestApi.Ask(), ("X-Form-Ticket", ticket), ("Origin", "https://evil.example"))).Problem);
    }

    [Fact]
    public async Task ATicketOfAnotherSession_IsNone()
    {
        await _browser.SignIn("alice");
        var earlier = await _browser.Ticket();
        await _browser.SignIn("alice");
        Assert.Equal("not-from-our-page", (await _browser.Send("POST", "/api/requests", TestApi.Ask(), ("X-Form-Ticket", earlier))).Problem);

        var mallory = new TestBrowser(_api);
        await mallory.SignIn("olga");
        Assert.Equal("not-from-our-page", (await _browser.Send("POST", "/api/requests", TestApi.Ask(), ("X-Form-Ticket", await mallory.Ticket()))).Problem);
    }

    [Fact]
    public async Task ABearer_NeedsNoTicket_AlsoBesideACookie()
    {
        await _browser.SignIn("bob");
        var token = _api.Issuer.Mint("alice", TimeSpan.FromMinutes(5));
        var reply = await _browser.Send("POST", "/api/requests", TestApi.Ask(), ("Authorization", $"Bearer {token}"));
        Assert.Equal((201, "alice"), (reply.Status, (string)reply.Json["requester"]!["id"]!));
    }

    [GeneratedRegex("<form.*?</form>", RegexOptions.Singleline)]
    private static partial Regex Forms();
}
