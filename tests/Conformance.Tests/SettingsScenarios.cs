using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace AccessFunctions.Conformance.Tests;

/// <summary>
/// What any host must do with changes of its own settings. The access group <c>change-control</c>, which each scenario makes first, puts those of the
/// access groups <c>guarded</c> and <c>change-control</c>, of alice, and of platforms, under the approval of bob and carol.
/// </summary>
public abstract class SettingsScenarios
{
    /// <summary>The access group's usual length: the end is the last instant that the clock is moved to, so that no attempt runs out of time meanwhile.</summary>
    private static readonly TimeSpan Period = TimeSpan.FromHours(1);

    protected abstract Task<IScenarioHost> Start();

    [Fact]
    public async Task Change_IsShownAsADiff_AppliedAsApproved_AndRevertedAtTheEnd()
    {
        await using var host = await Guarded(revertAtEnd: true);
        var (text, version) = await Read(host, "guarded");
        var asked = await Ask(host, text.Replace("\"2h\"", "\"4h\"", StringComparison.Ordinal), version);
        Assert.Equal((HttpStatusCode.Created, "Open"), (asked.Status, asked["status"]));
        var change = asked.Body.GetProperty("change");
        Assert.Equal(version, change.GetProperty("base").GetString());
        Assert.Contains("\"maxDuration\": \"2h\"", change.GetProperty("before").GetString(), StringComparison.Ordinal);
        Assert.Contains("\"maxDuration\": \"4h\"", change.GetProperty("after").GetString(), StringComparison.Ordinal);
        await host.Until(() => Task.FromResult(host.Mails().Any(static mail => mail.To == "bob@example.org" && mail.Text.Contains("+ \"maxDuration\": \"4h\"", StringComparison.Ordinal))), "bob is mailed the difference");
        Assert.Equal("2h", await Longest(host));

        Assert.Equal("self-review", (await host.As("dave").Approve(asked.Id)).Problem);
        await host.As("bob").Approve(asked.Id);
        await host.As("carol").Approve(asked.Id);
        await host.Becomes(host.As("dave"), asked.Id, "Active");
        Assert.Equal("4h", await Longest(host));

        host.Advance(Period);
        var closed = await host.Becomes(host.As("dave"), asked.Id, "Closed");
        var grant = closed.Body.GetProperty("grants")[0];
        Assert.Equal(("Expired", "Gone"), (closed["outcome"], grant.GetProperty("state").GetString()));
        Assert.NotEqual(JsonValueKind.Null, grant.GetProperty("provenGoneAt").ValueKind);
        Assert.Contains("reverted to version", grant.GetProperty("proof").GetString(), StringComparison.Ordinal);
        Assert.Equal("2h", await Longest(host));

        var told = await host.As("erin").Call(HttpMethod.Get, "/api/audit?type=access.policy.saved");
        Assert.Equal(["request-ended", "request"], told.Body.GetProperty("items").EnumerateArray().Take(2).Select(static item => item.GetProperty("event").GetProperty("reason").GetString()));
    }

    [Fact]
    public async Task Change_OfWhatMovedMeanwhile_IsRefused_AndNothingIsApplied()
    {
        await using var host = await Guarded(revertAtEnd: false);
        var (text, version) = await Read(host, "guarded");
        var first = await Ask(host, text.Replace("\"2h\"", "\"4h\"", StringComparison.Ordinal), version);
        var second = await Ask(host, text.Replace("\"2h\"", "\"6h\"", StringComparison.Ordinal), version);
        await Approved(host, first.Id);
        await host.Becomes(host.As("dave"), first.Id, "Active");
        await Approved(host, second.Id);
        var refused = await host.Becomes(host.As("dave"), second.Id, "Closed");
        Assert.Equal("Failed", refused["outcome"]);
        Assert.Equal("4h", await Longest(host));

        // A proposal against the version of before is refused at once.
        var late = await Ask(host, text.Replace("\"2h\"", "\"6h\"", StringComparison.Ordinal), version);
        Assert.Equal((HttpStatusCode.UnprocessableEntity, true), (late.Status, late.Body.GetProperty("errors").TryGetProperty("parameters.base", out _)));

        host.Advance(Period);
        var closed = await host.Becomes(host.As("dave"), first.Id, "Closed");
        Assert.Contains("kept", closed.Body.GetProperty("grants")[0].GetProperty("proof").GetString(), StringComparison.Ordinal);
        Assert.Equal("4h", await Longest(host));
    }

