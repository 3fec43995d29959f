using System.Net;
using Xunit;

namespace AccessFunctions.Conformance.Tests;

/// <summary>What any host must do with the rest of a request's life, and with repeated and malformed calls.</summary>
public abstract class LifeScenarios
{
    protected abstract Task<IScenarioHost> Start();

    [Fact]
    public async Task Emergency_SkipsApprovalInPlainSight_AndOwesAReview()
    {
        await using var host = await Start();
        var asked = await host.As("alice").AskForSecret();
        Assert.Contains("emergency", asked.Actions);
        var declared = await host.As("alice").Do(asked.Id, "emergency", new { justification = "production is down" });
        Assert.Equal((HttpStatusCode.OK, "Active"), (declared.Status, declared["status"]));
        await host.Becomes(host.As("alice"), asked.Id, "Active");

        var pending = await host.As("bob").Approve(asked.Id);
        Assert.Equal(HttpStatusCode.Conflict, pending.Status);
        var list = await host.As("erin").Call(HttpMethod.Get, "/api/requests?emergency=true");
        Assert.Equal(asked.Id, Assert.Single(list.Body.GetProperty("items").EnumerateArray()).GetProperty("id").GetString());

        Assert.Equal(HttpStatusCode.Forbidden, (await host.As("alice").Do(asked.Id, "ratify", new { verdict = "Ratified" })).Status);
        var objected = await host.As("carol").Do(asked.Id, "ratify", new { verdict = "Objected", comment = "could have waited" });
        Assert.Equal((HttpStatusCode.OK, "Revoked"), (objected.Status, objected["outcome"]));
        Assert.Equal("Objected", objected.Body.GetProperty("emergency").GetProperty("review").GetString());
        Assert.Equal(HttpStatusCode.Conflict, (await host.As("bob").Do(asked.Id, "ratify", new { verdict = "Ratified" })).Status);
    }

    [Fact]
    public async Task Emergency_WhileAReviewIsOverdue_IsBlocked()
    {
        await using var host = await Start();
        var first = await host.As("alice").AskForSecret();
        await host.As("alice").Do(first.Id, "emergency", new { justification = "production is down" });
        host.Advance(TimeSpan.FromHours(25));
        var second = await host.As("alice").AskForSecret();
        var blocked = await host.As("alice").Do(second.Id, "emergency", new { justification = "again" });
        Assert.Equal("emergency-debt", blocked.Problem);
        Assert.Equal(HttpStatusCode.OK, (await host.As("bob").Do(first.Id, "ratify", new { verdict = "Ratified" })).Status);
        Assert.Equal(HttpStatusCode.OK, (await host.As("alice").Do(second.Id, "emergency", new { justification = "again" })).Status);
    }

    [Fact]
    public async Task VaultSecretWithoutRotation_IsNeverShownAsProven_UntilAnAdministratorConfirms()
    {
        await using var host = await Start();
        var id = await host.Active();
        await host.As("alice").Do(id, "release");
        await host.Until(async () => (await host.As("alice").See(id)).Body.GetProperty("grants")[0].GetProperty("state").GetString() == "AwaitingRemoval", "the removal awaits a person");
        var waiting = await host.As("dave").See(id);
        Assert.Equal("Revoking", waiting["phase"]);
        Assert.StartsWith("None (rotate by hand)", waiting.Body.GetProperty("grants")[0].GetProperty("proof").GetString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, (await host.As("alice").Do(id, "confirm-removed")).Status);
        var closed = await host.As("dave").Do(id, "confirm-removed", new { comment = "rotated" });
        Assert.Equal((HttpStatusCode.OK, "Closed", "Released"), (closed.Status, closed["status"], closed["outcome"]));
        Assert.Equal(System.Text.Json.JsonValueKind.Null, closed.Body.GetProperty("grants")[0].GetProperty("provenGoneAt").ValueKind);
    }

    [Fact]
    public async Task ManualAccess_IsConfirmedDoneAndRemovedByItsFulfiller()
    {
        await using var host = await Start();
        var asked = await host.As("alice").Ask(new { resources = new[] { "desk/badge" }, kind = "Other", justification = "visitors" });
        Assert.Equal(HttpStatusCode.Created, asked.Status);
        await host.Until(async () => (await host.As("alice").See(asked.Id)).Body.GetProperty("grants")[0].GetProperty("state").GetString() == "AwaitingFulfiller", "the desk was asked");
        Assert.Equal(HttpStatusCode.Forbidden, (await host.As("bob").Do(asked.Id, "confirm-done")).Status);
        Assert.Equal("Active", (await host.As("frank").Do(asked.Id, "confirm-done"))["phase"]);
        host.Advance(TimeSpan.FromHours(2));
        await host.Until(async () => (await host.As("frank").See(asked.Id)).Actions.Contains("confirm-removed"), "the removal awaits frank");
        var closed = await host.As("frank").Do(asked.Id, "confirm-removed");
        Assert.Equal(("Closed", "Expired"), (closed["status"], closed["outcome"]));
        Assert.Equal(host.Now, closed.Body.GetProperty("grants")[0].GetProperty("provenGoneAt").GetDateTimeOffset());
    }

