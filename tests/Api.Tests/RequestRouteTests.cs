using System.Text.Json.Nodes;
using AccessFunctions.Api.Tests.Support;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;
using NSubstitute;

namespace AccessFunctions.Api.Tests;

/// <summary>Requests over the API: what comes back, how, and to whom. The decisions behind are the real ones.</summary>
public sealed class RequestRouteTests : IDisposable
{
    private readonly TestApi _api = new();

    public void Dispose() => _api.Dispose();

    [Fact]
    public async Task Submit_Answers201_WithTheShapeThatClientsRelyOn()
    {
        var reply = await _api.Send("POST", "/api/requests", "alice", new
        {
            resources = new[] { "pg/sales" },
            kind = "Role",
            role = "reader",
            justification = "quarter-end",
            ticket = "CHG-1",
            start = "2026-11-21T10:00:00Z",
            end = "2026-11-21T12:00:00+01:00",
        }, ("Idempotency-Key", "k1"));
        Assert.Equal(201, reply.Status);
        var id = (string)reply.Json["id"]!;
        Assert.Equal($"/api/requests/{id}", reply.Headers.Location.ToString());
        var expected = JsonNode.Parse($$"""
            { "id": "{{id}}", "status": "Open", "phase": "Open", "outcome": null, "revision": 1, "sequence": 1,
              "requester": { "id": "alice", "name": "Alice" }, "resources": ["pg/sales"], "kind": "Role", "role": "reader", "identity": null, "parameters": {},
              "justification": "quarter-end", "reason": null, "ticket": "CHG-1",
              "period": { "start": "2026-11-21T10:00:00Z", "end": "2026-11-21T11:00:00Z" }, "accessGroup": "analysts", "emergency": null,
              "level": 1, "levels": [
                { "level": 1, "approvers": [{ "id": "bob", "name": "Bob" }, { "id": "dave", "name": "Dave" }], "approvalsRequired": 1, "denialsRequired": 1, "approvals": 0, "denials": 0 },
                { "level": 2, "approvers": [{ "id": "carol", "name": "Carol" }], "approvalsRequired": 1, "denialsRequired": 1, "approvals": 0, "denials": 0 }],
              "reviews": [], "grants": [{ "id": "{{id}}.1", "resource": "pg/sales", "state": "Pending", "identity": "alice", "login": null, "alreadyHeld": null, "fulfillers": [],
                "grantedAt": null, "revokedAt": null, "provenGoneAt": null, "proof": null }],
              "actions": ["cancel"], "createdAt": "2026-11-21T09:00:00Z", "closedAt": null, "pseudonymisedAt": null, "change": null }
            """);
        Assert.True(JsonNode.DeepEquals(expected, reply.Json), reply.Text);
    }

    [Fact]
    public async Task Submit_WithTheSameKey_FindsTheFirst()
    {
        var first = await _api.Submitted("same");
        var again = await _api.Submitted("same");
        Assert.Equal((string)first["id"]!, (string)again["id"]!);
    }

    [Fact]
    public async Task Submit_NotSettledInTime_Answers202_AndWhereToLook()
    {
        _api.Requests.Settles = false;
        var reply = await _api.Send("POST", "/api/requests", "alice", TestApi.Ask(), ("Idempotency-Key", "k1"));
        Assert.Equal(202, reply.Status);
        Assert.Equal($"/api/requests/{(string)reply.Json["id"]!}", reply.Headers.Location.ToString());
        _api.Requests.Settles = true;
        Assert.Equal((string)reply.Json["id"]!, (string)(await _api.Submitted("k1"))["id"]!);
    }

    [Fact]
    public async Task Submit_WithoutARule_IsRefused()
    {
        var reply = await _api.Send("POST", "/api/requests", "alice", new { resources = new[] { "pg/hidden" }, kind = "Role", role = "reader", justification = "x" });
        Assert.Equal((403, "no-rule"), (reply.Status, reply.Problem));
    }