    [Fact]
    public async Task DirectEdit_OfWhatNeedsApproval_IsRefused()
    {
        await using var host = await Guarded(revertAtEnd: false);
        var (text, version) = await Read(host, "guarded");
        var refused = await Put(host, "guarded", text, version);
        Assert.Equal((HttpStatusCode.Forbidden, "approval-required"), (refused.Status, refused.Problem));
        Assert.Contains("settings/access-groups/guarded", refused["detail"], StringComparison.Ordinal);
        Assert.Equal("approval-required", (await Put(host, "change-control", (await Read(host, "change-control")).Text, (await Read(host, "change-control")).Version)).Problem);
        Assert.Equal(HttpStatusCode.OK, (await Put(host, "pair", (await Read(host, "pair")).Text, (await Read(host, "pair")).Version)).Status);
    }

    [Fact]
    public async Task Role_IsHeldForAsLongAsItWasApproved()
    {
        await using var host = await Guarded(revertAtEnd: true);
        Assert.Equal("approval-required", (await host.As("dave").Call(HttpMethod.Put, "/api/people/alice/roles", new { roles = new[] { "Auditor" } })).Problem);

        // Who leaves the version out is told which it is.
        var refused = await AskForRole(host, null);
        var said = refused.Body.GetProperty("errors").GetProperty("parameters.base")[0].GetString()!;
        var asked = await AskForRole(host, said.Split("version ")[1].Split(':')[0]);
        Assert.Equal(HttpStatusCode.Created, asked.Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await host.As("alice").Call(HttpMethod.Get, "/api/audit")).Status);
        await Approved(host, asked.Id);
        await host.Becomes(host.As("dave"), asked.Id, "Active");
        Assert.Equal(HttpStatusCode.OK, (await host.As("alice").Call(HttpMethod.Get, "/api/audit")).Status);

