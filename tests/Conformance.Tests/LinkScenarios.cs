using System.Net;
using System.Text.RegularExpressions;
using Xunit;

namespace AccessFunctions.Conformance.Tests;

/// <summary>What any host must do with the links in the mails it sends.</summary>
public abstract partial class LinkScenarios
{
    protected abstract Task<IScenarioHost> Start();

    [Fact]
    public async Task Links_InDeliveredMails_PassBothLevels_AndOpeningThemDecidesNothing()
    {
        await using var host = await Start();
        var asked = await host.As("alice").AskForSecret();
        var bobs = await LinkOf(host, "bob");
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(HttpStatusCode.OK, (await Fetch(host, bobs, HttpMethod.Get)).Status);
            Assert.Equal(HttpStatusCode.OK, (await Fetch(host, bobs, HttpMethod.Head)).Status);
        }

        Assert.Equal(("Open", "1", 0), await Standing(host, asked.Id));
        var (status, page) = await Post(host, bobs, "approve", "by link");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains("You approved this request", page, StringComparison.Ordinal);
        Assert.Equal(("Open", "2", 1), await Standing(host, asked.Id));
        var review = (await host.As("alice").See(asked.Id)).Body.GetProperty("reviews")[0];
        Assert.Equal(("EmailLink", "by link"), (review.GetProperty("channel").GetString(), review.GetProperty("comment").GetString()));

