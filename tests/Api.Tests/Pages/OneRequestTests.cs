using AccessFunctions.Api.Tests.Support;
using AccessFunctions.Application;
using AccessFunctions.Application.Directory;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;
using NSubstitute;

namespace AccessFunctions.Api.Tests.Pages;

public sealed class OneRequestTests : IDisposable
{
    private readonly TestApi _api = new();

    public void Dispose() => _api.Dispose();

    [Fact]
    public async Task Approver_SeesTheFormsOfADecision_AndTheRequesterThoseOfTheirs()
    {
        var id = await Asked();
        var approver = await _api.Open($"/requests/{id}", "bob");
        Assert.Contains($"action=\"/requests/{id}/approve\"", approver.Html, StringComparison.Ordinal);
        Assert.Contains($"action=\"/requests/{id}/deny\"", approver.Html, StringComparison.Ordinal);
        Assert.DoesNotContain($"/requests/{id}/cancel", approver.Html, StringComparison.Ordinal);
        var requester = await _api.Open($"/requests/{id}", "alice");
        Assert.Contains($"action=\"/requests/{id}/cancel\"", requester.Html, StringComparison.Ordinal);
        Assert.DoesNotContain($"/requests/{id}/approve", requester.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("What you can do", (await _api.Open($"/requests/{id}", "erin")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Approve_LeadsBackToThePage_WhichSaysSo_AndWhoDecidedThroughWhat()
    {
        var id = await Asked();
        var page = await _api.Do($"/requests/{id}/approve", "bob", ("revision", "1"), ("comment", "fine by me"));
        Assert.Contains("You approved this request. Open, waiting for level 2 of 2.", page.Text, StringComparison.Ordinal);
        Assert.Contains("Level 1: passed", page.Text, StringComparison.Ordinal);
        Assert.Contains("Bob approved signed in,", page.Text, StringComparison.Ordinal);
        Assert.Contains("Level 2: decides now", page.Text, StringComparison.Ordinal);
        Assert.Contains("fine by me", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain($"/requests/{id}/approve", page.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Approve_TakesAPeriod_InTheZoneOfTheForm()
    {
        var id = await Asked();
        var start = _api.Clock.GetUtcNow().AddHours(2);
        var tokyo = start.ToOffset(TimeSpan.FromHours(9));
        await _api.Do($"/requests/{id}/approve", "bob", ("revision", "1"), ("zone", "Asia/Tokyo"), ("role", "writer"),
            ("start", tokyo.ToString("yyyy-MM-ddTHH:mm", null)), ("end", tokyo.AddHours(1).ToString("yyyy-MM-ddTHH:mm", null)));
        var request = (await _api.Requests.Find(id, default))!;
        Assert.Equal(("writer", start.AddHours(1)), (request.Role, request.Period.End));
    }

    [Fact]
    public async Task Approve_TakesAnyIdentityOfTheRequester_OnThePlatform_AndNobodyElses()
    {
        var id = await Asked();
        Assert.DoesNotContain("name=\"identity\"", (await _api.Open($"/requests/{id}", "bob")).Html, StringComparison.Ordinal);
        var hand = new IdentityLink("alice", LinkKind.Hand);
        await _api.People.SetIdentityLinks(new Dictionary<PlatformIdentity, IdentityLink?> { [new("pg", "alice_dba")] = hand, [new("other", "alice_o")] = hand }, default);
        var form = await _api.Open($"/requests/{id}", "bob");
        Assert.Contains("<option value=\"alice\">alice</option><option value=\"alice_dba\">alice_dba</option>", form.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("alice_o", form.Html, StringComparison.Ordinal);

        foreach (var others in new[] { "alice_o", "olga", "bob" })
            Assert.Equal("identity-not-allowed", (await _api.Send("POST", $"/api/requests/{id}/approve", "bob", new { revision = 1, identity = others })).Problem);
        await _api.Do($"/requests/{id}/approve", "bob", ("revision", "1"), ("role", "reader"), ("identity", "alice_dba"));
        Assert.Equal("alice_dba", (await _api.Requests.Find(id, default))!.Identity);
    }

    [Fact]
    public async Task TheSameFormTwice_DecidesOnce_AndAnswersTheSame()
    {
        var id = await Asked();
        var first = await _api.Post($"/requests/{id}/approve", "bob", ("revision", "1"), ("key", "ab12"));
        var second = await _api.Post($"/requests/{id}/approve", "bob", ("revision", "1"), ("key", "ab12"));
        Assert.Equal((303, 303), (first.Status, second.Status));
        Assert.Single((await _api.Requests.Find(id, default))!.Reviews);
        Assert.Equal(422, (await _api.Post($"/requests/{id}/approve", "bob", ("revision", "1"), ("key", "ab12"), ("comment", "other"))).Status);
    }

    [Theory]
    [InlineData("deny", "deny-comment", "Say why you deny it.")]
    [InlineData("approve", "approve-end", "The end is not a date and time such as 2026-11-21 09:00.")]
    [InlineData("emergency", "emergency-justification", "Say why it cannot wait.")]
    public async Task WhatIsMissing_IsSaidAtItsField_AndNothingIsLost(string action, string field, string message)
    {
        var id = await Asked(emergency: true);
        var by = action == "emergency" ? "alice" : "bob";
        var reply = new PageReply(await _api.Post($"/requests/{id}/{action}", by, ("revision", "1"), ("start", "2026-11-21T09:00"), ("end", "soon")));
        Assert.Equal(422, reply.Status);
        Assert.Contains($"<a href=\"#{field}\">{message}</a>", reply.Html, StringComparison.Ordinal);
        Assert.Contains($"id=\"{field}-error\"", reply.Html, StringComparison.Ordinal);
        Assert.Matches($"id=\"{field}\"[^>]*aria-invalid=\"true\"", reply.Html);
        Assert.Matches($"<details class=\"act\" id=\"{action}\" open", reply.Html);
        if (action == "approve") Assert.Contains("value=\"2026-11-21T09:00\"", reply.Html, StringComparison.Ordinal);
        Assert.Equal(OneRequestAddress(id), reply.Reply.Headers["HX-Push-Url"].ToString());
        Assert.Empty((await _api.Requests.Find(id, default))!.Reviews);
    }

    [Fact]
    public async Task AFormWithoutItsRevision_DecidesNothing()
    {
        var id = await Asked();
        var reply = new PageReply(await _api.Post($"/requests/{id}/approve", "bob"));
        Assert.Equal(422, reply.Status);
        Assert.Contains("which revision you read", reply.Text, StringComparison.Ordinal);
        Assert.Empty((await _api.Requests.Find(id, default))!.Reviews);
    }

    [Fact]
    public async Task ARoleThatIsMissing_IsAskedForAtItsField()
    {
        var id = (string)(await _api.Submitted(more: new { resources = new[] { "pg/sales" }, kind = "Role", justification = "quarter-end" }))["id"]!;
        var reply = new PageReply(await _api.Post($"/requests/{id}/approve", "bob", ("revision", "1")));
        Assert.Equal(422, reply.Status);
        Assert.Contains("<a href=\"#approve-role\">Choose a role before you approve: reader, writer.</a>", reply.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatTheRequestRefuses_IsSaidInWords_OnThePageAsItStands()
    {
        var id = await Asked();
        var own = new PageReply(await _api.Post($"/requests/{id}/approve", "alice", ("revision", "1")));
        Assert.Equal((403, "Nobody decides on their own request."), (own.Status, own.Text.Contains("Nobody decides on their own request.", StringComparison.Ordinal) ? "Nobody decides on their own request." : own.Text));
        await _api.Do($"/requests/{id}/cancel", "alice");
        var late = new PageReply(await _api.Post($"/requests/{id}/deny", "bob", ("revision", "1"), ("comment", "no")));
        Assert.Equal(409, late.Status);
        Assert.Contains("Cancelled", late.Text, StringComparison.Ordinal);
        Assert.DoesNotContain($"/requests/{id}/deny", late.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Emergency_WarnsAndStartsNow_AndAnApproverRatifies()
    {
        var id = await Asked(emergency: true);
        var before = await _api.Open($"/requests/{id}?done=submit", "alice");
        Assert.Contains("Your request is in.", before.Text, StringComparison.Ordinal);
        Assert.Contains("This skips every approval, and nobody can do it quietly.", before.Text, StringComparison.Ordinal);
        Assert.Matches("<details class=\"act\" id=\"emergency\" open", before.Html);
        Assert.Contains("The emergency is declared", (await _api.Do($"/requests/{id}/emergency", "alice", ("justification", "production is down"))).Text, StringComparison.Ordinal);
        Assert.Equal(422, (await _api.Post($"/requests/{id}/ratify", "bob")).Status);
        Assert.Contains("The emergency is ratified.", (await _api.Do($"/requests/{id}/ratify", "bob", ("verdict", "Ratified"))).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReleaseRevokeAndExtend_AreOfferedWhileItIsActive_AndTaken()
    {
        var (released, revoked, extended) = (await Active(), await Active(), await Active());
        Assert.Contains("You gave the access back.", (await _api.Do($"/requests/{released}/release", "alice")).Text, StringComparison.Ordinal);
        Assert.Equal(422, (await _api.Post($"/requests/{revoked}/revoke", "bob")).Status);
        Assert.Contains("You revoked this access.", (await _api.Do($"/requests/{revoked}/revoke", "bob", ("comment", "not needed"))).Text, StringComparison.Ordinal);
        var end = (await _api.Requests.Find(extended, default))!.Period.End.AddMinutes(30);
        Assert.Contains("on its way to the platform", (await _api.Do($"/requests/{extended}/extend", "alice", ("end", end.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss", null)))).Text, StringComparison.Ordinal);
        Assert.Equal(422, (await _api.Post($"/requests/{await Active()}/extend", "alice", ("end", "2031-01-01T00:00"))).Status);
    }

    [Fact]
    public async Task Confirmations_AreOfferedToTheFulfiller()
    {
        var id = await Active();
        var request = (await _api.Requests.Find(id, default))!;
        _api.Requests.Set(request with { Phase = Phase.Revoking, Outcome = Outcome.Expired, Grants = [request.Grants[0] with { State = GrantState.AwaitingRemoval, Fulfillers = ["bob"] }] });
        var before = await _api.Open($"/requests/{id}", "bob");
        Assert.Contains("Waits for Bob to confirm that it is gone", before.Text, StringComparison.Ordinal);
        Assert.Contains("Your confirmation is recorded.", (await _api.Do($"/requests/{id}/confirm-removed", "bob", ("comment", "looked"))).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Secret_IsOnTheAnswerAlone_HiddenUntilShown_AndNeverForOthers()
    {
        var id = await Active(AccessKind.Credential);
        _api.Platform.Secret(Arg.Any<PlatformOrder>(), Arg.Any<CancellationToken>()).Returns(new ReleasedSecret(new Dictionary<string, string> { ["password"] = "<hunter2>" }));
        Assert.DoesNotContain("hunter2", (await _api.Open($"/requests/{id}", "alice")).Html, StringComparison.Ordinal);
        var shown = new PageReply(await _api.Post($"/requests/{id}/secret", "alice"));
        Assert.Equal((200, "no-store"), (shown.Status, shown.Reply.Headers.CacheControl.ToString()));
        Assert.Matches("<details>\\s*<summary>Show or hide password</summary>\\s*<pre id=\"secret-0\"[^>]*>&lt;hunter2&gt;</pre>", shown.Html);
        Assert.Contains("data-copy=\"secret-0\" hidden", shown.Html, StringComparison.Ordinal);
        Assert.Contains("The requester fetched a secret.", shown.Text, StringComparison.Ordinal);
        Assert.Equal(OneRequestAddress(id), shown.Reply.Headers["HX-Push-Url"].ToString());
        var other = new PageReply(await _api.Post($"/requests/{id}/secret", "bob"));
        Assert.Equal(403, other.Status);
        Assert.DoesNotContain("hunter2", other.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chain_IsVerifiedAsItIsRead()
    {
        var id = await Asked();
        Assert.Contains("Chain verified 1 event, checked just now", (await _api.Open($"/requests/{id}", "bob")).Text, StringComparison.Ordinal);
        var chain = _api.Requests.Chain(id);
        var body = (byte[])chain[0].Body.Clone();
        body[^3] ^= 1;
        chain[0] = chain[0] with { Body = body };
        Assert.Contains("The chain is broken.", (await _api.Open($"/requests/{id}", "bob")).Text, StringComparison.Ordinal);
        chain.Clear();
        Assert.Contains("The chain is not there", (await _api.Open($"/requests/{id}", "bob")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Notices_AreListed_WithAddressesForThoseWhoOversee()
    {
        var id = await Asked();
        Assert.Contains("None went out yet.", (await _api.Open($"/requests/{id}", "bob")).Text, StringComparison.Ordinal);
        var at = _api.Clock.GetUtcNow();
        _api.Notices.Of(id, Arg.Any<CancellationToken>()).Returns(
        [
            new NoticeOutcome(NoticeKind.ReviewAsked, "bob", "smtp", NoticeResult.Sent, at),
            new NoticeOutcome(NoticeKind.ReviewAsked, "dave", "slack", NoticeResult.Waiting, at, "it failed (<b>)"),
            new NoticeOutcome(NoticeKind.Settled, "carol", "slack", NoticeResult.NotSent, at),
            new NoticeOutcome(NoticeKind.Escalated, "zoe", null, NoticeResult.NotSent, at),
        ]);
        var page = await _api.Open($"/requests/{id}", "alice");
        Assert.Contains("Bob E-mail Please decide Sent", page.Text, StringComparison.Ordinal);
        Assert.Contains("Dave Slack Please decide Waiting The channel did not take it: it failed (<b>). It is tried again.", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("It is decided already", page.Text, StringComparison.Ordinal);
        Assert.Contains("Not sent The person is no longer there.", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("bob@example.com", page.Html, StringComparison.Ordinal);
        foreach (var overseer in new[] { "dave", "erin" })
            Assert.Contains("Bob, bob@example.com E-mail", (await _api.Open($"/requests/{id}", overseer)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AMadeUpAddress_MakesThePageSayNothing()
    {
        var id = await Asked();
        foreach (var done in new[] { "approve", "deny", "revoke", "cancel", "emergency", "<script>" })
            Assert.DoesNotContain("alert-success", (await _api.Open($"/requests/{id}?done={Uri.EscapeDataString(done)}", "bob")).Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Comments_AreText_WhateverTheyHold()
    {
        var id = await Asked();
        var page = await _api.Do($"/requests/{id}/deny", "bob", ("revision", "1"), ("comment", "<script>alert(1)</script>"));
        Assert.DoesNotContain("<script>alert", page.Html, StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;alert(1)", page.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Strangers_ActOnNothing_AndLearnNothing()
    {
        var id = await Asked();
        Assert.Equal(404, (await _api.Post($"/requests/{id}/approve", "olga", ("revision", "1"))).Status);
        Assert.Equal(404, (await _api.Post($"/requests/{id}/secret", "olga")).Status);
        Assert.Equal(404, (await _api.Post($"/requests/{id}/dance", "bob")).Status);
    }

    private static string OneRequestAddress(string id) => $"/requests/{id}";

    private async Task<string> Asked(bool emergency = false)
    {
        if (emergency) await _api.Groups.Save(TestApi.Analysts with { AllowEmergency = true, DefaultRole = "reader" }, _api.Groups.Find("analysts")!.Version, default);
        return (string)(await _api.Submitted())["id"]!;
    }

    /// <summary>A request whose access is there.</summary>
    private async Task<string> Active(AccessKind kind = AccessKind.Role)
    {
        var id = (string)(await _api.Submitted())["id"]!;
        var request = (await _api.Requests.Find(id, default))!;
        _api.Requests.Set(request with
        {
            Phase = Phase.Active,
            Ask = request.Ask with { Kind = kind },
            Level = 0,
            Policy = request.Policy with { ExtendUpTo = TimeSpan.FromHours(2) },
            Grants = [request.Grants[0] with { State = GrantState.Granted, GrantedAt = _api.Clock.GetUtcNow() }],
        });
        return id;
    }
}
