using AccessFunctions.Api.Tests.Support;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Api.Tests.Reviewing;

/// <summary>Decisions by a link, and what people are told of each.</summary>
public sealed class ReviewDecisionTests : IDisposable
{
    private readonly TestApi _api = new();

    public void Dispose() => _api.Dispose();

    [Fact]
    public async Task Approve_PassesTheLevel_AndRecordsTheChannel()
    {
        var id = await Submitted();
        var page = await _api.Decide(_api.Link(id), "approve", ("comment", "fine by me"));
        Assert.Equal((200, "You approved this request"), (page.Status, page.Title));
        Assert.Contains("waiting for level 2 of 2", page.Text, StringComparison.Ordinal);
        var review = Assert.Single((await Find(id)).Reviews);
        Assert.Equal(("bob", Verdict.Approve, Channel.EmailLink, "fine by me"), (review.By, review.Verdict, review.Channel, review.Comment));
    }

    [Fact]
    public async Task Deny_NeedsAComment_AndSaysWhere()
    {
        var id = await Submitted();
        var token = _api.Link(id);
        var page = await _api.Decide(token, "deny", ("comment", "  "));
        Assert.Equal(422, page.Status);
        Assert.Contains("role=\"alert\"", page.Html, StringComparison.Ordinal);
        Assert.Contains("<a href=\"#deny-comment\">Say why you deny it.</a>", page.Html, StringComparison.Ordinal);
        Assert.Contains("aria-describedby=\"deny-comment-error\"", page.Html, StringComparison.Ordinal);
        Assert.Contains("<title>Error: ", page.Html, StringComparison.Ordinal);
        Assert.Empty((await Find(id)).Reviews);

        page = await _api.Decide(token, "deny", ("comment", "not in the freeze"));
        Assert.Equal((200, "You denied this request"), (page.Status, page.Title));
        Assert.Equal(Phase.Denied, (await Find(id)).Phase);
    }