        Assert.Contains("You approved this request", (await Fetch(host, bobs, HttpMethod.Get)).Body, StringComparison.Ordinal);
        var bens = await Fetch(host, await LinkOf(host, "ben"), HttpMethod.Get);
        Assert.Equal(HttpStatusCode.Conflict, bens.Status);
        Assert.Contains("Level 1 is settled", bens.Body, StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.OK, (await Post(host, await LinkOf(host, "carol"), "approve", "")).Status);
        await host.Becomes(host.As("alice"), asked.Id, "Active");
    }

    [Fact]
    public async Task TheSameFormAgain_GetsTheFirstAnswer_AndAnotherVerdictIsTooLate()
    {
        await using var host = await Start();
        var asked = await host.As("alice").AskForSecret();
        var link = await LinkOf(host, "bob");
        var ticket = await Ticket(host, link);
        foreach (var comment in new[] { "first", "first", "second" })
            Assert.Equal(HttpStatusCode.OK, (await Send(host, link, ticket, "approve", comment)).Status);
        var (status, page) = await Send(host, link, ticket, "deny", "changed my mind");
        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.Contains("already used", page, StringComparison.Ordinal);
        Assert.Equal(("Open", "2", 1), await Standing(host, asked.Id));
    }

    [Fact]
    public async Task TwoVerdictsOfOneLink_AtTheSameInstant_AreOne()
    {
        await using var host = await Start();
        var asked = await host.As("alice").AskForSecret();
        var link = await LinkOf(host, "bob");
        var ticket = await Ticket(host, link);
        var answers = await Task.WhenAll(Send(host, link, ticket, "approve", "yes"), Send(host, link, ticket, "deny", "no"));
        Assert.Single(answers, answer => answer.Status == HttpStatusCode.OK);
        Assert.Single(answers, answer => answer.Status == HttpStatusCode.Conflict);
        Assert.Equal(1, (await host.As("alice").See(asked.Id)).Body.GetProperty("reviews").GetArrayLength());
    }

    [Fact]
    public async Task AnEmergencysLink_TakesTheAccessAway()
    {
        await using var host = await Start();
        var asked = await host.As("alice").AskForSecret();
        await host.As("alice").Do(asked.Id, "emergency", new { justification = "production is down" });
        await host.Becomes(host.As("alice"), asked.Id, "Active");
        var link = await LinkOf(host, "carol", "EMERGENCY");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await Post(host, link, "revoke", "")).Status);
        var (status, page) = await Post(host, link, "revoke", "this is no emergency");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains("You revoked this access", page, StringComparison.Ordinal);
        await host.Becomes(host.As("alice"), asked.Id, "Revoking");
        var late = await Fetch(host, await LinkOf(host, "bob", "EMERGENCY"), HttpMethod.Get);
        Assert.Equal(HttpStatusCode.Conflict, late.Status);
        Assert.Contains("settled by carol", late.Body, StringComparison.Ordinal);
    }

    /// <summary>Scanners open whatever is in a mail, some by HEAD first, and again and again.</summary>
    [Fact]
    public async Task EveryLinkInEveryMail_FetchedTenTimes_DecidesNothing()
    {
        await using var host = await Start();
        var open = await host.As("alice").AskForSecret();
        _ = await LinkOf(host, "bob");
        var active = await host.As("mallory").AskForSecret();
        await host.As("mallory").Do(active.Id, "emergency", new { justification = "production is down" });
        await host.Becomes(host.As("mallory"), active.Id, "Active");
        foreach (var reader in new[] { "bob", "ben", "carol" }) _ = await LinkOf(host, reader, "EMERGENCY");
        await Passed(host, open.Id);

        var links = host.Mails().SelectMany(static mail => Address().Matches(mail.Text).Concat(Address().Matches(WebUtility.HtmlDecode(mail.Html)))).Select(static match => match.Value).Distinct().ToList();
        Assert.InRange(links.Count(static link => link.Contains("/review/", StringComparison.Ordinal)), 7, 20);
        var before = (await Standing(host, open.Id), await Standing(host, active.Id));
        for (var i = 0; i < 10; i++)
        {
            foreach (var link in links)
            {
                var path = new Uri(link).PathAndQuery;
                _ = await Fetch(host, path, HttpMethod.Head);
                _ = await Fetch(host, path, HttpMethod.Get);
            }
        }

        Assert.Equal(before, (await Standing(host, open.Id), await Standing(host, active.Id)));
        Assert.Equal(HttpStatusCode.OK, (await Post(host, await LinkOf(host, "carol"), "deny", "no")).Status);
    }

    [Fact]
    public async Task ALink_ExpiresWhenTheRequestLapses()
    {
        await using var host = await Start();
        var asked = await host.As("alice").AskForSecret();
        var link = await LinkOf(host, "bob");
        host.Advance(TimeSpan.FromHours(25));
        await host.Becomes(host.As("alice"), asked.Id, "Closed");
        var (status, page) = await Fetch(host, link, HttpMethod.Get);
        Assert.Equal(HttpStatusCode.Gone, status);
        Assert.Contains("Lapsed", page, StringComparison.Ordinal);
    }

    /// <summary>Level 1 has passed, and carol was asked.</summary>
    private static async Task Passed(IScenarioHost host, string id)
    {
        await host.As("bob").Approve(id);
        _ = await LinkOf(host, "carol");
    }

    /// <summary>The path of the link in the newest mail to this reader whose subject begins so.</summary>
    protected static async Task<string> LinkOf(IScenarioHost host, string person, string subject = "Please decide")
    {
        string? link = null;
        await host.Until(
            () =>
            {
                link = host.Mails().Where(mail => mail.To == $"{person}@example.org" && mail.Subject.StartsWith(subject, StringComparison.Ordinal))
                    .Select(static mail => Review().Match(mail.Text)).Where(static match => match.Success).Select(static match => match.Value).LastOrDefault();
                return Task.FromResult(link is not null);
            },
            $"{person} gets a mail \"{subject}…\" with a link");
        return link!;
    }

    protected static async Task<(string Phase, string Level, int Reviews)> Standing(IScenarioHost host, string id)
    {
        var seen = await host.As("dave").See(id);
        return (seen["phase"]!, seen["level"]!, seen.Body.GetProperty("reviews").GetArrayLength());
    }

    protected static async Task<(HttpStatusCode Status, string Body)> Fetch(IScenarioHost host, string path, HttpMethod method)
    {
        using var client = host.As(null);
        using var response = await client.SendAsync(new HttpRequestMessage(method, path));
        return (response.StatusCode, WebUtility.HtmlDecode(await response.Content.ReadAsStringAsync()));
    }

    protected static async Task<(HttpStatusCode Status, string Body)> Post(IScenarioHost host, string path, string verdict, string comment) =>
        await Send(host, path, await Ticket(host, path), verdict, comment);

    private static async Task<string> Ticket(IScenarioHost host, string path) => TicketField().Match((await Fetch(host, path, HttpMethod.Get)).Body).Groups[1].Value;

    private static async Task<(HttpStatusCode Status, string Body)> Send(IScenarioHost host, string path, string ticket, string verdict, string comment)
    {
        using var client = host.As(null);
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["ticket"] = ticket, ["verdict"] = verdict, ["comment"] = comment });
        using var response = await client.PostAsync(path, form);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    [GeneratedRegex("/review/[A-Za-z0-9_-]+")]
    private static partial Regex Review();

    [GeneratedRegex("https?://[^\\s\"<]+")]
    private static partial Regex Address();

    [GeneratedRegex("name=\"ticket\" value=\"([^\"]+)\"")]
    private static partial Regex TicketField();
}