    [Fact]
    public async Task Submit_RepeatedWithTheSameKey_IsOneRequest_AndOtherContentIsRefused()
    {
        await using var host = await Start();
        var alice = host.As("alice");
        var first = await alice.AskForSecret(end: host.Now.AddHours(1), key: "key-1");
        var again = await alice.AskForSecret(end: host.Now.AddHours(1), key: "key-1");
        Assert.Equal(first.Id, again.Id);
        var other = await alice.AskForSecret("ops", key: "key-1");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.Status);
        Assert.Equal(1, (await alice.Call(HttpMethod.Get, "/api/requests?mine=true")).Body.GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task Approve_RepeatedWithTheSameKey_GetsTheFirstAnswer()
    {
        await using var host = await Start();
        var asked = await host.As("alice").AskForSecret();
        var first = await host.As("bob").Do(asked.Id, "approve", new { revision = 1 }, "approve-1");
        var again = await host.As("bob").Do(asked.Id, "approve", new { revision = 1 }, "approve-1");
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (first.Status, again.Status));
        var other = await host.As("bob").Do(asked.Id, "approve", new { revision = 1, comment = "other words" }, "approve-1");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.Status);
        Assert.Equal(1, (await host.As("alice").See(asked.Id)).Body.GetProperty("reviews").GetArrayLength());
    }

    [Fact]
    public async Task Cancel_LeavesTheRecord()
    {
        await using var host = await Start();
        var asked = await host.As("alice").AskForSecret();
        Assert.Equal(HttpStatusCode.Forbidden, (await host.As("bob").Do(asked.Id, "cancel")).Status);
        var cancelled = await host.As("alice").Do(asked.Id, "cancel");
        Assert.Equal(("Closed", "Cancelled"), (cancelled["status"], cancelled["outcome"]));
        Assert.Equal("Closed", (await host.As("alice").See(asked.Id))["status"]);
    }

    [Fact]
    public async Task Extend_UpToWhatTheGroupAllows_HoldsTheAccessLonger()
    {
        await using var host = await Start();
        var id = await host.Active();
        var end = DateTimeOffset.Parse((await host.As("alice").See(id)).Body.GetProperty("period").GetProperty("end").GetString()!, System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await host.As("alice").Do(id, "extend", new { end = end.AddHours(3) })).Status);
        Assert.Equal(HttpStatusCode.OK, (await host.As("alice").Do(id, "extend", new { end = end.AddHours(1) })).Status);
        await host.Until(async () => (await host.As("alice").See(id)).Body.GetProperty("period").GetProperty("end").GetDateTimeOffset() == end.AddHours(1), "the extension holds");
        host.Advance(end.AddMinutes(30) - host.Now);
        Assert.Equal("Active", (await host.As("alice").See(id))["phase"]);
        host.Advance(TimeSpan.FromHours(1));
        await host.Becomes(host.As("alice"), id, "Revoking");
    }

    [Fact]
    public async Task Submit_ThatCannotBeTaken_SaysWhatWhereAndWhatToDo()
    {
        await using var host = await Start();
        var alice = host.As("alice");
        var unknown = await alice.Ask(new { resources = new[] { "vault/db-admin" }, kind = "Credential", justification = "x", colour = "red" });
        Assert.Equal(HttpStatusCode.BadRequest, unknown.Status);
        Assert.Contains("colour", unknown.ToString(), StringComparison.Ordinal);
        var unjustified = await alice.Ask(new { resources = new[] { "vault/db-admin" }, kind = "Credential" });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, unjustified.Status);
        Assert.True(unjustified.Body.GetProperty("errors").TryGetProperty("justification", out _));
        var split = await alice.Ask(new { resources = new[] { "vault/db-admin", "vault/ops" }, kind = "Credential", justification = "x" });
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "several-groups"), (split.Status, split.Problem));
        var none = await alice.Ask(new { resources = new[] { "vault/nothing" }, kind = "Credential", justification = "x" });
        Assert.Equal((HttpStatusCode.Forbidden, "no-rule"), (none.Status, none.Problem));
        Assert.Equal(0, (await alice.Call(HttpMethod.Get, "/api/requests?mine=true")).Body.GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task Batch_DecidesEachOnItsOwn()
    {
        await using var host = await Start();
        var first = await host.As("alice").AskForSecret();
        var second = await host.As("alice").AskForSecret("ops");
        var done = await host.As("bob").Call(HttpMethod.Post, "/api/decisions", new
        {
            decisions = new object[] { new { id = first.Id, revision = 1, verdict = "Approve" }, new { id = second.Id, revision = 1, verdict = "Approve" } },
        });
        Assert.Equal(HttpStatusCode.OK, done.Status);
        Assert.Equal("2", (await host.As("alice").See(first.Id))["level"]);
        Assert.Equal(0, (await host.As("alice").See(second.Id)).Body.GetProperty("reviews").GetArrayLength());
    }

    [Fact]
    public async Task Audit_TellsEveryStepOfARequest_AndOnlyToThoseWhoMaySeeIt()
    {
        await using var host = await Start();
        var id = await host.Active();
        var events = (await host.As("alice").Call(HttpMethod.Get, $"/api/requests/{id}/audit")).Body.GetProperty("items").EnumerateArray()
            .Select(item => item.GetProperty("event").GetProperty("type").GetString()).ToList();
        foreach (var step in new[] { "submitted", "approved", "level-passed", "scheduled", "started" }) Assert.Contains($"access.request.{step}", events);
        Assert.Contains("access.grant.provisioned", events);
        Assert.Equal(HttpStatusCode.NotFound, (await host.As("mallory").Call(HttpMethod.Get, $"/api/requests/{id}/audit")).Status);
    }
}