    [Fact]
    public async Task TwoLevels_Approve_UntilScheduledOrProvisioning()
    {
        var id = Id(await _api.Submitted());
        var first = await Act(id, "approve", "bob", new { revision = 1, comment = "fine" });
        Assert.Equal((200, 2), (first.Status, (int)first.Json["level"]!));
        Assert.Equal(1, (int)first.Json["levels"]![0]!["approvals"]!);
        var review = first.Json["reviews"]![0]!;
        Assert.Equal(("Bob", "Approve", "SignedIn", "fine", true),
            ((string)review["by"]!["name"]!, (string)review["verdict"]!, (string)review["channel"]!, (string)review["comment"]!, (bool)review["counted"]!));

        var second = await Act(id, "approve", "carol", new { revision = 1 });
        Assert.Equal("Active", (string)second.Json["status"]!);
        Assert.Equal((409, "already-settled"), Of(await Act(id, "approve", "dave", new { revision = 1 })));
    }

    [Theory]
    [InlineData("alice", "approve", """{"revision":1}""", 403, "self-review")]
    [InlineData("carol", "approve", """{"revision":1}""", 409, "not-your-level")]
    [InlineData("bob", "approve", """{"revision":7}""", 409, "stale-revision")]
    [InlineData("bob", "approve", """{}""", 400, "malformed")]
    [InlineData("bob", "deny", """{"revision":1}""", 422, "comment-required")]
    [InlineData("bob", "deny", """{"revision":1,"comment":"  "}""", 422, "comment-required")]
    [InlineData("bob", "revoke", """{}""", 422, "comment-required")]
    [InlineData("bob", "approve", """{"revision":1,"role":"owner"}""", 422, "role-not-offered")]
    [InlineData("olga", "approve", """{"revision":1}""", 404, "not-found")]
    [InlineData("alice", "emergency", """{"justification":"now"}""", 403, "emergency-not-allowed")]
    public async Task WhatIsNotAllowed_IsAProblemOfItsKind(string by, string action, string body, int status, string problem)
    {
        var id = Id(await _api.Submitted());
        Assert.Equal((status, problem), Of(await Act(id, action, by, body)));
    }

    [Fact]
    public async Task Cancel_NeedsNoBody_AndTakesAnEmptyOne()
    {
        var first = await _api.Send("POST", $"/api/requests/{Id(await _api.Submitted("a"))}/cancel", "alice");
        Assert.Equal(("Closed", "Cancelled"), ((string)first.Json["status"]!, (string)first.Json["outcome"]!));
        Assert.Equal(200, (await Act(Id(await _api.Submitted("b")), "cancel", "alice", "{}")).Status);
        Assert.Equal((400, "malformed"), Of(await Act(Id(await _api.Submitted("c")), "cancel", "alice", """{"why":"no"}""")));
    }

    [Fact]
    public async Task ClosedRequest_HasNoActions()
    {
        var id = Id(await _api.Submitted());
        var closed = await Act(id, "cancel", "alice", "{}");
        Assert.Empty(closed.Json["actions"]!.AsArray());
        var reply = await Act(id, "approve", "bob", new { revision = 1 });
        Assert.Equal((409, "no-actions-available", "No actions available"), (reply.Status, reply.Problem, (string)reply.Json["title"]!));
    }

    [Fact]
    public async Task SameKey_ForSomethingElse_IsRefused()
    {
        var id = Id(await _api.Submitted());
        await Act(id, "approve", "bob", new { revision = 1 }, "k");
        Assert.Equal((422, "idempotency-key-reused"), Of(await Act(id, "deny", "bob", new { revision = 1, comment = "no" }, "k")));
        Assert.Equal(200, (await Act(id, "approve", "bob", new { revision = 1 }, "k")).Status);
    }

    [Fact]
    public async Task Signal_NotSettledInTime_Answers202_AndWhereToLook()
    {
        var id = Id(await _api.Submitted());
        _api.Requests.Settles = false;
        var reply = await Act(id, "approve", "bob", new { revision = 1 });
        Assert.Equal((202, $"/api/requests/{id}"), (reply.Status, reply.Headers.Location.ToString()));
    }

