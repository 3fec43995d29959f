using System.Security.Cryptography;
using System.Text.Json.Nodes;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Integrations.BigQuery;
using AccessFunctions.Integrations.Tests.Rest;
using AccessFunctions.Tests.Shared;
using Xunit;

namespace AccessFunctions.Integrations.Tests.BigQuery;

/// <summary>
/// How BigQuery is spoken to, and what is given, found and taken, against a server written from "Method: datasets.patch" (https://cloud.google.com/bigquery/docs/reference/rest/v2/datasets/patch),
/// "Method: tables.setIamPolicy" (…/rest/v2/tables/setIamPolicy), "Policy" (https://cloud.google.com/iam/docs/reference/rest/v1/Policy), "Error messages"
/// (https://cloud.google.com/bigquery/docs/error-messages) and "Using OAuth 2.0 for Server to Server Applications" (https://developers.google.com/identity/protocols/oauth2/service-account).
/// </summary>
public sealed class BigQueryPlatformTests
{
    private const string TooFast = """{"error":{"code":403,"message":"Exceeded rate limits","errors":[{"reason":"rateLimitExceeded"}]}}""";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AnotherKey_GetsNoToken_AndNothingOfItIsTold()
    {
        using var other = RSA.Create(2048);
        await using var project = await BigQueryProjectUnderTest.Served((server, options) => options with { ServiceAccountKey = server.KeyFile(other) });
        var refused = await Assert.ThrowsAsync<PlatformException>(() => project.Platform.Grant(project.Order(), Cancellation));
        Assert.False(refused.Permanent);
        Assert.Contains("invalid_grant", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(other.ExportPkcs8PrivateKeyPem()[40..60], refused.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hunter2")]
    [InlineData("""{"type":"authorized_user","client_secret":"hunter2"}""")]
    [InlineData("""{"type":"service_account","client_email":"a@b","private_key":"hunter2"}""")]
    public void AKeyThatIsNone_IsNotQuoted(string key)
    {
        var options = new BigQueryPlatformOptions { Name = "b", Project = "p", ServiceAccountKey = key };
        Assert.DoesNotContain("hunter2", Assert.Throws<ArgumentException>(() => new BigQueryPlatform(options, TimeProvider.System)).ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", options.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task OneToken_ServesManyCalls()
    {
        await using var project = await BigQueryProjectUnderTest.Served();
        await project.Platform.Grant(project.Order(), Cancellation);
        await project.Platform.Revoke(project.Order(), Cancellation);
        Assert.Single(project.Server!.Calls, static call => call == "POST /token");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("sales.orders")]
    public async Task APolicyThatOthersChange_IsReadAgain_AndTheirsStays(string? path)
    {
        await using var project = await BigQueryProjectUnderTest.Served();
        project.Server!.Races = 2;
        await project.Platform.Grant(project.Order(path), Cancellation);
        Assert.Equal(0, project.Server.Races);
        Assert.True((await project.Platform.ReadBack(project.Order(path), Cancellation)).Present);
        Assert.Contains(project.Server.Datasets["sales"].Access, static entry => entry.ContainsKey("view"));

        project.Server.Races = 100;
        var lost = await Assert.ThrowsAsync<PlatformException>(() => project.Platform.Revoke(project.Order(path), Cancellation));
        Assert.False(lost.Permanent);
        project.Server.Races = 0;
        await project.Platform.Revoke(project.Order(path), Cancellation);
        Assert.False((await project.Platform.ReadBack(project.Order(path), Cancellation)).Present);
    }

    [Fact]
    public async Task ABusyService_IsAskedAgain()
    {
        await using var project = await BigQueryProjectUnderTest.Served();
        await project.Platform.ReadBack(project.Order(), Cancellation);
        foreach (var busy in (Func<Microsoft.AspNetCore.Http.HttpContext, Task>[])[RestServer.Busy(429), RestServer.Busy(403, "0", TooFast), RestServer.Busy(503), RestServer.Busy(500)]) project.Server!.Instead.Enqueue(busy);
        await project.Platform.Grant(project.Order(), Cancellation);
        Assert.True((await project.Platform.ReadBack(project.Order(), Cancellation)).Present);
    }

    [Theory]
    [InlineData("accessDenied", true)]
    [InlineData("quotaExceeded", false)]
    public async Task ARefusal_IsTold_AndAMissingRightIsForGood(string reason, bool permanent)
    {
        await using var project = await BigQueryProjectUnderTest.Served();
        await project.Platform.ReadBack(project.Order(), Cancellation);
        project.Server!.Instead.Enqueue(RestServer.Busy(403, null, new JsonObject { ["error"] = new JsonObject { ["message"] = "No.", ["errors"] = new JsonArray(new JsonObject { ["reason"] = reason }) } }.ToJsonString()));
        var refused = await Assert.ThrowsAsync<PlatformException>(() => project.Platform.Revoke(project.Order(), Cancellation));
        Assert.Equal(permanent, refused.Permanent);
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("sales.orders")]
    public async Task AChangeWhoseAnswerWasLost_IsFoundMade(string? path)
    {
        await using var project = await BigQueryProjectUnderTest.Served();
        var order = project.Order(path);
        project.Server!.Lose = static request => request.Method == "PATCH" || request.Path.Value!.EndsWith(":setIamPolicy", StringComparison.Ordinal);
        await project.Platform.Grant(order, Cancellation);
        Assert.Null(project.Server.Lose);
        Assert.True((await project.Platform.ReadBack(order, Cancellation)).Present);
        Assert.Single(path is null ? project.Server.Datasets["sales"].Access : project.Server.Datasets["sales"].Tables["orders"]["bindings"]!.AsArray().Select(static one => one!.AsObject()), static entry => entry.ContainsKey("condition"));
    }

    [Fact]
    public async Task EachGrant_HasAnEntryOfItsOwn_AndStandingAccessStays()
    {
        await using var project = await BigQueryProjectUnderTest.Served();
        project.Server!.Datasets["sales"].Access.Add(new JsonObject { ["role"] = "READER", ["userByEmail"] = "Alice@example.org" });
        var (first, second) = (project.Order(grant: "req-1.1"), project.Order(grant: "req-2.1"));
        Assert.Null(project.Platform.Shared(first));
        await project.Platform.Grant(first, Cancellation);
        await project.Platform.Grant(second, Cancellation);
        await project.Platform.Revoke(first, Cancellation);
        Assert.False((await project.Platform.ReadBack(first, Cancellation)).Present);
        Assert.Equal((true, "an entry without a condition of sales"), (await project.Platform.ReadBack(second, Cancellation)) is var found ? (found.Present, found.Through) : default);
        await project.Platform.Revoke(second, Cancellation);
        Assert.Equal("an entry without a condition of sales", (await project.Platform.ReadBack(project.Order("sales.orders"), Cancellation)).Through);
        Assert.Contains(project.Server.Datasets["sales"].Access, static entry => entry["userByEmail"]?.GetValue<string>() == "Alice@example.org");
    }

    [Fact]
    public async Task TheProjectsPolicy_IsAWayToo_WhereItIsRead()
    {
        await using var project = await BigQueryProjectUnderTest.Served(static (_, options) => options with { ProjectPolicy = true });
        project.Server!.Policy["bindings"]!.AsArray().Add((JsonNode)new JsonObject { ["role"] = "roles/bigquery.dataViewer", ["members"] = new JsonArray("user:alice@example.org", "serviceAccount:x@y.iam.gserviceaccount.com") });
        Assert.Equal($"an entry without a condition of project {BigQueryServer.Project}", (await project.Platform.ReadBack(project.Order("sales.orders"), Cancellation)).Through);
    }

    [Theory]
    [InlineData("alice@example.org", "userByEmail", "alice@example.org")]
    [InlineData("user:Alice@Example.org", "userByEmail", "alice@example.org")]
    [InlineData("group:analysts@example.org", "groupByEmail", "analysts@example.org")]
    [InlineData("etl@example-analytics.iam.gserviceaccount.com", "userByEmail", "etl@example-analytics.iam.gserviceaccount.com")]
    public async Task Members_AreWrittenAsTheServiceHasThem(string identity, string field, string address)
    {
        await using var project = await BigQueryProjectUnderTest.Served();
        await project.Platform.Grant(project.Order(member: identity), Cancellation);
        Assert.Contains(project.Server!.Datasets["sales"].Access, entry => entry[field]?.GetValue<string>() == address && entry["condition"]!["expression"]!.GetValue<string>().StartsWith("request.time < timestamp(", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("alice@example.org", "sales", "roles/bigquery.dataOwner")]
    [InlineData("alice@example.org", "sales", "OWNER")]
    [InlineData("alice@example.org", "sales", "roles/owner")]
    [InlineData("alice@example.org", "sales", "projects/example-analytics/roles/custom")]
    [InlineData("allUsers", "sales", "roles/bigquery.dataViewer")]
    [InlineData("domain:example.org", "sales", "roles/bigquery.dataViewer")]
    [InlineData("someone", "sales", "roles/bigquery.dataViewer")]
    [InlineData(BigQueryServer.Account, "sales", "roles/bigquery.dataViewer")]
    [InlineData("alice@example.org", "sales/../x", "roles/bigquery.dataViewer")]
    [InlineData("alice@example.org", "sales.orders$20260101", "roles/bigquery.dataViewer")]
    public async Task WhatMustNotBeGiven_IsRefusedForGood(string identity, string path, string role)
    {
        await using var project = await BigQueryProjectUnderTest.Served();
        var order = project.Order(path, identity, role);
        Assert.True((await Assert.ThrowsAsync<PlatformException>(() => project.Platform.Grant(order, Cancellation))).Permanent);
        Assert.DoesNotContain(project.Server!.Datasets["sales"].Access, static entry => entry.ContainsKey("condition"));
        await project.Platform.Revoke(order, Cancellation);
        Assert.False((await project.Platform.ReadBack(order, Cancellation)).Present);
    }

    [Fact]
    public async Task AListedRole_IsGiven_AndOtherKindsAreNot()
    {
        await using var project = await BigQueryProjectUnderTest.Served(static (_, options) => options with { PrivilegedRoles = ["roles/bigquery.dataOwner"] });
        await project.Platform.Grant(project.Order(role: "OWNER"), Cancellation);
        Assert.True((await Assert.ThrowsAsync<PlatformException>(() => project.Platform.Grant(project.Order() with { Kind = AccessKind.Credential }, Cancellation))).Permanent);
    }

    [Fact]
    public async Task AnEndBetweenSeconds_IsKeptToTheNext_AndALongGrantIdFitsItsTitle()
    {
        Assert.Equal("request.time < timestamp(\"2026-11-22T10:00:01Z\")", BigQueryOrder.Expression(new DateTimeOffset(2026, 11, 22, 11, 0, 0, 1, TimeSpan.FromHours(1))));
        Assert.Equal("request.time < timestamp(\"2026-11-22T10:00:00Z\")", BigQueryOrder.Expression(new DateTimeOffset(2026, 11, 22, 10, 0, 0, TimeSpan.Zero)));
        await using var project = await BigQueryProjectUnderTest.Served();
        await project.Platform.Grant(project.Order(grant: new string('x', 200)), Cancellation);
    }

    [Fact]
    public async Task AnEntryThatVanished_IsNotExtended()
    {
        await using var project = await BigQueryProjectUnderTest.Served();
        Assert.True((await Assert.ThrowsAsync<PlatformException>(() => project.Platform.Extend(project.Order(), Cancellation))).Permanent);
        Assert.DoesNotContain(project.Server!.Datasets["sales"].Access, static entry => entry.ContainsKey("condition"));
    }

    [Fact]
    public async Task Facts_TellWhoPoliciesName_AndWhatTheyMayDo()
    {
        await using var project = await BigQueryProjectUnderTest.Served(static (_, options) => options with { ProjectPolicy = true });
        var server = project.Server!;
        server.Datasets["sales"].Access.Add(new JsonObject { ["role"] = "READER", ["groupByEmail"] = "Analysts@example.org" });
        server.Datasets["sales"].Access.Add(new JsonObject { ["role"] = "READER", ["specialGroup"] = "allAuthenticatedUsers" });
        server.Datasets["sales"].Access.Add(new JsonObject { ["role"] = "WRITER", ["userByEmail"] = "etl@example-analytics.iam.gserviceaccount.com", ["condition"] = new JsonObject { ["title"] = "nights", ["expression"] = "true" } });
        server.Datasets["sales"].Tables["orders"]["bindings"] = new JsonArray(new JsonObject { ["role"] = "roles/bigquery.dataViewer", ["members"] = new JsonArray("user:alice@example.org", "group:analysts@example.org") });
        var facts = await project.Facts(Cancellation);
        var identities = facts.OfType<IdentityFact>().ToDictionary(static one => one.Name, StringComparer.Ordinal);
        Assert.Equal(["roles/owner"], identities["root@example.org"].Admin);
        Assert.Equal((IdentityKind.Login, "alice@example.org", true), (identities["alice@example.org"].Kind, identities["alice@example.org"].Email, identities["alice@example.org"].EmailVerified));
        Assert.Equal((IdentityKind.Group, IdentityKind.Everyone), (identities["group:analysts@example.org"].Kind, identities["allAuthenticatedUsers"].Kind));
        Assert.Equal(["group:analysts@example.org"], identities.Values.Where(static one => one.MembersUnknown).Select(static one => one.Name));
        Assert.Equal((IdentityKind.Login, null), (identities["serviceAccount:etl@example-analytics.iam.gserviceaccount.com"].Kind, identities["serviceAccount:etl@example-analytics.iam.gserviceaccount.com"].Email));
        Assert.Contains(new MembershipFact("root@example.org", "projectOwners"), facts);
        var privileges = facts.OfType<PrivilegeFact>().ToDictionary(static one => (one.Grantee, one.Resource), static one => string.Join(", ", one.Privileges));
        Assert.Equal("roles/bigquery.dataOwner", privileges[("projectOwners", "bq-prod/sales")]);
        Assert.Equal("roles/bigquery.dataViewer", privileges[("group:analysts@example.org", "bq-prod/sales")]);
        Assert.Equal("roles/bigquery.dataViewer", privileges[("alice@example.org", "bq-prod/sales.orders")]);
        Assert.Equal("roles/bigquery.dataEditor (if a condition holds)", privileges[("serviceAccount:etl@example-analytics.iam.gserviceaccount.com", "bq-prod/sales")]);
        Assert.Equal("roles/owner", privileges[("root@example.org", "bq-prod/*")]);
        Assert.Equal(facts.Count, facts.Select(static fact => fact switch { IdentityFact one => $"i {one.Name}", PrivilegeFact one => $"p {one.Grantee} {one.Resource}", _ => fact.ToString() }).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public async Task Members_ThatAPolicyDoesNotTell_AreToldToBeUnknown()
    {
        await using var project = await BigQueryProjectUnderTest.Served();
        foreach (var (kind, name) in ((string, string)[])[("groupByEmail", "team@example.org"), ("domain", "example.org"), ("iamMember", "principalSet://iam.googleapis.com/locations/global/workforcePools/staff/group/a")])
            project.Server!.Datasets["sales"].Access.Add(new JsonObject { ["role"] = "READER", [kind] = name });
        var unknown = (await project.Facts(Cancellation)).OfType<IdentityFact>().Where(static one => one.MembersUnknown).Select(static one => one.Name);
        Assert.Equal(["domain:example.org", "group:team@example.org", "principalSet://iam.googleapis.com/locations/global/workforcePools/staff/group/a", "projectOwners"], unknown.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("bq-prod/sales.orders", "bq-prod/sales")]
    [InlineData("bq-prod/sales", null)]
    [InlineData("bq-prod/*", null)]
    [InlineData("bq-other/sales.orders", null)]
    public async Task ATable_IsCoveredByItsDataset_AndNothingElseIs(string resource, string? by)
    {
        await using var project = await BigQueryProjectUnderTest.Served();
        Assert.Equal(by is null ? [] : [by], project.Platform.Covering(resource));
    }

    [Fact]
    public async Task EachMark_IsAPlaceToGoOnFrom_AndOthersAreRefused()
    {
        await using var project = await BigQueryProjectUnderTest.Served(static (_, options) => options with { ProjectPolicy = true });
        for (var i = 0; i < 120; i++) project.Server!.Datasets["sales"].Tables[$"t{i:000}"] = new JsonObject { ["etag"] = "A" };
        var pages = await project.Platform.Inventory(null, Cancellation).ToListAsync(Cancellation);
        Assert.Null(pages[^1].Next);
        for (var i = 0; i < pages.Count - 1; i++)
        {
            var rest = await project.Platform.Inventory(pages[i].Next, Cancellation).SelectMany(static page => page.Facts.ToAsyncEnumerable()).OfType<ResourceFact>().ToListAsync(Cancellation);
            Assert.Equal(pages.Skip(i + 1).SelectMany(static page => page.Facts).OfType<ResourceFact>(), rest);
        }

        Assert.Equal(123, pages.SelectMany(static page => page.Facts).OfType<ResourceFact>().Count());
        foreach (var mark in (string[])["", "x", "[]", "[\"elsewhere\"]", "[\"tables\"]", "[\"tables\",null,\"\"]", "[1]"])
            Assert.True((await Assert.ThrowsAsync<PlatformException>(async () => await project.Platform.Inventory(mark, Cancellation).ToListAsync(Cancellation))).Permanent, mark);
    }

    [Fact]
    public async Task ALimitOfCalls_IsWaitedForByTheClock_AndEverythingIsRead()
    {
        // All tries together would not last a window, were the service's word for how long to wait not taken.
        const int Calls = 20;
        var (time, window) = (new ManualTimeProvider(), TimeSpan.FromSeconds(8));
        await using var project = await BigQueryProjectUnderTest.Served();
        for (var i = 0; i < 120; i++) project.Server!.Datasets["sales"].Tables[$"t{i:000}"] = new JsonObject { ["etag"] = "A" };
        project.Server!.Limit = new CallLimit(Calls, window, time);
        var began = time.GetUtcNow();
        var reading = new BigQueryPlatform(project.Options, time).Inventory(null, Cancellation).SelectMany(static page => page.Facts.ToAsyncEnumerable()).OfType<ResourceFact>().CountAsync(Cancellation).AsTask();
        while (await Task.WhenAny(reading, time.WaitForTimers(1, Cancellation)) != reading) time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(123, await reading);
        Assert.InRange(project.Server.Limit.Served, 120, 140);

        Assert.InRange(project.Server.Limit.Refused, 1, project.Server.Limit.Served);
        Assert.True(time.GetUtcNow() - began >= (project.Server.Limit.Served - 1) / Calls * window);
    }

    [Fact]
    public async Task Lists_AreReadToTheirLastPage()
    {
        await using var project = await BigQueryProjectUnderTest.Served();
        for (var i = 0; i < 7; i++) project.Server!.Datasets[$"d{i}"] = new BigQueryServer.Dataset($"e{i}", []);
        project.Server!.PageSize = 2;
        Assert.Equal(10, (await project.Platform.Resources(Cancellation)).Count);
        Assert.Contains(project.Server.Calls, static call => call.Contains("pageToken=t8", StringComparison.Ordinal));
    }
}