        host.Advance(Period);
        var closed = await host.Becomes(host.As("dave"), asked.Id, "Closed");
        Assert.Contains("reverted to version", closed.Body.GetProperty("grants")[0].GetProperty("proof").GetString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, (await host.As("alice").Call(HttpMethod.Get, "/api/audit")).Status);
    }

    [Fact]
    public async Task Platform_OffersWhatWasApproved_UntilTheEnd()
    {
        await using var host = await Guarded(revertAtEnd: true);
        var now = (await AskForPlatform(host, "/api/policy/preview", "desk", null, null)).Body.GetProperty("document");
        var document = JsonNode.Parse(now.GetProperty("text").GetString()!)!;
        document["resources"]!.AsArray().Add(new JsonObject { ["name"] = "parking" });
        var asked = await AskForPlatform(host, "/api/requests", "desk", document.ToJsonString(), now.GetProperty("version").GetString());
        Assert.Equal(HttpStatusCode.Created, asked.Status);
        Assert.Contains("parking", asked.Body.GetProperty("change").GetProperty("after").GetString(), StringComparison.Ordinal);

        var made = await AskForPlatform(host, "/api/requests", "desk2", "{ type: manual, fulfillers: [frank], resources: [{ name: key }] }", null);
        Assert.Equal(HttpStatusCode.Created, made.Status);
        foreach (var id in new[] { asked.Id, made.Id })
        {
            await Approved(host, id);
            await host.Becomes(host.As("dave"), id, "Active");
        }

        var (resources, platforms) = await Offered(host);
        Assert.Contains("desk/parking", resources, StringComparison.Ordinal);
        Assert.Contains("desk2", platforms, StringComparison.Ordinal);

        host.Advance(Period);
        foreach (var (id, proof) in new[] { (asked.Id, "reverted to version"), (made.Id, "reverted to no document") })
            Assert.Contains(proof, (await host.Becomes(host.As("dave"), id, "Closed")).Body.GetProperty("grants")[0].GetProperty("proof").GetString(), StringComparison.Ordinal);
        (resources, platforms) = await Offered(host);
        Assert.Contains("desk/badge", resources, StringComparison.Ordinal);
        Assert.DoesNotContain("desk/parking", resources, StringComparison.Ordinal);
        Assert.DoesNotContain("desk2", platforms, StringComparison.Ordinal);
        foreach (var (type, told) in new[] { ("access.platform.saved", 3), ("access.platform.deleted", 1) })
            Assert.Equal(told, (await host.As("erin").Call(HttpMethod.Get, $"/api/audit?type={type}")).Body.GetProperty("items").GetArrayLength());
    }

    private static Task<Answer> AskForPlatform(IScenarioHost host, string path, string platform, string? change, string? version)
    {
        var parameters = new Dictionary<string, string>();
        if (change is not null) parameters["change"] = change;
        if (version is not null) parameters["base"] = version;
        var ask = new { resources = new[] { $"settings/platforms/{platform}" }, kind = "Settings", justification = "a new place", parameters };
        return path == "/api/requests" ? host.As("dave").Ask(ask) : host.As("dave").Call(HttpMethod.Post, path, ask);
    }

    private static async Task<(string Resources, string Platforms)> Offered(IScenarioHost host) =>
        ((await host.As("alice").Call(HttpMethod.Get, "/api/resources")).Body.GetRawText(), (await host.As("alice").Call(HttpMethod.Get, "/api/platforms")).Body.GetRawText());

    private static Task<Answer> AskForRole(IScenarioHost host, string? version)
    {
        var parameters = new Dictionary<string, string> { ["change"] = "roles: [Auditor]\nslackUserId: U0ALICE" };
        if (version is not null) parameters["base"] = version;
        return host.As("dave").Ask(new { resources = new[] { "settings/people/alice" }, kind = "Settings", justification = "audit week", parameters });
    }

    private async Task<IScenarioHost> Guarded(bool revertAtEnd)
    {
        var host = await Start();
        var guarded = new JsonObject
        {
            ["id"] = "guarded",
            ["members"] = new JsonArray("alice"),
            ["resources"] = new JsonArray("desk/*"),
            ["approvers"] = new JsonArray("bob"),
            ["rules"] = new JsonObject { ["Session"] = new JsonObject { ["mode"] = "Approve" } },
            ["maxDuration"] = "2h",
        };
        var rule = new JsonObject { ["mode"] = "Approve" };
        if (revertAtEnd) rule["revertAtEnd"] = true;
        var control = new JsonObject
        {
            ["id"] = "change-control",
            ["members"] = new JsonArray("dave"),
            ["rules"] = new JsonObject { ["Settings"] = rule },
            ["resources"] = new JsonArray("settings/access-groups/guarded", "settings/access-groups/change-control", "settings/people/alice", "settings/platforms/*"),
            ["levels"] = new JsonArray(new JsonObject { ["approvers"] = new JsonArray("bob") }, new JsonObject { ["approvers"] = new JsonArray("carol") }),
        };
        foreach (var group in new[] { guarded, control }) Assert.Equal(HttpStatusCode.Created, (await Put(host, (string)group["id"]!, group.ToJsonString(), null)).Status);
        return host;
    }

    private static Task<Answer> Ask(IScenarioHost host, string change, string version) => host.As("dave").Ask(new
    {
        resources = new[] { "settings/access-groups/guarded" },
        kind = "Settings",
        justification = "longer checks",
        parameters = new Dictionary<string, string> { ["change"] = change, ["base"] = version },
    });

    private static async Task Approved(IScenarioHost host, string id)
    {
        await host.As("bob").Approve(id);
        await host.As("carol").Approve(id);
    }

    private static async Task<string?> Longest(IScenarioHost host) => (string?)JsonNode.Parse((await Read(host, "guarded")).Text)!["maxDuration"];

    private static async Task<(string Text, string Version)> Read(IScenarioHost host, string id)
    {
        using var response = await host.As("dave").GetAsync(new Uri($"/api/access-groups/{id}", UriKind.Relative));
        return (await response.Content.ReadAsStringAsync(), response.Headers.ETag!.Tag.Trim('"'));
    }

    private static async Task<Answer> Put(IScenarioHost host, string id, string text, string? version)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/api/access-groups/{id}") { Content = JsonContent.Create(JsonNode.Parse(text)) };
        if (version is null) request.Headers.IfNoneMatch.Add(EntityTagHeaderValue.Any);
        else request.Headers.IfMatch.Add(new EntityTagHeaderValue($"\"{version}\""));
        using var response = await host.As("dave").SendAsync(request);
        var body = await response.Content.ReadAsStringAsync();
        return new Answer(response.StatusCode, JsonDocument.Parse(body).RootElement, response.Headers.Location);
    }
}