    [Fact]
    public async Task Actions_AreTheReadersOwn()
    {
        var id = Id(await _api.Submitted());
        Assert.Equal(["cancel"], await Actions("alice"));
        Assert.Equal(["approve", "deny"], await Actions("bob"));
        Assert.Empty(await Actions("erin"));

        async Task<IEnumerable<string>> Actions(string by) =>
            (await _api.Send("GET", $"/api/requests/{id}", by)).Json["actions"]!.AsArray().Select(action => (string)action!);
    }

    [Fact]
    public async Task AnothersRequest_LooksLikeNone()
    {
        var id = Id(await _api.Submitted());
        var hidden = await _api.Send("GET", $"/api/requests/{id}", "olga");
        var none = await _api.Send("GET", "/api/requests/none", "olga");
        Assert.Equal((404, "not-found"), Of(hidden));
        Assert.Equal(StripTrace(none.Json), StripTrace(hidden.Json));
    }

    [Fact]
    public async Task Secret_GoesToTheRequesterOnly_AndOnlyWhileActive()
    {
        var id = Id(await _api.Submitted());
        Assert.Equal(409, (await _api.Send("POST", $"/api/requests/{id}/secret", "alice")).Status);
        var request = (await _api.Requests.Find(id, default))!;
        _api.Requests.Set(request with
        {
            Phase = Phase.Active,
            Level = 0,
            Grants = [new Grant { Id = "g1", Resource = "pg/sales", State = GrantState.Granted, Identity = "alice", GrantedAt = _api.Clock.GetUtcNow() }],
        });
        _api.Platform.Secret(default!, default).ReturnsForAnyArgs(new ReleasedSecret(new Dictionary<string, string> { ["password"] = "p4ss'+<w>" }));
        var reply = await _api.Send("POST", $"/api/requests/{id}/secret", "alice");
        Assert.Equal((200, "p4ss'+<w>", "no-store"), (reply.Status, (string)reply.Json["fields"]!["password"]!, reply.Headers.CacheControl.ToString()));
        Assert.Equal(403, (await _api.Send("POST", $"/api/requests/{id}/secret", "bob")).Status);
        Assert.DoesNotContain(_api.Log.Lines, line => line.Text.Contains("p4ss", StringComparison.Ordinal));

        _api.Platform.Secret(default!, default).ReturnsForAnyArgs((ReleasedSecret?)null);
        Assert.Equal((404, "no-secret"), Of(await _api.Send("POST", $"/api/requests/{id}/secret", "alice")));
    }

    [Fact]
    public async Task Secret_FetchedTwiceWithOneKey_IsTwoLooks()
    {
        var id = Id(await _api.Submitted());
        var request = (await _api.Requests.Find(id, default))!;
        _api.Requests.Set(request with
        {
            Phase = Phase.Active,
            Level = 0,
            Grants = [new Grant { Id = "g1", Resource = "pg/sales", State = GrantState.Granted, Identity = "alice", GrantedAt = _api.Clock.GetUtcNow() }],
        });
        _api.Platform.Secret(default!, default).ReturnsForAnyArgs(new ReleasedSecret(new Dictionary<string, string> { ["password"] = "p" }));
        var before = (await _api.Requests.Find(id, default))!.Sequence;
        for (var i = 0; i < 2; i++) Assert.Equal(200, (await _api.Send("POST", $"/api/requests/{id}/secret", "alice", null, ("Idempotency-Key", "same"))).Status);
        Assert.Equal(before + 2, (await _api.Requests.Find(id, default))!.Sequence);
    }

    [Fact]
    public async Task List_ReadsFilters_AndPages()
    {
        for (var i = 0; i < 3; i++) await _api.Submitted($"k{i}");
        var first = await _api.Send("GET", "/api/requests?status=Open&emergency=false&kind=Role&createdFrom=2026-11-20T00:00:00Z&platform=pg&limit=2", "alice");
        Assert.Equal(2, first.Json["items"]!.AsArray().Count);
        var asked = _api.Requests.Asked!;
        Assert.Equal((Status.Open, false, AccessKind.Role, "pg", "alice"), (asked.Status!.Value, asked.Emergency!.Value, asked.Kind!.Value, asked.Platform, asked.VisibleTo));
        var second = await _api.Send("GET", $"/api/requests?status=Open&limit=2&cursor={(string)first.Json["next"]!}", "alice");
        Assert.Single(second.Json["items"]!.AsArray());
        Assert.Null(second.Json["next"]);
    }

