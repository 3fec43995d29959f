using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using AccessFunctions.Tests.Shared;
using Xunit;

namespace AccessFunctions.Embedded.Tests;

/// <summary>A newcomer lives the whole story in the demo's mailboxes.</summary>
public sealed partial class DemoMailTests : IAsyncLifetime
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);
    private readonly string _data = Path.Combine(Path.GetTempPath(), "access-demo-" + Guid.NewGuid().ToString("N"));
    private EmbeddedHost _host = null!;
    private HttpClient _browser = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _host = await EmbeddedHost.Start(new EmbeddedHostOptions { Data = _data, Urls = "http://127.0.0.1:0" });
        _browser = _host.Client();
    }

    public async ValueTask DisposeAsync()
    {
        _browser.Dispose();
        await _host.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }

    [Fact]
    public async Task Mailbox_WithoutMail_SaysWhatToDo() => Assert.Contains("There is no mail yet", await Page("/demo/mail"), StringComparison.Ordinal);

    [Fact]
    public async Task Story_ByALinkThenByAReply_GivesAccess()
    {
        var id = await Ask();

        // Bob clicks the link in his mail.
        var link = Review().Match(await Mail("bob@demo.invalid")).Groups[1].Value;
        var page = await Page(new Uri(link).AbsolutePath);
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["ticket"] = Ticket().Match(page).Groups[1].Value, ["verdict"] = "approve", ["comment"] = "fine" });
        using var decided = await _browser.PostAsync(new Uri(link).AbsolutePath, form, Cancellation);
        Assert.Equal(HttpStatusCode.OK, decided.StatusCode);

        // Carol replies to hers.
        Assert.Contains("Your reply counts", await Reply("carol@demo.invalid", "Approve!\n\nuntil the evening"), StringComparison.Ordinal);
        var reviews = (await Request(id)).GetProperty("reviews");
        Assert.Equal(["EmailLink", "EmailReply"], reviews.EnumerateArray().Select(review => review.GetProperty("channel").GetString()));
        Assert.Equal("until the evening", reviews[1].GetProperty("comment").GetString());
        await Wait.Until(async () => (await Request(id)).GetProperty("phase").GetString() == "Active", Soon, "the access");
    }

    [Fact]
    public async Task Reply_WithoutTheWord_ChangesNothing_AndIsAnsweredIntoTheMailbox()
    {
        var id = await Ask();
        Assert.Contains("Your reply changed nothing", await Reply("bob@demo.invalid", "Looks <b>good</b> to me"), StringComparison.Ordinal);
        Assert.Equal(0, (await Request(id)).GetProperty("reviews").GetArrayLength());
        await Wait.Until(async () => Links().Count(await Page("/demo/mail?to=bob@demo.invalid")) == 2, Soon, "the answer");
    }

    [Fact]
    public async Task Reply_FromElsewhere_OrEmpty_SendsNothing()
    {
        var id = await Ask();
        var ticket = Ticket().Match(await Mail("bob@demo.invalid")).Groups[1].Value;
        var address = Links().Match(await Page("/demo/mail?to=bob@demo.invalid")).Groups[1].Value;
        using var foreign = new HttpRequestMessage(HttpMethod.Post, address) { Content = new FormUrlEncodedContent(new Dictionary<string, string> { ["ticket"] = ticket, ["words"] = "APPROVE" }) };
        foreign.Headers.Add("Origin", "https://elsewhere.example");
        using var refused = await _browser.SendAsync(foreign, Cancellation);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        using var without = new FormUrlEncodedContent(new Dictionary<string, string> { ["words"] = "APPROVE" });
        using var unasked = await _browser.PostAsync(address, without, Cancellation);
        Assert.Equal(HttpStatusCode.Forbidden, unasked.StatusCode);
        using var nothing = new FormUrlEncodedContent(new Dictionary<string, string> { ["ticket"] = ticket, ["words"] = " " });
        using var empty = await _browser.PostAsync(address, nothing, Cancellation);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, empty.StatusCode);
        Assert.Equal(0, (await Request(id)).GetProperty("reviews").GetArrayLength());
    }

    [Theory]
    [InlineData("/demo/mail/nothing")]
    [InlineData("/demo/mail/..%2F..%2Faccess.db")]
    public async Task Mail_ThatIsNone_IsNotFound(string address)
    {
        using var answer = await _browser.GetAsync(address, Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    private async Task<string> Ask()
    {
        using var alice = _host.Client("alice");
        using var asked = await alice.PostAsJsonAsync("/api/requests", new { resources = new[] { "vault/db-admin" }, kind = "Credential", justification = "quarter-end <b>check</b>" }, Cancellation);
        return (await asked.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("id").GetString()!;
    }

    private async Task<JsonElement> Request(string id)
    {
        using var erin = _host.Client("erin");
        return await erin.GetFromJsonAsync<JsonElement>($"/api/requests/{id}", Cancellation);
    }

    private async Task<string> Page(string address)
    {
        using var answer = await _browser.GetAsync(address, Cancellation);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var page = await answer.Content.ReadAsStringAsync(Cancellation);
        Assert.DoesNotContain("<b>", page, StringComparison.Ordinal);
        return page;
    }

    /// <summary>The newest mail of a reader, once it is there.</summary>
    private async Task<string> Mail(string reader)
    {
        var list = "";
        await Wait.Until(async () => Links().IsMatch(list = await Page($"/demo/mail?to={reader}")), Soon, $"a mail to {reader}");
        return await Page(Links().Match(list).Groups[1].Value);
    }

    private async Task<string> Reply(string reader, string words)
    {
        var ticket = Ticket().Match(await Mail(reader)).Groups[1].Value;
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["ticket"] = ticket, ["words"] = words });
        using var answer = await _browser.PostAsync(Links().Match(await Page($"/demo/mail?to={reader}")).Groups[1].Value, form, Cancellation);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync(Cancellation);
    }

    [GeneratedRegex("href=\"(/demo/mail/[^\"?]+)\"")]
    private static partial Regex Links();

    [GeneratedRegex("href=\"([^\"]+/review/[^\"]+)\"")]
    private static partial Regex Review();

    [GeneratedRegex("name=\"ticket\" value=\"([^\"]+)\"")]
    private static partial Regex Ticket();
}