    [Fact]
    public async Task Approve_WithAnotherPeriodAndRole_ChangesWhatIsAsked()
    {
        var id = await Submitted();
        var end = _api.Clock.GetUtcNow().AddMinutes(30);
        var page = await _api.Decide(_api.Link(id), "approve", ("end", $"{end:yyyy-MM-ddTHH:mm:ss}"));
        Assert.Equal(200, page.Status);
        var request = await Find(id);
        Assert.Equal((1, true), (request.Revision, request.Period.Fixed));
        Assert.InRange(request.Period.End, end.AddSeconds(-1), end);

        id = await Submitted();
        page = await _api.Decide(_api.Link(id, id: "link-2"), "approve", ("role", "writer"));
        Assert.Equal((2, "writer"), ((await Find(id)).Revision, (await Find(id)).Role));
        Assert.Contains("You changed what is asked, so it is now revision 2", page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatDoesNotFit_IsSaidBesideTheForm_AndCanBeMended()
    {
        var id = await Submitted();
        var token = _api.Link(id);
        var page = await _api.Decide(token, "approve", ("start", "tomorrow"), ("comment", "kept text"));
        Assert.Equal(422, page.Status);
        Assert.Contains("The start is not a date and time", page.Text, StringComparison.Ordinal);
        Assert.Contains("kept text", page.Text, StringComparison.Ordinal);

        page = await _api.Decide(token, "approve", ("end", "2199-01-01T00:00"));
        Assert.Equal(422, page.Status);
        Assert.Contains("role=\"alert\"", page.Html, StringComparison.Ordinal);
        Assert.Contains("value=\"2199-01-01T00:00\"", page.Html, StringComparison.Ordinal);
        page = await _api.Decide(token, "approve", ("role", "owner"));
        Assert.Equal(422, page.Status);
        Assert.Contains("href=\"#role\"", page.Html, StringComparison.Ordinal);
        Assert.Empty((await Find(id)).Reviews);

        Assert.Equal(200, (await _api.Decide(token, "approve")).Status);
        Assert.Equal("link-1.3", (await Find(id)).Seen[^1].Id);
    }

    [Fact]
    public async Task ARoleLeftToTheReviewer_HasToBeChosen()
    {
        var asked = await _api.Submitted(more: new { resources = new[] { "pg/sales" }, kind = "Role", justification = "why" });
        var id = (string)asked["id"]!;
        var token = _api.Link(id);
        Assert.Contains("Choose a role", (await _api.Get(token)).Text, StringComparison.Ordinal);
        var page = await _api.Decide(token, "approve");
        Assert.Equal(422, page.Status);
        Assert.Contains("href=\"#role\"", page.Html, StringComparison.Ordinal);
        Assert.Equal(200, (await _api.Decide(token, "approve", ("role", "reader"))).Status);
    }

    [Theory]
    [InlineData("approve", "deny", "You approved this request")]
    [InlineData("deny", "approve", "You denied this request")]
    public async Task TheSameVerdictAgain_GetsTheFirstAnswer_AnotherIsAlreadyUsed(string verdict, string other, string title)
    {
        var id = await Submitted();
        var token = _api.Link(id);
        var ticket = await _api.Ticket(token);
        Assert.Equal(title, (await Post(verdict, "first")).Title);
        var reviews = (await Find(id)).Reviews;

        foreach (var comment in new[] { "first", "another comment", "" })
        {
            var again = await Post(verdict, comment);
            Assert.Equal((200, title), (again.Status, again.Title));
        }

        var late = await Post(other, "changed my mind");
        Assert.Equal((409, "This link was already used"), (late.Status, late.Title));
        Assert.Contains("A link decides once", late.Text, StringComparison.Ordinal);
        Assert.Equal((200, title), ((await _api.Get(token)).Status, (await _api.Get(token)).Title));
        Assert.Equal(reviews, (await Find(id)).Reviews);

        Task<PageReply> Post(string posted, string comment) => _api.Post(token, [("ticket", ticket), ("verdict", posted), ("comment", comment)]);
    }

    [Fact]
    public async Task TwoPostsAtOnce_DecideOnce()
    {
        var id = await Submitted();
        var token = _api.Link(id);
        var ticket = await _api.Ticket(token);
        var open = await Find(id);
        await _api.Post(token, [("ticket", ticket), ("verdict", "approve")]);
        var decided = await Find(id);

        // The second post has read the request before the first decided.
        _api.Requests.FindOnce(open);
        var late = await _api.Post(token, [("ticket", ticket), ("verdict", "deny"), ("comment", "no")]);
        Assert.Equal((409, "This link was already used"), (late.Status, late.Title));
        _api.Requests.FindOnce(open);
        var same = await _api.Post(token, [("ticket", ticket), ("verdict", "approve"), ("comment", "other")]);
        Assert.Equal((200, "You approved this request"), (same.Status, same.Title));
        Assert.Equal(decided.Reviews, (await Find(id)).Reviews);
    }

    [Fact]
    public async Task NotSettledInTime_SaysThatItWasTaken()
    {
        var id = await Submitted();
        var token = _api.Link(id);
        var ticket = await _api.Ticket(token);
        _api.Requests.Settles = false;
        var page = await _api.Post(token, [("ticket", ticket), ("verdict", "approve")]);
        Assert.Equal((202, "Taken: it is being recorded"), (page.Status, page.Title));
    }

    [Fact]
    public async Task AnEmergencysLink_RevokesOnce_WithAComment()
    {
        var id = await Emergency();
        var token = _api.Link(id, kind: ReviewLinkKind.Revoke);
        var shown = await _api.Get(token);
        Assert.Equal("Emergency: Alice has the role reader on pg/sales without approval", shown.Title);
        Assert.Contains("Why it could not wait production is down", shown.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("value=\"approve\"", shown.Html, StringComparison.Ordinal);

        Assert.Equal(422, (await _api.Decide(token, "revoke")).Status);
        Assert.Equal(422, (await _api.Decide(token, "approve")).Status);
        var ticket = await _api.Ticket(token);
        var page = await _api.Decide(token, "revoke", ("comment", "this is no emergency"));
        Assert.Equal((200, "You revoked this access"), (page.Status, page.Title));
        Assert.Equal((Phase.Revoking, "bob"), ((await Find(id)).Phase, (await Find(id)).Settled!.By));
        var again = await _api.Post(token, [("ticket", ticket), ("verdict", "revoke"), ("comment", "again")]);
        Assert.Equal((200, "You revoked this access"), (again.Status, again.Title));

        var second = _api.Link(id, "carol", kind: ReviewLinkKind.Revoke, id: "link-2");
        var late = await _api.Get(second);
        Assert.Equal((409, "This is settled"), (late.Status, late.Title));
        Assert.Contains("settled by Bob on", late.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ADecideLink_CannotRevoke_AndARevokeLink_CannotDecide()
    {
        var id = await Submitted();
        Assert.Equal(422, (await _api.Decide(_api.Link(id), "revoke", ("comment", "x"))).Status);
        Assert.Empty((await Find(id)).Reviews);
    }

    [Fact]
    public async Task TwoPostsAtOnce_TheFirstRefused_TheSecondDecides()
    {
        var id = await Submitted();
        var token = _api.Link(id);
        var ticket = await _api.Ticket(token);
        var open = await Find(id);
        Assert.Equal(422, (await _api.Post(token, [("ticket", ticket), ("verdict", "approve"), ("start", "2020-01-01T00:00"), ("end", "2020-01-01T01:00")])).Status);

        // The second post has read the request before the first was refused.
        _api.Requests.FindOnce(open);
        var second = await _api.Post(token, [("ticket", ticket), ("verdict", "deny"), ("comment", "no")]);
        Assert.Equal((200, "You denied this request"), (second.Status, second.Title));
        Assert.Equal(Verdict.Deny, Assert.Single((await Find(id)).Reviews).Verdict);
    }

    [Fact]
    public async Task ARequest_WhoseIdentityIsStillToBeChosen_IsSentToThePage_AndCanBeDenied()
    {
        var id = await Submitted();
        var request = await Find(id);
        _api.Requests.Set(request with { Grants = [.. request.Grants.Select(grant => grant with { Identity = null })] });
        var token = _api.Link(id);
        var page = await _api.Get(token);
        Assert.Contains("Sign in to choose it, and approve", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("value=\"approve\"", page.Html, StringComparison.Ordinal);
        Assert.Equal(200, (await _api.Decide(token, "deny", ("comment", "no"))).Status);
    }

    private async Task<string> Emergency()
    {
        await _api.Groups.Save(TestApi.Analysts with { AllowEmergency = true, DefaultRole = "reader" }, "v1", default);
        var id = await Submitted();
        var reply = await _api.Send("POST", $"/api/requests/{id}/emergency", "alice", new { justification = "production is down" });
        Assert.Equal(200, reply.Status);
        return id;
    }

    private async Task<AccessRequest> Find(string id) => (await _api.Requests.Find(id, default))!;

    private async Task<string> Submitted() => (string)(await _api.Submitted())["id"]!;
}
