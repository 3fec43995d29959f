using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Xunit;

namespace AccessFunctions.Conformance.Tests;

/// <summary>
/// People who come and go through SCIM (https://www.rfc-editor.org/rfc/rfc7644), in the shapes that Entra and Okta publish
/// (https://learn.microsoft.com/entra/identity/app-provisioning/use-scim-to-provision-users-and-groups,
/// https://developer.okta.com/docs/api/openapi/okta-scim/guides/scim-20/): what any host must do at once when somebody leaves.
/// </summary>
public abstract class ScimScenarios
{
    protected const string Token = "of-the-provider-0123456789abcdef";

    /// <summary>What a host is started with: those who are provisioned sign in by the scenario's issuer.</summary>
    protected static IReadOnlyDictionary<string, string?> Settings { get; } = new Dictionary<string, string?> { ["Scim:Tokens:0"] = Token, ["Scim:Issuer"] = "urn:access-functions:demo" };

    protected abstract Task<IScenarioHost> Start(IReadOnlyDictionary<string, string?> settings);

    [Fact]
    public async Task APersonWhoIsDeactivated_LosesActiveAccess_AndTheirSignIn_AtOnce()
    {
        await using var host = await Start(Settings);
        var people = await Staff(host);
        var walter = host.As("walter");
        var asked = await walter.AskForSecret();
        Assert.Equal(HttpStatusCode.OK, (await host.As("olga").Approve(asked.Id)).Status);
        await host.Becomes(walter, asked.Id, "Active");

        // Entra's way of saying that somebody left.
        Assert.Equal(HttpStatusCode.OK, (await Patch(host, people["walter"], """{ "op": "Replace", "path": "active", "value": "False" }""")).Status);
        Assert.Contains((await host.As("erin").See(asked.Id))["phase"], (string[])["Revoking", "Closed"]); // told before the answer left
        Assert.Equal("not-active", (await walter.See(asked.Id)).Problem);
        await host.Until(async () => (await host.As("dave").See(asked.Id)).Body.GetProperty("grants")[0].GetProperty("state").GetString() == "AwaitingRemoval", "the secret is to be changed");
        var gone = await host.As("dave").See(asked.Id);
        Assert.Equal("Revoked", gone["outcome"]);
        await Tells(host, asked.Id, "access.request.directory-changed", "requester-left");
    }

    [Fact]
    public async Task APersonWhoIsDeleted_LosesOpenReviews_ToTheStandInTheyNamed_OrToTheirManager()
    {
        await using var host = await Start(Settings);
        var people = await Staff(host);
        var first = await host.As("walter").AskForSecret();
        Assert.Equal(HttpStatusCode.NotFound, (await host.As("skyler").Approve(first.Id)).Status);

        Assert.Equal(HttpStatusCode.NoContent, (await Scim(host, HttpMethod.Delete, $"/Users/{people["olga"]}")).Status);
        var handed = await host.As("skyler").See(first.Id);
        Assert.Equal(["skyler"], handed.Body.GetProperty("levels")[0].GetProperty("approvers").EnumerateArray().Select(static approver => approver.GetProperty("name").GetString()));
        await host.Until(() => Task.FromResult(host.Mails().Any(static mail => mail.To == "skyler@example.org")), "the manager is asked by mail");
        var list = await host.As("skyler").Call(HttpMethod.Get, "/api/requests?toReview=true");
        Assert.Equal(first.Id, Assert.Single(list.Body.GetProperty("items").EnumerateArray()).GetProperty("id").GetString());
        await Tells(host, first.Id, "access.request.review-handed-over", "approver-left");
        Assert.Equal("not-active", (await host.As("olga").See(first.Id)).Problem);

        // Skyler names a stand-in, and leaves as well.
        Assert.Equal(HttpStatusCode.OK, (await host.As("skyler").Call(HttpMethod.Put, $"/api/people/{people["skyler"]}/delegate", new { standIn = "carol", from = host.Now, until = host.Now.AddDays(1) })).Status);
        await Patch(host, people["skyler"], """{ "op": "replace", "value": { "active": false } }""");
        var approved = await host.As("carol").Approve(first.Id);
        Assert.Equal(HttpStatusCode.OK, approved.Status);
        await host.Becomes(host.As("walter"), first.Id, "Active");
    }

