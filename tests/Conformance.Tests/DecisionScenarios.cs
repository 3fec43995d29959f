using System.Net;
using Xunit;

namespace AccessFunctions.Conformance.Tests;

/// <summary>What any host must answer when people decide. A host's own tests derive from this and say how it starts.</summary>
public abstract class DecisionScenarios
{
    protected abstract Task<IScenarioHost> Start();

    [Fact]
    public async Task Approve_ByBothLevels_MakesItActive_AndTheSecretCanBeFetchedUntilTheEnd()
    {
        await using var host = await Start();
        var alice = host.As("alice");
        var asked = await alice.AskForSecret(end: host.Now.AddHours(2));
        Assert.Equal(HttpStatusCode.Created, asked.Status);
        Assert.Equal(("Open", "1", "1"), (asked["status"], asked["level"], asked["revision"]));
        Assert.EndsWith($"/api/requests/{asked.Id}", asked.Location?.ToString(), StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.Conflict, (await alice.Do(asked.Id, "secret")).Status);
        var level2 = await host.As("bob").Approve(asked.Id);
        Assert.Equal((HttpStatusCode.OK, "2"), (level2.Status, level2["level"]));
        var passed = await host.As("carol").Do(asked.Id, "approve", new { revision = 1, end = host.Now.AddMinutes(30) });
        Assert.Equal((HttpStatusCode.OK, "Active", "1"), (passed.Status, passed["status"], passed["revision"]));

        await host.Becomes(alice, asked.Id, "Active");
        var secret = await alice.Do(asked.Id, "secret");
        Assert.Equal(HttpStatusCode.OK, secret.Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await host.As("bob").Do(asked.Id, "secret")).Status);

