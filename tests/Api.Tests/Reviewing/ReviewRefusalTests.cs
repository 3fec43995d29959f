using AccessFunctions.Api.Tests.Support;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Api.Tests.Reviewing;

/// <summary>Every way in which a link does not decide, with what the person is told, and what the audit trail keeps.</summary>
public sealed class ReviewRefusalTests : IDisposable
{
    private readonly TestApi _api = new();

    public void Dispose() => _api.Dispose();

    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    public async Task AForeignToken_TellsAStrangerNothing(string method)
    {
        await Submitted();
        var page = method == "GET" ? await _api.Get("no-such-token") : await _api.Post("no-such-token", [("verdict", "approve")]);
        Assert.Equal((404, "This link does not work"), (page.Status, page.Title));
        foreach (var secret in new[] { "alice", "Alice", "pg/sales", "r-", "/requests/", "no-such-token" }) Assert.DoesNotContain(secret, page.Text, StringComparison.Ordinal);
        var refused = Assert.Single(_api.AuditTrail);
        Assert.Equal((EventTypes.Host.CallRefused, "link-foreign", "anonymous", "EmailLink"), (refused.Type, refused.Reason, refused.Actor, refused.Channel));
        Assert.DoesNotContain("no-such-token", $"{refused.Detail} {string.Join(' ', refused.Detail!.More!)}", StringComparison.Ordinal);
        Assert.Equal($"{method} /review/{{token}}", refused.Detail.More!["route"]);
    }

    [Theory]
    [InlineData(ReviewLinkKind.Decide)]
    [InlineData(ReviewLinkKind.Revoke)]
    public async Task AnExpiredLink_SaysUntilWhen(ReviewLinkKind kind)
    {
        var id = await Submitted();
        var token = _api.Link(id, kind: kind, lasts: TimeSpan.FromMinutes(5));
        var ticket = await _api.Ticket(_api.Link(id, id: "link-2"));
        _api.Clock.Advance(TimeSpan.FromMinutes(5));
        var shown = await _api.Get(token);
        Assert.Equal((410, "This link has expired"), (shown.Status, shown.Title));
        Assert.Contains("It could be used until", shown.Text, StringComparison.Ordinal);
        Assert.DoesNotContain((await Find(id)).Justification!, shown.Text, StringComparison.Ordinal);
        Assert.Contains($"https://access.example/requests/{id}", shown.Html, StringComparison.Ordinal);
        var posted = await _api.Post(token, [("ticket", ticket), ("verdict", "approve")]);
        Assert.Equal(410, posted.Status);
        Assert.Empty((await Find(id)).Reviews);
    }

    [Fact]
    public async Task AnExpiredLink_ThatIsPosted_IsAudited()
    {
        var id = await Submitted();
        var token = _api.Link(id, lasts: TimeSpan.FromMinutes(5));
        var ticket = await _api.Ticket(token);
        _api.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(410, (await _api.Post(token, [("ticket", ticket), ("verdict", "approve")])).Status);
        var refused = Assert.Single(_api.AuditTrail);
        Assert.Equal(("link-expired", "bob", id), (refused.Reason, refused.Actor, refused.Detail!.More!["id"]));
    }

    [Fact]
    public async Task AStaleLink_SaysThatTheRequestChanged()
    {
        var id = await Submitted();
        var token = _api.Link(id);
        var ticket = await _api.Ticket(token);
        await _api.Decide(_api.Link(id, "dave", id: "link-2"), "approve", ("role", "writer"));
        await Told(token, ticket, 409, "The request was changed", "revision 1; the request is now at revision 2");
    }

    [Fact]
    public async Task ALinkOfAPassedLevel_SaysWhoSettledIt_AndWhen()
    {
        var id = await Submitted();
        var token = _api.Link(id);
        var ticket = await _api.Ticket(token);
        await _api.Decide(_api.Link(id, "dave", id: "link-2"), "approve");
        var at = (await Find(id)).Reviews[0].At;
        await Told(token, ticket, 409, "Level 1 is settled", $"settled by Dave on {at.UtcDateTime:yyyy-MM-dd HH:mm}");
    }

    [Fact]
    public async Task ALinkOfALaterLevel_Waits()
    {
        var id = await Submitted();
        await Told(_api.Link(id, "carol", level: 2), null, 409, "It is not your turn", "Level 1 decides now");
    }

