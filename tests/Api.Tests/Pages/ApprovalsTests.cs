using AccessFunctions.Api.Tests.Support;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;
using NSubstitute;

namespace AccessFunctions.Api.Tests.Pages;

public sealed class ApprovalsTests : IDisposable
{
    private readonly TestApi _api = new();

    public void Dispose() => _api.Dispose();

    [Fact]
    public async Task WithoutAnything_ItSaysSo()
    {
        var page = await _api.Open("/approvals", "olga");
        Assert.Contains("Nothing waits for your decision.", page.Text, StringComparison.Ordinal);
        Assert.Contains("You have not decided on anything yet.", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("id=\"batch\"", page.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatWaits_IsThere_WithWhoAndWhy_AndItsForms_ForItsApproversOnly()
    {
        var id = await Asked();
        var page = await _api.Open("/approvals", "bob");
        Assert.Contains("The role reader on pg/sales", page.Text, StringComparison.Ordinal);
        Assert.Contains("Alice (alice)", page.Text, StringComparison.Ordinal);
        Assert.Contains("quarter-end", page.Text, StringComparison.Ordinal);
        Assert.Contains($"action=\"/requests/{id}/approve\"", page.Html, StringComparison.Ordinal);
        Assert.Contains("waiting for you", page.Html, StringComparison.Ordinal);
        Assert.Contains("Nothing waits for your decision.", (await _api.Open("/approvals", "carol")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EmergenciesToReview_AndConfirmationsByHand_WaitToo()
    {
        var request = (await _api.Requests.Find(await Asked(), default))!;
        _api.Requests.Set(request with
        {
            Phase = Phase.Active,
            Emergency = new Emergency { Justification = "the site is down", DeclaredAt = request.CreatedAt, ReviewDueAt = request.CreatedAt.AddDays(1) },
        });
        _api.Requests.Set(request with
        {
            Id = "r-hand",
            Phase = Phase.Provisioning,
            Grants = [new Grant { Id = "g-1", Resource = "pg/sales", State = GrantState.AwaitingFulfiller, Fulfillers = ["bob"] }],
        });
        var page = await _api.Open("/approvals", "bob");
        Assert.Contains("an emergency that skipped approval", page.Text, StringComparison.Ordinal);
        Assert.Contains("the site is down", page.Text, StringComparison.Ordinal);
        Assert.Contains("access that somebody has to give by hand", page.Text, StringComparison.Ordinal);
        Assert.Contains($"href=\"/requests/{request.Id}\"", page.Html, StringComparison.Ordinal);
        Assert.Contains("2 waiting for you", page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ADecisionFromHere_LeadsBackHere_WithAWord()
    {
        var id = await Asked();
        var page = await _api.Do($"/requests/{id}/approve", "bob", ("revision", "1"), ("from", "approvals"));
        Assert.Equal("My approvals", page.Title);
        Assert.Contains("the role reader on pg/sales: You approved this request.", page.Text, StringComparison.Ordinal);
        Assert.Contains("Nothing waits for your decision.", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("alert-success", (await _api.Open($"/approvals?decided={id}", "dave")).Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Filters_NarrowWhatWaits_AndTheDecisions_AndAreInTheExports()
    {
        var (one, two) = (await Asked(), await Asked());
        var chosen = await _api.Open($"/approvals?id={one}", "bob");
        Assert.Contains($"action=\"/requests/{one}/approve\"", chosen.Html, StringComparison.Ordinal);
        Assert.DoesNotContain($"action=\"/requests/{two}/approve\"", chosen.Html, StringComparison.Ordinal);
        Assert.Contains($"href=\"/api/requests.csv?toReview=true&amp;id={one}\"", chosen.Html, StringComparison.Ordinal);

        await _api.Do($"/requests/{two}/approve", "bob", ("revision", "1"), ("from", "approvals"));
        _api.Audit.List(default!, default, default, default).ReturnsForAnyArgs(
            new Page<AuditRow>([.. _api.Requests.Chain(two).Where(static row => AuditBody.Read(row).Event.Type == EventTypes.Request.Approved)], "older"));
        var decided = await _api.Open("/approvals?verdict=Approve&decidedFrom=2026-11-21&requester=alice", "bob");
        Assert.Contains("Approved signed in", decided.Text, StringComparison.Ordinal);
        Assert.Contains("href=\"/api/decisions.csv?verdict=Approve&amp;decidedFrom=2026-11-21T00%3A00%3A00Z&amp;requester=alice\"", decided.Html, StringComparison.Ordinal);
        Assert.Contains("href=\"/approvals?verdict=Approve&amp;decidedFrom=2026-11-21&amp;requester=alice&amp;past=older\"", decided.Html, StringComparison.Ordinal);
        var none = await _api.Open("/approvals?requester=olga", "bob");
        Assert.Contains("Nothing waits for your decision that matches these filters.", none.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Approved signed in", none.Text, StringComparison.Ordinal);
        Assert.Equal(422, (await _api.Send("GET", "/approvals?decidedTo=soon", "bob")).Status);
    }

    [Fact]
    public async Task WhatCanBeTakenAway_ComesInPages_HoweverMuchElseTheReaderSees()
    {
        for (var i = 0; i < 60; i++)
        {
            var request = (await _api.Requests.Find(await Asked(), default))!;
            var revocable = i % 30 == 0;
            _api.Requests.Set(request with
            {
                Id = $"r-{(revocable ? "z" : "a")}{i:D3}",
                Phase = Phase.Active,
                Levels = revocable ? request.Levels : [request.Levels[0] with { Approvers = ["carol"] }],
                Requester = revocable ? "alice" : "bob",
                Grants = [request.Grants[0] with { State = GrantState.Granted }],
            });
        }

        var bob = await _api.Open("/approvals", "bob");
        Assert.Contains("href=\"/requests/r-z000#revoke\"", bob.Html, StringComparison.Ordinal);
        Assert.Contains("href=\"/requests/r-z030#revoke\"", bob.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("Older access", bob.Text, StringComparison.Ordinal);
        var dave = await _api.Open("/approvals", "dave");
        Assert.Equal(50, dave.Html.Split("#revoke\"").Length - 1);
        Assert.Contains("href=\"/approvals?live=50\"", dave.Html, StringComparison.Ordinal);
        var older = await _api.Open("/approvals?live=50", "dave");
        Assert.Equal(10, older.Html.Split("#revoke\"").Length - 1);
        Assert.Contains("Newest access", older.Text, StringComparison.Ordinal);
        Assert.Equal(400, (await _api.Send("GET", "/approvals?live=x", "dave")).Status);
    }

    [Fact]
    public async Task ABatch_DecidesEachThatIsTicked()
    {
        var (one, two, three) = (await Asked(), await Asked(), await Asked());
        var page = await _api.Do("/approvals", "bob", ("pick", $"1:{one}"), ("pick", $"1:{two}"), ("verdict", "approve"), ("key", "ab"));
        Assert.Equal(2, page.Text.Split("You approved this request.").Length - 1);
        Assert.Equal((1, 1, 0), (await Reviews(one), await Reviews(two), await Reviews(three)));
    }

    [Fact]
    public async Task ABatch_KeepsTheFiltersItWasDecidedUnder()
    {
        const string Filtered = "/approvals?requester=alice&verdict=Approve";
        var (one, two) = (await Asked(), await Asked());
        Assert.Contains("action=\"/approvals?requester=alice&amp;verdict=Approve\"", (await _api.Open($"{Filtered}&cursor=1", "bob")).Html, StringComparison.Ordinal);
        var done = await _api.Post(Filtered, "bob", ("pick", $"1:{one}"), ("verdict", "approve"));
        Assert.Equal((303, $"{Filtered}&decided={one}"), (done.Status, done.Headers["Location"].ToString()));

        var left = await _api.Post(Filtered, "bob", ("pick", $"1:{two}"), ("verdict", "deny"));
        Assert.Equal((422, Filtered), (left.Status, left.Headers["HX-Push-Url"].ToString()));
        Assert.Contains("name=\"requester\" value=\"alice\"", left.Text, StringComparison.Ordinal);
        Assert.DoesNotContain($"action=\"/requests/{two}/approve\"", (await _api.Post("/approvals?requester=olga", "bob", ("verdict", "deny"))).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ABatch_SaysWhatWasNotTaken_AndTakesTheRest()
    {
        var (one, two) = (await Asked(), await Asked());
        await _api.Do($"/requests/{two}/cancel", "alice");
        var reply = new PageReply(await _api.Post("/approvals", "bob", ("pick", $"1:{one}"), ("pick", $"1:{two}"), ("pick", "1:r-none"), ("verdict", "approve")));
        Assert.Equal(422, reply.Status);
        Assert.Contains("You approved this request.", reply.Text, StringComparison.Ordinal);
        Assert.Contains("Not everything was decided", reply.Text, StringComparison.Ordinal);
        Assert.Contains("There is no such thing, or not for you.", reply.Text, StringComparison.Ordinal);
        Assert.Equal((1, 0), (await Reviews(one), await Reviews(two)));
    }

    [Fact]
    public async Task ABatchThatDenies_NeedsAComment_AndKeepsWhatWasWritten()
    {
        var id = await Asked();
        var reply = new PageReply(await _api.Post("/approvals", "bob", ("pick", $"1:{id}"), ("verdict", "deny")));
        Assert.Equal(422, reply.Status);
        Assert.Contains("<a href=\"#batch-comment\">Say why you deny them.</a>", reply.Html, StringComparison.Ordinal);
        var empty = new PageReply(await _api.Post("/approvals", "bob", ("verdict", "approve"), ("comment", "<b>fine</b>")));
        Assert.Contains("Choose the requests to decide on.", empty.Text, StringComparison.Ordinal);
        Assert.Contains("&lt;b&gt;fine&lt;/b&gt;", empty.Html, StringComparison.Ordinal);
        Assert.Equal(0, await Reviews(id));
    }

    [Fact]
    public async Task WhereTheGroupAllowsNoBatch_NothingCanBeTicked()
    {
        await _api.Groups.Save(TestApi.Analysts with { AllowBatch = false }, _api.Groups.Find("analysts")!.Version, default);
        var id = await Asked();
        Assert.DoesNotContain("name=\"pick\"", (await _api.Open("/approvals", "bob")).Html, StringComparison.Ordinal);
        Assert.Equal(422, (await _api.Post("/approvals", "bob", ("pick", $"1:{id}"), ("verdict", "approve"))).Status);
        Assert.Equal(0, await Reviews(id));
    }

    [Fact]
    public async Task LiveAccess_AndPastDecisions_AreListed()
    {
        var id = await Asked();
        await _api.Do($"/requests/{id}/approve", "bob", ("revision", "1"));
        var request = (await _api.Requests.Find(id, default))!;
        _api.Requests.Set(request with { Phase = Phase.Active, Level = 0 });
        _api.Audit.List(Arg.Is<AuditFilter>(filter => filter.Actor == "bob" && filter.Types!.Contains(EventTypes.Request.Approved)), Arg.Any<string?>(), Arg.Any<int>(), Arg.Any<CancellationToken>())
            .Returns(new Page<AuditRow>([.. _api.Requests.Chain(id).Where(row => AuditBody.Read(row).Event.Type == EventTypes.Request.Approved)], null));
        var page = await _api.Open("/approvals", "bob");
        Assert.Contains($"href=\"/requests/{id}#revoke\"", page.Html, StringComparison.Ordinal);
        Assert.Contains("Approved signed in", page.Text, StringComparison.Ordinal);
    }

    private async Task<string> Asked() => (string)(await _api.Submitted())["id"]!;

    private async Task<int> Reviews(string id) => (await _api.Requests.Find(id, default))!.Reviews.Count;
}