    [Theory]
    [InlineData("status=Ajar", "status")]
    [InlineData("status=open", "status")]
    [InlineData("emergency=1", "emergency")]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=201", "limit")]
    [InlineData("limit=abc", "limit")]
    [InlineData("cursor=abc", "cursor")]
    [InlineData("createdFrom=yesterday", "createdFrom")]
    [InlineData("createdFrom=2026-11-21", "createdFrom")]
    [InlineData("colour=red", "colour")]
    [InlineData("mine=true&mine=false", "mine")]
    [InlineData("ticket=a%00b", "ticket")]
    public async Task List_WithABadParameter_NamesIt(string query, string parameter)
    {
        var reply = await _api.Send("GET", $"/api/requests?{query}", "alice");
        Assert.Equal((400, "bad-parameter"), Of(reply));
        Assert.NotNull(reply.Json["errors"]![parameter]);
    }

    [Fact]
    public async Task Preview_SaysWhichRuleAndWhoDecides_AndStoresNothing()
    {
        var reply = await _api.Send("POST", "/api/policy/preview", "alice", TestApi.Ask());
        Assert.Equal((200, true, "analysts", "Approve"), (reply.Status, (bool)reply.Json["allowed"]!, (string)reply.Json["accessGroup"]!, (string)reply.Json["mode"]!));
        Assert.Equal("Carol", (string)reply.Json["levels"]![1]![0]!["name"]!);
        Assert.Empty((await _api.Send("GET", "/api/requests", "alice")).Json["items"]!.AsArray());

        var refused = await _api.Send("POST", "/api/policy/preview", "bob", TestApi.Ask());
        Assert.Equal((false, "no-rule"), ((bool)refused.Json["allowed"]!, (string)refused.Json["refusal"]!["reason"]!));
    }

    [Fact]
    public async Task Batch_AnswersEachByItself()
    {
        var (a, b) = (Id(await _api.Submitted("a")), Id(await _api.Submitted("b")));
        var alone = Id(await _api.Submitted("c"));
        var request = (await _api.Requests.Find(alone, default))!;
        _api.Requests.Set(request with { Policy = request.Policy with { AllowBatch = false } });
        var reply = await _api.Send("POST", "/api/decisions", "bob", new
        {
            decisions = new object[]
            {
                new { id = a, revision = 1, verdict = "Approve" },
                new { id = b, revision = 1, verdict = "Deny" },
                new { id = alone, revision = 1, verdict = "Approve" },
                new { id = "none", revision = 1, verdict = "Approve" },
            },
        });
        var items = reply.Json["items"]!.AsArray();
        Assert.Equal([200, 422, 403, 404], items.Select(item => (int)item!["status"]!));
        Assert.Equal(2, (int)items[0]!["request"]!["level"]!);
        Assert.EndsWith("#comment-required", (string)items[1]!["problem"]!["type"]!, StringComparison.Ordinal);
        Assert.EndsWith("#batch-not-allowed", (string)items[2]!["problem"]!["type"]!, StringComparison.Ordinal);
        Assert.EndsWith("#not-found", (string)items[3]!["problem"]!["type"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"decisions":[]}""")]
    [InlineData("""{"decisions":[{"id":"a","revision":1,"verdict":"Approve"},{"id":"a","revision":1,"verdict":"Approve"}]}""")]
    public async Task Batch_ThatMakesNoSense_IsInvalid(string body) => Assert.Equal((422, "invalid"), Of(await _api.Send("POST", "/api/decisions", "bob", body)));

    private Task<Reply> Act(string id, string action, string by, object body, string? key = null) =>
        _api.Send("POST", $"/api/requests/{id}/{action}", by, body, ("Idempotency-Key", key ?? Guid.NewGuid().ToString()));

    private static string Id(JsonNode request) => (string)request["id"]!;

    private static (int, string) Of(Reply reply) => (reply.Status, reply.Problem);

    private static string StripTrace(JsonNode problem)
    {
        problem["traceId"] = null;
        return problem.ToJsonString();
    }
}