        host.Advance(TimeSpan.FromMinutes(31));
        await host.Becomes(alice, asked.Id, "Revoking");
        Assert.Equal(HttpStatusCode.Conflict, (await alice.Do(asked.Id, "secret")).Status);
    }

    [Fact]
    public async Task Approve_ByTwoApproversAtTheSameInstant_CountsOne_AndTellsTheOtherWhoSettledIt()
    {
        await using var host = await Start();
        var asked = await host.As("alice").AskForSecret();
        var answers = await Task.WhenAll(host.As("bob").Approve(asked.Id), host.As("ben").Approve(asked.Id));
        Assert.Single(answers, answer => answer.Status == HttpStatusCode.OK);
        var late = Assert.Single(answers, answer => answer.Status == HttpStatusCode.Conflict);
        Assert.Equal("already-settled", late.Problem);
        Assert.Matches("bob|ben", late["detail"]);
        var now = await host.As("alice").See(asked.Id);
        Assert.Equal(1, now.Body.GetProperty("reviews").GetArrayLength());
        Assert.Equal("2", now["level"]);
    }

    [Fact]
    public async Task Deny_AfterApprove_IsAlreadySettled()
    {
        await using var host = await Start();
        var asked = await host.As("alice").AskForSecret();
        await host.As("bob").Approve(asked.Id);
        var denied = await host.As("ben").Deny(asked.Id);
        Assert.Equal((HttpStatusCode.Conflict, "already-settled"), (denied.Status, denied.Problem));
        Assert.Contains("bob", denied["detail"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Approve_ByTheRequester_IsRefused()
    {
        await using var host = await Start();
        var asked = await host.As("alice").AskForSecret();
        var own = await host.As("alice").Approve(asked.Id);
        Assert.Equal((HttpStatusCode.Forbidden, "self-review"), (own.Status, own.Problem));
    }

    [Fact]
    public async Task Approve_OfALaterLevel_IsNotYet()
    {
        await using var host = await Start();
        var asked = await host.As("alice").AskForSecret();
        var early = await host.As("carol").Approve(asked.Id);
        Assert.Equal((HttpStatusCode.Conflict, "not-your-level"), (early.Status, early.Problem));
    }

    [Fact]
    public async Task Approve_OfAnOlderRevision_IsStale()
    {
        await using var host = await Start();
        var asked = await host.As("alice").AskForSecret(end: host.Now.AddHours(1));
        var widened = await host.As("bob").Do(asked.Id, "approve", new { revision = 1, end = host.Now.AddHours(3) });
        Assert.Equal((HttpStatusCode.OK, "2"), (widened.Status, widened["revision"]));
        var stale = await host.As("carol").Approve(asked.Id, revision: 1);
        Assert.Equal((HttpStatusCode.Conflict, "stale-revision"), (stale.Status, stale.Problem));
        Assert.Equal(HttpStatusCode.OK, (await host.As("carol").Approve(asked.Id, revision: 2)).Status);
    }

    [Fact]
    public async Task Approve_AfterLapse_IsRefused_AndTheRequestIsClosed()
    {
        await using var host = await Start();
        var asked = await host.As("alice").AskForSecret();
        host.Advance(TimeSpan.FromHours(25));
        var late = await host.As("bob").Approve(asked.Id);
        Assert.Equal((HttpStatusCode.Conflict, "no-actions-available"), (late.Status, late.Problem));
        Assert.Equal("No actions available", late["title"]);
        var now = await host.As("alice").See(asked.Id);
        Assert.Equal(("Closed", "Lapsed"), (now["status"], now["outcome"]));
        Assert.Empty(now.Actions);
    }

    [Fact]
    public async Task Revoke_ByTwoApprovers_IsDoneOnce()
    {
        await using var host = await Start();
        var asked = await host.Active();
        var first = await host.As("bob").Do(asked, "revoke", new { comment = "no longer needed" });
        Assert.Equal((HttpStatusCode.OK, "Revoked"), (first.Status, first["outcome"]));
        var second = await host.As("carol").Do(asked, "revoke", new { comment = "me too" });
        Assert.Equal((HttpStatusCode.Conflict, "already-settled"), (second.Status, second.Problem));
        Assert.Contains("bob", second["detail"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task OneApprovalAndOneDenial_WhereTwoApprovalsAreNeeded_DeniesAtOnce()
    {
        await using var host = await Start();
        var asked = await host.As("alice").AskForSecret("ops");
        Assert.Equal("Open", (await host.As("bob").Approve(asked.Id))["status"]);
        var denied = await host.As("ben").Deny(asked.Id);
        Assert.Equal((HttpStatusCode.OK, "Denied"), (denied.Status, denied["status"]));
        Assert.Empty((await host.As("alice").See(asked.Id)).Actions);
    }

    [Fact]
    public async Task Deny_WithoutAComment_SaysSo()
    {
        await using var host = await Start();
        var asked = await host.As("alice").AskForSecret();
        var denied = await host.As("bob").Do(asked.Id, "deny", new { revision = 1 });
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "comment-required"), (denied.Status, denied.Problem));
        Assert.True(denied.Body.GetProperty("errors").TryGetProperty("comment", out _));
    }

    [Fact]
    public async Task AnothersRequest_LooksLikeNoRequest()
    {
        await using var host = await Start();
        var asked = await host.As("alice").AskForSecret();
        var mallory = host.As("mallory");
        var foreign = await mallory.See(asked.Id);
        var none = await mallory.See("r-0000000000000000000000000000000000");
        Assert.Equal(HttpStatusCode.NotFound, foreign.Status);
        Assert.Equal((none.Status, none.Problem, none["title"]), (foreign.Status, foreign.Problem, foreign["title"]));
        foreach (var action in new[] { "approve", "deny", "cancel", "emergency", "revoke", "release", "extend", "ratify", "secret" })
        {
            object body = action switch
            {
                "approve" => new { revision = 1 },
                "deny" => new { revision = 1, comment = "x" },
                "emergency" => new { justification = "x" },
                "revoke" => new { comment = "x" },
                "extend" => new { end = host.Now.AddHours(2) },
                "ratify" => new { verdict = "Ratified" },
                _ => new { },
            };
            Assert.Equal(HttpStatusCode.NotFound, (await mallory.Do(asked.Id, action, body)).Status);
        }

        Assert.Equal(0, (await mallory.Call(HttpMethod.Get, "/api/requests")).Body.GetProperty("items").GetArrayLength());
        Assert.Equal("Open", (await host.As("alice").See(asked.Id))["status"]);
    }
}