    [Fact]
    public async Task AnAuditor_WhoIsDeactivated_AndIsBack_IsNoAuditor_AndTheTrailSaysSince()
    {
        await using var host = await Start(Settings);
        var people = await Staff(host);
        Assert.Equal(HttpStatusCode.OK, (await host.As("dave").Call(HttpMethod.Put, $"/api/people/{people["walter"]}/roles", new { roles = new[] { "Auditor" } })).Status);
        Assert.Equal(HttpStatusCode.OK, (await host.As("walter").Call(HttpMethod.Get, "/api/audit")).Status);

        await Patch(host, people["walter"], """{ "op": "replace", "value": { "active": false } }""");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await host.As("dave").Call(HttpMethod.Put, $"/api/people/{people["walter"]}/roles", new { roles = new[] { "Auditor", "Admin" } })).Status);
        await Patch(host, people["walter"], """{ "op": "replace", "value": { "active": true } }""");
        Assert.Equal(HttpStatusCode.Forbidden, (await host.As("walter").Call(HttpMethod.Get, "/api/audit")).Status);
        await host.Until(async () => (await Left()) == 1, "the trail says which role ended");

        // Once, whether the source or the sweep saw it first.
        await Patch(host, people["walter"], """{ "op": "replace", "value": { "active": false } }""");
        Assert.Equal(1, await Left());

        async Task<int> Left() => (await host.As("erin").Call(HttpMethod.Get, "/api/audit?type=access.people.roles-changed")).Body.GetProperty("items").EnumerateArray().Select(static row => row.GetProperty("event"))
            .Count(happened => happened.GetProperty("resource").GetString() == $"person/{people["walter"]}" && happened.TryGetProperty("reason", out var reason) && reason.GetString() == "left");
    }

    [Fact]
    public async Task AGroup_ThatIsProvisioned_AsksAndDecides_AndPeopleWhoLeaveItDoNoMore()
    {
        await using var host = await Start(Settings);
        var people = await Staff(host);
        var asked = await host.As("walter").AskForSecret();
        Assert.Equal(HttpStatusCode.OK, (await host.As("olga").Approve(asked.Id)).Status);
        var members = (await Scim(host, HttpMethod.Get, "/Groups?filter=displayName%20eq%20%22cooks%22")).Body.GetProperty("Resources")[0].GetProperty("id").GetString()!;
        await Scim(host, HttpMethod.Patch, $"/Groups/{members}", $$"""{ "Operations": [{ "op": "remove", "path": "members[value eq \"{{people["walter"]}}\"]" }] }""");
        Assert.Equal("no-rule", (await host.As("walter").AskForSecret()).Problem);
    }

    [Fact]
    public async Task TheToken_OpensScimAlone_AndEveryChangeIsAudited()
    {
        await using var host = await Start(Settings);
        var people = await Staff(host);
        using var client = host.As(null);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        foreach (var path in new[] { "/api/people", "/api/requests", "/api/audit", "/api/access-groups" }) Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync(new Uri(path, UriKind.Relative))).StatusCode);
        foreach (var person in new[] { null, "mallory", "dave" }) Assert.Equal(HttpStatusCode.Unauthorized, (await host.As(person).GetAsync(new Uri("/scim/v2/Users", UriKind.Relative))).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await Scim(host, HttpMethod.Post, "/Users", """{ "userName": "saul", "roles": [{ "value": "Admin" }] }""")).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await Scim(host, HttpMethod.Post, "/Users", """{ "userName": "WALTER" }""")).Status);

        var trail = await host.As("erin").Call(HttpMethod.Get, "/api/audit?type=access.directory.person-added&actor=system:scim");
        Assert.Equal(people.Values.Select(static id => $"person/{id}").Order(StringComparer.Ordinal), trail.Body.GetProperty("items").EnumerateArray().Select(static row => row.GetProperty("event").GetProperty("resource").GetString()).Order(StringComparer.Ordinal));
    }

    /// <summary>Walter asks for the vault's operations secret, olga decides; skyler is her manager. Ids by name.</summary>
    protected static async Task<IReadOnlyDictionary<string, string>> Staff(IScenarioHost host)
    {
        var ids = new Dictionary<string, string>();
        foreach (var (name, manager) in new[] { ("skyler", null), ("olga", "skyler"), ("walter", null) })
        {
            var more = manager is null ? "" : $$""", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": { "manager": { "value": "{{ids[manager]}}" } }""";
            var made = await Scim(host, HttpMethod.Post, "/Users", $$"""{ "userName": "{{name}}", "externalId": "{{name}}", "displayName": "{{name}}", "active": true, "emails": [{ "value": "{{name}}@example.org", "type": "work", "primary": true }]{{more}} }""");
            Assert.True(made.Status == HttpStatusCode.Created, made.ToString());
            ids[name] = made.Body.GetProperty("id").GetString()!;
        }

        foreach (var (group, member) in new[] { ("cooks", "walter"), ("deciders", "olga") })
            Assert.Equal(HttpStatusCode.Created, (await Scim(host, HttpMethod.Post, "/Groups", $$"""{ "displayName": "{{group}}", "members": [{ "value": "{{ids[member]}}" }] }""")).Status);

        var policy = new { id = "kitchen", members = new[] { "group:cooks" }, resources = new[] { "vault/db-admin" }, rules = new Dictionary<string, object> { ["Credential"] = new { mode = "Approve" } }, levels = new[] { new { approvers = new[] { "group:deciders" } } } };
        using var dave = host.As("dave");
        dave.DefaultRequestHeaders.Add("If-None-Match", "*");
        var saved = await dave.Call(HttpMethod.Put, "/api/access-groups/kitchen", policy);
        Assert.True(saved.Status == HttpStatusCode.Created, saved.ToString());
        return ids;
    }

    protected static Task<ScimAnswer> Patch(IScenarioHost host, string id, string operation) =>
        Scim(host, HttpMethod.Patch, $"/Users/{id}", $$"""{ "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [{{operation}}] }""");

    protected static async Task<ScimAnswer> Scim(IScenarioHost host, HttpMethod method, string path, string? body = null)
    {
        using var client = host.As(null);
        using var request = new HttpRequestMessage(method, $"/scim/v2{path}");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/scim+json");
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return new ScimAnswer(response.StatusCode, text);
    }

    private static async Task Tells(IScenarioHost host, string id, string type, string reason)
    {
        var chain = await host.As("erin").Call(HttpMethod.Get, $"/api/requests/{id}/audit");
        Assert.Contains(chain.Body.GetProperty("items").EnumerateArray(), row => row.GetProperty("event") is var happened && happened.GetProperty("type").GetString() == type && happened.GetProperty("reason").GetString() == reason);
    }

    /// <summary>What the service answered.</summary>
    protected sealed record ScimAnswer(HttpStatusCode Status, string Text)
    {
        public JsonElement Body => JsonDocument.Parse(Text).RootElement;
    }
}
