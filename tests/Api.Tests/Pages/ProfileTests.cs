using AccessFunctions.Api.Tests.Support;
using AccessFunctions.Domain.Audit;

namespace AccessFunctions.Api.Tests.Pages;

/// <summary>The reader's own page: who they are here, and their stand-in.</summary>
public sealed class ProfileTests : IDisposable
{
    private readonly TestApi _api = new();

    public void Dispose() => _api.Dispose();

    [Fact]
    public async Task Profile_SaysWhoTheReaderIs()
    {
        _api.People.Set("alice", person => person with { Manager = "bob", Groups = ["analysts", "on-call"] });
        var page = await _api.Open("/profile", "alice");
        Assert.Equal((200, "Your profile"), (page.Status, page.Title));
        foreach (var words in new[] { "Name Alice", "Id alice", "E-mail alice@example.com", "Manager Bob (bob)", "Directory groups analysts, on-call", "Product roles none", "pg alice", "Through this demo, without a password" })
            Assert.Contains(words, page.Text, StringComparison.Ordinal);
        Assert.Contains("Product roles Admin", (await _api.Open("/profile", "dave")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Profile_SaysUntilWhenTheSessionLasts()
    {
        var browser = new TestBrowser(_api);
        await browser.SignIn("alice");
        var until = _api.Clock.GetUtcNow().AddHours(10).UtcDateTime.ToString("yyyy-MM-dd HH:mm", System.Globalization.CultureInfo.InvariantCulture);
        _api.Clock.Advance(TimeSpan.FromMinutes(30));
        var page = await browser.Get("/profile");
        Assert.Contains($"{until} UTC</time>, or 60 minutes after your last click", page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheShell_LeadsToTheProfile() =>
        Assert.Contains("""<a class="text-truncate" href="/profile"><span class="reader-words">Signed in as </span><b>Alice</b></a>""", (await _api.Open("/", "alice")).Html, StringComparison.Ordinal);

    [Fact]
    public async Task NamesThatAreMarkup_AreText()
    {
        _api.People.Set("alice", person => person with { Name = "<script>alert(1)</script>", Groups = ["<b>"], Identities = new Dictionary<string, string> { ["pg"] = "<i>x" } });
        var page = await _api.Open("/profile", "alice");
        Assert.DoesNotContain("<script>alert", page.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("<i>x", page.Html, StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;alert(1)", page.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StandIn_IsNamed_Shown_AndCleared()
    {
        var now = _api.Clock.GetUtcNow();
        var page = await _api.Do("/profile/stand-in", "bob", ("standIn", "carol"), ("from", ""), ("until", Local(now.AddDays(2))));
        Assert.Contains("Your stand-in is named.", page.Text, StringComparison.Ordinal);
        Assert.Contains("Carol (carol) stands in for you", page.Text, StringComparison.Ordinal);
        Assert.Contains("You stand in for Bob (bob)", (await _api.Open("/profile", "carol")).Text, StringComparison.Ordinal);
        var happened = Assert.Single(_api.AuditTrail);
        Assert.Equal((EventTypes.Host.DelegationChanged, "bob", "person/bob"), (happened.Type, happened.Actor, happened.Resource));

        page = await _api.Do("/profile/stand-in", "bob", ("step", "clear"));
        Assert.Contains("Nobody stands in for you any more.", page.Text, StringComparison.Ordinal);
        Assert.Empty(_api.People.Current.Delegations);
    }

    [Fact]
    public async Task StandIn_TimesAreOfTheReadersZone()
    {
        var day = _api.Clock.GetUtcNow().AddDays(1).UtcDateTime.Date;
        await _api.Do("/profile/stand-in", "bob", ("standIn", "carol"), ("from", $"{day:yyyy-MM-dd}T09:00"), ("until", $"{day:yyyy-MM-dd}T17:00"), ("zone", "Asia/Tokyo"));
        var delegation = Assert.Single(_api.People.Current.Delegations);
        Assert.Equal((day, day.AddHours(8)), (delegation.From.UtcDateTime, delegation.Until.UtcDateTime));
    }

    [Theory]
    [InlineData("", "2", "standIn", "Say who stands in for you")]
    [InlineData("bob", "2", "standIn", "Nobody stands in for themselves.")]
    [InlineData("nobody", "2", "standIn", "There is no such active person.")]
    [InlineData("zoe", "2", "standIn", "There is no such active person.")]
    [InlineData("carol", "", "until", "Say until when")]
    [InlineData("carol", "-2", "until", "The end must come after the start.")]
    [InlineData("carol", "400", "until", "A stand-in is named for at most a year.")]
    [InlineData("carol", "tomorrow", "until", "The end is not a date and time")]
    public async Task StandIn_ThatCannotBe_IsSaidAtTheField_AndTheFormIsKept(string who, string until, string field, string words)
    {
        var end = int.TryParse(until, out var days) ? Local(_api.Clock.GetUtcNow().AddDays(days)) : until;
        var page = new PageReply(await _api.Post("/profile/stand-in", "bob", ("standIn", who), ("until", end)));
        Assert.Equal(422, page.Status);
        Assert.Contains(words, page.Text, StringComparison.Ordinal);
        Assert.Contains($"href=\"#{field}\"", page.Html, StringComparison.Ordinal);
        Assert.Contains($"id=\"{field}-error\"", page.Html, StringComparison.Ordinal);
        if (who.Length > 0) Assert.Contains($"value=\"{who}\"", page.Html, StringComparison.Ordinal);
        Assert.Equal("/profile", page.Reply.Headers["HX-Push-Url"].ToString());
        Assert.Empty(_api.People.Current.Delegations);
    }

    [Fact]
    public async Task StandIn_IsNobodyElsesToName()
    {
        await _api.Do("/profile/stand-in", "bob", ("person", "alice"), ("standIn", "carol"), ("until", Local(_api.Clock.GetUtcNow().AddDays(1))));
        Assert.Equal("bob", Assert.Single(_api.People.Current.Delegations).Person);
    }

    private static string Local(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm", System.Globalization.CultureInfo.InvariantCulture);
}