    [Theory]
    [InlineData("deny", "Denied", "settled by Dave")]
    [InlineData("cancel", "Cancelled", "settled by Alice")]
    public async Task ASettledRequest_SaysByWhom(string how, string standing, string who)
    {
        var id = await Submitted();
        var token = _api.Link(id);
        var ticket = await _api.Ticket(token);
        if (how == "deny") await _api.Decide(_api.Link(id, "dave", id: "link-2"), "deny", ("comment", "no"));
        else Assert.Equal(200, (await _api.Send("POST", $"/api/requests/{id}/cancel", "alice")).Status);
        await Told(token, ticket, 409, "This is settled", standing, who);
    }

    [Fact]
    public async Task AReaderWhoDecidedElsewhere_IsToldWhat()
    {
        await _api.Groups.Save(TestApi.Analysts with { Levels = [TestApi.Analysts.Levels[0] with { ApprovalsRequired = 2 }, TestApi.Analysts.Levels[1]] }, "v1", default);
        var id = await Submitted();
        var token = _api.Link(id);
        var ticket = await _api.Ticket(token);
        Assert.Equal(200, (await _api.Send("POST", $"/api/requests/{id}/approve", "bob", new { revision = 1 })).Status);
        await Told(token, ticket, 409, "This is decided already", "You approved it on");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AReaderWhoLeft_MayNotDecide(bool known)
    {
        var id = await Submitted();
        var token = _api.Link(id, known ? "bob" : "nobody");
        _api.People.Set("bob", person => person with { Active = false });
        var page = await _api.Get(token);
        Assert.Equal((403, "This link is no longer yours to use"), (page.Status, page.Title));
        Assert.DoesNotContain("pg/sales", page.Text, StringComparison.Ordinal);
        Assert.Equal(403, (await _api.Post(token, [("verdict", "approve")])).Status);
        Assert.Contains(_api.AuditTrail, refused => refused.Reason == "not-active");
        Assert.Empty((await Find(id)).Reviews);
    }

    [Fact]
    public async Task AReaderWhoIsNoApproverAnyMore_MayNotDecide()
    {
        var id = await Submitted();
        var page = await _api.Get(_api.Link(id, "olga"));
        Assert.Equal((403, "This is not yours to decide"), (page.Status, page.Title));
        Assert.DoesNotContain("pg/sales", page.Text, StringComparison.Ordinal);
        Assert.Equal("not-an-approver", Assert.Single(_api.AuditTrail).Reason);
    }

    [Fact]
    public async Task TheRequester_CannotDecideByALink()
    {
        var id = await Submitted();
        await Told(_api.Link(id, "alice"), null, 403, "This is not yours to decide");
    }

    [Fact]
    public async Task ALevelThatNeedsSigningIn_TakesNoApproval_AndStillADenial()
    {
        await _api.Groups.Save(TestApi.Analysts with { Levels = [TestApi.Analysts.Levels[0] with { MinimumAssurance = Channel.SignedIn }] }, "v1", default);
        var id = await Submitted();
        var token = _api.Link(id);
        var shown = await _api.Get(token);
        Assert.Contains("Sign in to approve", shown.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("value=\"approve\"", shown.Html, StringComparison.Ordinal);

        var page = await _api.Decide(token, "approve");
        Assert.Equal((403, "Sign in to approve"), (page.Status, page.Title));
        Assert.Contains("You can still deny here", page.Text, StringComparison.Ordinal);
        Assert.Empty((await Find(id)).Reviews);
        page = await _api.Decide(token, "deny", ("comment", "no"));
        Assert.Equal((200, "You denied this request"), (page.Status, page.Title));
    }

    [Fact]
    public async Task AFormWithoutItsTicket_DecidesNothing_AndIsAudited()
    {
        var id = await Submitted();
        var token = _api.Link(id);
        var others = await _api.Ticket(_api.Link(id, "dave", id: "link-2"));
        foreach (var fields in new (string, string)[][]
        {
            [("verdict", "approve")],
            [("ticket", ""), ("verdict", "approve")],
            [("ticket", "made-up"), ("verdict", "approve")],
            [("ticket", others), ("verdict", "approve")],
        })
        {
            var page = await _api.Post(token, fields);
            Assert.Equal((403, "Please decide again"), (page.Status, page.Title));
            Assert.Contains("name=\"ticket\"", page.Html, StringComparison.Ordinal);
        }

        Assert.Empty((await Find(id)).Reviews);
        Assert.Equal(("form-foreign", "bob"), (_api.AuditTrail[0].Reason, _api.AuditTrail[0].Actor));
    }

    [Fact]
    public async Task ATicket_LastsADay()
    {
        await _api.Groups.Save(TestApi.Analysts with { LapseAfter = TimeSpan.FromDays(7) }, "v1", default);
        var id = await Submitted();
        var token = _api.Link(id, lasts: TimeSpan.FromDays(7));
        var ticket = await _api.Ticket(token);
        _api.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(403, (await _api.Post(token, [("ticket", ticket), ("verdict", "approve")])).Status);
        Assert.Equal(200, (await _api.Decide(token, "approve")).Status);
    }

    [Theory]
    [InlineData("Sec-Fetch-Site", "cross-site", false)]
    [InlineData("Sec-Fetch-Site", "same-site", false)]
    [InlineData("Sec-Fetch-Site", "same-origin", true)]
    [InlineData("Sec-Fetch-Site", "none", true)]
    [InlineData("Origin", "https://evil.example", false)]
    [InlineData("Origin", "https://access.example.evil.example", false)]
    [InlineData("Origin", "not an origin", false)]
    [InlineData("Origin", "https://access.example", true)]
    [InlineData("Origin", "http://localhost:7071", true)]
    [InlineData("Origin", "null", true)] // what a page without a referrer sends
    public async Task AFormOfAnotherSite_DecidesNothing(string header, string value, bool taken)
    {
        var id = await Submitted();
        var token = _api.Link(id);
        var page = await _api.Post(token, [("ticket", await _api.Ticket(token)), ("verdict", "approve")], (header, value));
        Assert.Equal(taken ? 200 : 403, page.Status);
        Assert.Equal(taken ? 1 : 0, (await Find(id)).Reviews.Count);
        if (!taken) Assert.Equal("cross-site", Assert.Single(_api.AuditTrail).Reason);
    }

    [Fact]
    public async Task WhatIsNoForm_DecidesNothing()
    {
        var id = await Submitted();
        var token = _api.Link(id);
        var ticket = await _api.Ticket(token);
        var json = new PageReply(await _api.Send("POST", $"/review/{token}", null, new { ticket, verdict = "approve" }));
        Assert.Equal(403, json.Status);
        Assert.Equal(403, (await _api.Post(token, [.. Enumerable.Range(0, 100).Select(i => ($"f{i}", "x"))])).Status);
        Assert.Equal(413, (await _api.Post(token, [("ticket", ticket), ("verdict", "approve"), ("comment", new string('x', 70_000))])).Status);
        Assert.Equal(422, (await _api.Post(token, [("ticket", ticket), ("verdict", "approve"), ("comment", new string('x', 5_000))])).Status);
        Assert.Equal(422, (await _api.Post(token, [("ticket", ticket), ("verdict", "perhaps")])).Status);
        Assert.Empty((await Find(id)).Reviews);
    }

    [Fact]
    public async Task RefusedDecisions_AreInTheRequestsOwnChain()
    {
        var id = await Submitted();
        var token = _api.Link(id);
        var ticket = await _api.Ticket(token);
        await _api.Decide(_api.Link(id, "dave", id: "link-2"), "approve");
        await _api.Post(token, [("ticket", ticket), ("verdict", "approve")]);
        var seen = (await Find(id)).Seen[^1];
        Assert.Equal(("link-1", "bob", RefusalReason.AlreadySettled), (seen.Id, seen.By, seen.Refused));
        Assert.Empty(_api.AuditTrail);
    }

    [Fact]
    public async Task NoTokenIsLogged()
    {
        var id = await Submitted();
        var token = _api.Link(id);
        await _api.Decide(token, "approve", ("end", "2199-01-01T00:00"));
        await _api.Decide(token, "approve");
        await _api.Get("secret-token-made-up");
        Assert.DoesNotContain(_api.Log.Lines, line => $"{line.Text}{line.Exception}".Contains("secret-token", StringComparison.Ordinal));
    }

    /// <summary>The same is said on opening and on posting, which decides nothing.</summary>
    private async Task Told(string token, string? ticket, int status, string title, params string[] words)
    {
        var reviews = 0;
        ticket ??= "";
        foreach (var page in new[] { await _api.Get(token), await _api.Post(token, [("ticket", ticket), ("verdict", "approve")]) })
        {
            Assert.Equal((status, title), (page.Status, page.Title));
            Assert.All(words, word => Assert.Contains(word, page.Text, StringComparison.Ordinal));
            Assert.Contains("Sign in and open the request", page.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("<form", page.Html, StringComparison.Ordinal);
            reviews++;
        }

        Assert.Equal(2, reviews);
    }

    private async Task<AccessRequest> Find(string id) => (await _api.Requests.Find(id, default))!;

    private async Task<string> Submitted() => (string)(await _api.Submitted())["id"]!;
}
