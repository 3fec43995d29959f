using System.Text.Json.Nodes;
using AccessFunctions.Api.Routing;
using AccessFunctions.Api.Tests.Support;
using AccessFunctions.Application.Directory;
using AccessFunctions.Application.Directory.Provisioning;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;
using Microsoft.Extensions.DependencyInjection;

namespace AccessFunctions.Api.Tests.Scim;

/// <summary>
/// The SCIM service as clients see it: RFC 7644 (https://www.rfc-editor.org/rfc/rfc7644), with the calls that Entra
/// (https://learn.microsoft.com/entra/identity/app-provisioning/use-scim-to-provision-users-and-groups) and Okta
/// (https://developer.okta.com/docs/api/openapi/okta-scim/guides/scim-20/) publish.
/// </summary>
public sealed class ScimRouteTests : IDisposable
{
    private const string Token = "of-the-provider-0123456789abcdef";
    private const string Enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    private readonly TestApi _api = new(static services => services.AddSingleton(new ScimTokens([Token, "the-one-before-it-0123456789abcdef"])));

    public void Dispose() => _api.Dispose();

    [Fact]
    public async Task AUser_AsEntraCreatesIt_IsAPerson()
    {
        var made = await Scim("POST", "/Users", $$"""
            {
                "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", "{{Enterprise}}"],
                "externalId": "walter", "userName": "walter@example.com", "active": true,
                "emails": [{ "primary": true, "type": "work", "value": "walter@example.com" }],
                "meta": { "resourceType": "User" },
                "name": { "formatted": "Walter White", "familyName": "White", "givenName": "Walter" },
                "roles": [], "title": "Cook", "phoneNumbers": [{ "type": "work", "value": "1" }]
            }
            """);
        var id = (string)made.Json["id"]!;
        Assert.Equal((201, "application/scim+json", $"https://access.example/scim/v2/Users/{id}", "W/\"1\""), (made.Status, made.Headers.ContentType.ToString(), made.Headers.Location.ToString(), made.Headers.ETag.ToString()));
        Assert.Equal(("User", made.Headers.Location.ToString(), "W/\"1\""), ((string)made.Json["meta"]!["resourceType"]!, (string)made.Json["meta"]!["location"]!, (string)made.Json["meta"]!["version"]!));
        Assert.Null(made.Json["title"]);

        var person = _api.People.Current.Find(id)!;
        Assert.Equal(("Walter White", "walter@example.com", true), (person.Name, person.Email, person.Active));
        Assert.Empty(person.Roles);
        Assert.Equal(200, (await _api.Send("GET", "/api/requests", "walter")).Status);
    }

    [Fact]
    public async Task AUser_AsOktaLooksForIt_IsFoundByItsName()
    {
        var id = await User("test.user@okta.local");
        var found = await Scim("GET", "/Users?filter=userName%20eq%20%22Test.User@okta.local%22&startIndex=1&count=100");
        Assert.Equal((200, 1, 1, 1), (found.Status, (int)found.Json["totalResults"]!, (int)found.Json["startIndex"]!, (int)found.Json["itemsPerPage"]!));
        Assert.Equal(id, (string)found.Json["Resources"]![0]!["id"]!);
        Assert.Equal("urn:ietf:params:scim:api:messages:2.0:ListResponse", (string)found.Json["schemas"]![0]!);
        var none = await Scim("GET", "/Users?filter=userName%20eq%20%22nobody%22&startIndex=1&count=100");
        Assert.Equal((200, 0), (none.Status, (int)none.Json["totalResults"]!));
    }

    [Fact]
    public async Task AList_ComesInPages()
    {
        for (var i = 0; i < 5; i++) await User($"user{i}");
        var page = await Scim("GET", "/Users?startIndex=4&count=2");
        Assert.Equal((5, 4, 2), ((int)page.Json["totalResults"]!, (int)page.Json["startIndex"]!, (int)page.Json["itemsPerPage"]!));
        Assert.Equal(5, (int)(await Scim("GET", "/Users?count=0")).Json["totalResults"]!);
        Assert.Equal(2, (await Scim("GET", "/Users?filter=userName%20gt%20%22user2%22")).Json["Resources"]!.AsArray().Count);
        Assert.Equal(400, (await Scim("GET", "/Users?count=many")).Status);
    }

    [Fact]
    public async Task WhatIsAskedFor_IsShown()
    {
        var id = await User("walter", """, "name": { "givenName": "Walter", "familyName": "White" }, "emails": [{ "value": "w@x.example", "type": "work" }]""");
        var few = (await Scim("GET", $"/Users/{id}?attributes=userName,name.familyName")).Json.AsObject();
        Assert.Equal(["schemas", "id", "userName", "name"], few.Select(static pair => pair.Key));
        Assert.Equal("""{"familyName":"White"}""", few["name"]!.ToJsonString());
        var most = (await Scim("GET", $"/Users/{id}?excludedAttributes=emails,name.formatted")).Json.AsObject();
        Assert.False(most.ContainsKey("emails"));
        Assert.Equal("""{"givenName":"Walter","familyName":"White"}""", most["name"]!.ToJsonString());
        var group = await Group("Team", id);
        Assert.False((await Scim("GET", $"/Groups/{group}?excludedAttributes=members")).Json.AsObject().ContainsKey("members"));
        Assert.False((await Scim("GET", "/Groups?excludedAttributes=members&filter=displayName%20eq%20%22Team%22")).Json["Resources"]![0]!.AsObject().ContainsKey("members"));
        Assert.Equal("Team", (string)(await Scim("GET", $"/Users/{id}")).Json["groups"]![0]!["display"]!);
    }

    [Fact]
    public async Task AUser_WhoseNameIsTaken_IsRefused_AndTheNameIsFreeAgainOnceItsOwnerIsGone()
    {
        var id = await User("walter@example.com", """, "externalId": "7" """);
        Is(await Scim("POST", "/Users", """{ "userName": "WALTER@example.com" }"""), 409, "uniqueness");
        Is(await Scim("POST", "/Users", """{ "userName": "other", "externalId": "7" }"""), 409, "uniqueness");
        var other = await User("other");
        Is(await Patch(other, """{ "op": "replace", "path": "userName", "value": "walter@example.com" }"""), 409, "uniqueness");

        Assert.Equal(200, (await Patch(id, """{ "op": "replace", "path": "userName", "value": "heisenberg" }""")).Status);
        Assert.Equal(200, (await Patch(other, """{ "op": "replace", "path": "userName", "value": "walter@example.com" }""")).Status);
        Assert.Equal(204, (await Scim("DELETE", $"/Users/{id}")).Status);
        Assert.Equal(201, (await Scim("POST", "/Users", """{ "userName": "heisenberg", "externalId": "7" }""")).Status);
        Is(await Scim("GET", $"/Users/{id}"), 404, null);
        Is(await Scim("DELETE", $"/Users/{id}"), 404, null);
    }

    [Theory]
    [InlineData("""{ "op": "Replace", "path": "active", "value": "False" }""")] // Entra
    [InlineData("""{ "op": "replace", "value": { "active": false } }""")] // Okta
    [InlineData("""{ "op": "Replace", "path": "urn:ietf:params:scim:schemas:core:2.0:User:active", "value": false }""")]
    public async Task AUser_WhoIsDeactivated_CannotSignIn_UntilTheyAreActiveAgain(string operation)
    {
        var id = await User("walter@example.com", """, "externalId": "walter" """);
        Assert.Equal(200, (await _api.Send("GET", "/api/requests", "walter")).Status);
        var left = await Patch(id, operation);
        Assert.Equal((200, false), (left.Status, (bool)left.Json["active"]!));
        Assert.Equal("not-active", (await _api.Send("GET", "/api/requests", "walter")).Problem);
        Assert.Equal(200, (await Patch(id, """{ "op": "Replace", "path": "active", "value": "True" }""")).Status);
        Assert.Equal(200, (await _api.Send("GET", "/api/requests", "walter")).Status);
        Assert.Equal(
            [EventTypes.Host.PersonAdded, EventTypes.Host.PersonLeft, EventTypes.Host.PersonReturned],
            _api.AuditTrail.Where(happened => happened.Resource == $"person/{id}").Select(static happened => happened.Type));
    }

    [Fact]
    public async Task AUser_WhomOktaPuts_IsReplaced_AndStaysAsActiveAsTheyWereWhereItDoesNotSay()
    {
        var id = await User("walter", """, "displayName": "W", "active": false, "emails": [{ "value": "w@x.example" }]""");
        var put = await Scim("PUT", $"/Users/{id}", """{ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": "x", "userName": "walter", "name": { "givenName": "Walter" }, "locale": "en-US" }""");
        Assert.Equal((200, id, false, null), (put.Status, (string)put.Json["id"]!, (bool)put.Json["active"]!, put.Json["emails"]));
        Assert.Equal("Walter", (string)put.Json["name"]!["formatted"]!);
        Is(await Scim("PUT", $"/Users/{id}", "{}"), 400, "invalidValue");
        Is(await Scim("PUT", $"/Users/{id}", """{ "userName": "walter", "active": "maybe" }"""), 400, "invalidValue");
        Is(await Scim("PUT", $"/Users/{id}", """{ "userName": "walter", "emails": [{ "value": "no address" }] }"""), 400, "invalidValue");
        Is(await Scim("PUT", $"/Users/{id}", "no json"), 400, "invalidSyntax");
        Is(await Scim("PUT", "/Users/none", """{ "userName": "x" }"""), 404, null);
    }

    [Fact]
    public async Task AChange_OfAnotherVersion_IsNotMade()
    {
        var id = await User("walter");
        Is(await Scim("PATCH", $"/Users/{id}", """{ "Operations": [{ "op": "replace", "path": "displayName", "value": "W" }] }""", ("If-Match", "W/\"7\"")), 412, null);
        var changed = await Scim("PATCH", $"/Users/{id}", """{ "Operations": [{ "op": "replace", "path": "displayName", "value": "W" }] }""", ("If-Match", "W/\"1\""));
        Assert.Equal((200, "W/\"2\""), (changed.Status, changed.Headers.ETag.ToString()));
        Assert.Equal("W/\"2\"", (await Patch(id, """{ "op": "replace", "path": "displayName", "value": "W" }""")).Headers.ETag.ToString()); // nothing changed
    }

    [Fact]
    public async Task WhatTheClientHas_IsNotSentAgain_UntilItLooksOtherwise()
    {
        var id = await User("walter");
        var group = await Group("Cooks", id);
        foreach (var path in new[] { $"/Users/{id}", $"/Groups/{group}", $"/Groups/{group}?excludedAttributes=members" })
        {
            var tag = (await Scim("GET", path)).Headers.ETag.ToString();
            foreach (var had in new[] { tag, tag["W/".Length..], $"\"other\", {tag}", "*" })
            {
                var same = await Scim("GET", path, null, ("If-None-Match", had));
                Assert.Equal((304, "", tag), (same.Status, same.Text, same.Headers.ETag.ToString()));
            }

            Assert.Equal(200, (await Scim("GET", path, null, ("If-None-Match", "W/\"7\""))).Status);
        }

        // A user shows the names of groups, and a group those of its members.
        var (user, members) = ((await Scim("GET", $"/Users/{id}")).Headers.ETag.ToString(), (await Scim("GET", $"/Groups/{group}")).Headers.ETag.ToString());
        Assert.Equal(204, (await PatchGroup(group, """{ "op": "replace", "path": "displayName", "value": "Chefs" }""")).Status);
        Assert.Equal("Chefs", (string)(await Scim("GET", $"/Users/{id}", null, ("If-None-Match", user))).Json["groups"]![0]!["display"]!);
        Assert.Equal(200, (await Scim("GET", $"/Groups/{group}", null, ("If-None-Match", members))).Status);
        members = (await Scim("GET", $"/Groups/{group}")).Headers.ETag.ToString();
        var renamed = await Scim("PATCH", $"/Users/{id}", """{ "Operations": [{ "op": "replace", "path": "displayName", "value": "Walt" }] }""", ("If-Match", user));
        Assert.Equal(200, renamed.Status);
        Assert.Equal(200, (await Scim("GET", $"/Groups/{group}", null, ("If-None-Match", members))).Status);
        Assert.Equal(304, (await Scim("GET", $"/Users/{id}", null, ("If-None-Match", renamed.Headers.ETag.ToString()))).Status);
        Is(await Scim("GET", "/Users/none", null, ("If-None-Match", "*")), 404, null);
    }

    [Fact]
    public async Task AManager_AsEntraNamesThem_IsThePersonsManager()
    {
        var boss = await User("boss", """, "displayName": "The Boss", "externalId": "b-1" """);
        var id = await User("walter");
        var changed = await Patch(id, $$"""{ "op": "Add", "path": "{{Enterprise}}:manager", "value": "{{boss}}" }""");
        Assert.Equal("The Boss", (string)changed.Json[Enterprise]!["manager"]!["displayName"]!);
        Assert.Equal(boss, _api.People.Current.Find(id)!.Manager);
        await Patch(id, $$"""{ "op": "replace", "value": { "{{Enterprise}}:manager": { "value": "b-1" } } }""");
        Assert.Equal(boss, _api.People.Current.Find(id)!.Manager);
        await Patch(id, $$"""{ "op": "Remove", "path": "{{Enterprise}}:manager" }""");
        Assert.Null(_api.People.Current.Find(id)!.Manager);
    }

    [Fact]
    public async Task AGroup_IsTheOneThatPoliciesName_WithGroupsInItToo()
    {
        var (walter, jesse) = (await User("walter"), await User("jesse"));
        var inner = await Group("lab", jesse);
        var made = await Scim("POST", "/Groups", $$"""{ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "on call", "members": [{ "value": "{{walter}}" }, { "value": "{{inner}}" }] }""");
        var id = (string)made.Json["id"]!;
        Assert.Equal((201, "Group"), (made.Status, (string)made.Json["members"]![1]!["type"]!));
        Assert.Equal(new[] { walter, jesse }.Order(StringComparer.Ordinal), _api.People.Current.Members("on call"));

        Assert.Equal(204, (await PatchGroup(id, $$"""{ "op": "Remove", "path": "members", "value": [{ "value": "{{walter}}" }] }""")).Status);
        Assert.Equal([jesse], _api.People.Current.Members("on call"));
        Assert.Equal(204, (await PatchGroup(id, """{ "op": "Replace", "path": "displayName", "value": "night shift" }""")).Status);
        Assert.Equal([jesse], _api.People.Current.Members("night shift"));
        Is(await Scim("POST", "/Groups", """{ "displayName": "night shift" }"""), 409, "uniqueness");
        Is(await PatchGroup(id, """{ "op": "Add", "path": "members", "value": [{ "value": "nobody" }] }"""), 400, "invalidValue");
        var asked = await Scim("GET", $"/Groups?filter=id%20eq%20%22{id}%22%20and%20members%20eq%20%22{inner}%22");
        Assert.Equal(1, (int)asked.Json["totalResults"]!);
        Assert.Equal(204, (await Scim("DELETE", $"/Groups/{id}")).Status);
        Assert.Empty(_api.People.Current.Members("night shift"));
    }

    [Theory]
    [InlineData("POST", "/Users", """{ "userName": "w", "roles": [{ "value": "Admin" }] }""")]
    [InlineData("POST", "/Users", """{ "userName": "w", "roles": ["auditor"] }""")]
    [InlineData("POST", "/Users", """{ "userName": "w", "roles": [{ "primary": "True", "value": "{\"id\":\"0\",\"value\":\"Reviewer\",\"displayName\":\"r\"}" }] }""")]
    [InlineData("PUT", "/Users/{id}", """{ "userName": "w", "urn:ietf:params:scim:schemas:core:2.0:User:roles": [{ "value": "Admin" }] }""")]
    [InlineData("PATCH", "/Users/{id}", """{ "Operations": [{ "op": "Add", "path": "roles", "value": [{ "value": "Admin" }] }] }""")]
    [InlineData("PATCH", "/Users/{id}", """{ "Operations": [{ "op": "Replace", "path": "roles[primary eq \"True\"].value", "value": "Reviewer" }] }""")]
    [InlineData("PATCH", "/Users/{id}", """{ "Operations": [{ "op": "replace", "value": { "active": true, "roles": [{ "value": "Auditor" }] } }] }""")]
    public async Task AProductRole_IsRefused_WithAWordOnWhatToDo(string method, string path, string body)
    {
        var id = await User("walter");
        var refused = await Scim(method, path.Replace("{id}", id, StringComparison.Ordinal), body);
        Is(refused, 403, null);
        Assert.Contains("attribute mapping", (string)refused.Json["detail"]!, StringComparison.Ordinal);
        Assert.Empty(_api.People.Current.Find(id)!.Roles);
        Assert.Equal("scim-403", _api.AuditTrail[^1].Reason);
    }

    [Fact]
    public async Task RolesOfOtherProducts_ArePassedOver_AndAGroupCalledAdminGivesNothing()
    {
        var id = await User("walter", """, "externalId": "walter", "roles": [{ "value": "Cook" }]""");
        foreach (var role in Roles.All) await Group(role, id);
        Assert.Empty(_api.People.Current.Find(id)!.Roles);
        Assert.Equal("role-missing", (await _api.Send("GET", "/api/audit", "walter")).Problem);
        Assert.DoesNotContain(id, _api.People.Current.WithRole(Roles.Reviewer));
    }

    [Fact]
    public async Task AHolderOfAProductRole_KeepsTheirCredential()
    {
        var id = await User("walter", """, "externalId": "walter" """);
        // What an administrator gave him would go to whoever else has the other subject.
        await _api.People.SetRoles(id, [Roles.Admin], default);
        Is(await Patch(id, """{ "op": "replace", "path": "externalId", "value": "mallory" }"""), 400, "mutability");
    }

    [Fact]
    public async Task AHolderOfAProductRole_KeepsTheirAddress_AndLeavesAllTheSame()
    {
        var id = await User("walter", """, "externalId": "walter", "emails": [{ "value": "w@x.example", "primary": true }]""");
        await _api.People.SetRoles(id, [Roles.Reviewer], default);
        // Mails that ask a reviewer carry links that decide.
        Is(await Patch(id, """{ "op": "replace", "path": "emails", "value": [{ "value": "mallory@x.example" }] }"""), 400, "mutability");
        Is(await Patch(id, """{ "op": "add", "path": "emails", "value": [{ "value": "mallory@x.example", "primary": true }] }"""), 400, "mutability");
        Assert.Equal(200, (await Patch(id, """{ "op": "replace", "path": "displayName", "value": "W" }""")).Status);

        // A leaver is never kept for it.
        var left = await Scim("PUT", $"/Users/{id}", """{ "userName": "walter", "externalId": "mallory", "active": false, "emails": [{ "value": "mallory@x.example" }] }""");
        Assert.Equal((200, false, "walter", "w@x.example"), (left.Status, (bool)left.Json["active"]!, (string)left.Json["externalId"]!, (string)left.Json["emails"]![0]!["value"]!));
        Assert.False(_api.People.Current.Find(id)!.Active);
        Is(await Patch(id, """{ "op": "replace", "value": { "active": true, "emails": [{ "value": "mallory@x.example" }] } }"""), 400, "mutability");
    }

    [Theory]
    [InlineData("PUT", """{ "userName": "w", "userName": "x" }""")] // a name twice
    [InlineData("PUT", """{ "userName": "w", "name": { "givenName": "a", "givenName": "b" } }""")]
    [InlineData("PUT", """{ "userName": "\ud800" }""")] // half a character
    [InlineData("PUT", """{ "userName": "w", "\ud800": 1 }""")]
    [InlineData("PATCH", """{ "Operations": [{ "op": "replace", "path": "displayName", "value": "\udc00" }] }""")]
    [InlineData("PATCH", """{ "Operations": [{ "op": "replace", "path": "displayName", "value": { "a": 1, "a": 2 } }] }""")]
    public async Task OddJson_IsRefusedInScimsForm(string method, string body)
    {
        var id = await User("walter");
        Is(await Scim(method, $"/Users/{id}", body), 400, "invalidSyntax");
    }

    [Theory]
    [InlineData("""{ "Operations": [{ "op": "add", "path": "emails", "value": [{ "value": "w@x.example", "type": 1e999 }] }, { "op": "remove", "path": "emails[type eq 1]" }] }""", "invalidValue")]
    [InlineData("""{ "Operations": [{ "op": "add", "path": "emails[type eq \"work\" and type eq \"home\"].value", "value": "w@x.example" }] }""", "noTarget")]
    public async Task OddValues_AreRefusedInScimsForm(string body, string type)
    {
        var id = await User("walter");
        Is(await Scim("PATCH", $"/Users/{id}", body), 400, type);
    }

    [Fact]
    public async Task AnotherPrimaryAddress_TakesEffect()
    {
        var id = await User("walter", """, "emails": [{ "value": "old@x.example", "type": "work", "primary": true }]""");
        Assert.Equal(200, (await Patch(id, """{ "op": "add", "path": "emails", "value": [{ "value": "new@x.example", "type": "other", "primary": true }] }""")).Status);
        Assert.Equal("new@x.example", _api.People.Current.Find(id)!.Email);
        Assert.Equal(200, (await Patch(id, """{ "op": "replace", "path": "emails[type eq \"work\"].primary", "value": "True" }""")).Status);
        Assert.Equal("old@x.example", _api.People.Current.Find(id)!.Email);
    }

    [Fact]
    public async Task TheServicesOwnWords_AreWhatRfc7643Asks()
    {
        var config = (await Scim("GET", "/ServiceProviderConfig")).Json;
        Assert.True((bool)config["patch"]!["supported"]! && (bool)config["filter"]!["supported"]! && (bool)config["etag"]!["supported"]!);
        Assert.False((bool)config["bulk"]!["supported"]!);
        Assert.Equal(["User", "Group"], (await Scim("GET", "/ResourceTypes")).Json["Resources"]!.AsArray().Select(static type => (string)type!["id"]!));
        Assert.Equal("/Users", (string)(await Scim("GET", "/ResourceTypes/User")).Json["endpoint"]!);
        var schemas = (await Scim("GET", "/Schemas")).Json["Resources"]!.AsArray();
        Assert.Equal(3, schemas.Count);
        foreach (var schema in schemas) Assert.Equal(schema!.ToJsonString(), (await Scim("GET", $"/Schemas/{(string)schema["id"]!}")).Json.ToJsonString());
        Is(await Scim("GET", "/Schemas/urn:none"), 404, null);
        Is(await Scim("GET", "/Users?filter=userName%20is%20%22x%22"), 400, "invalidFilter");
    }

    [Fact]
    public async Task TheToken_OpensScim_AndNothingElse()
    {
        foreach (var route in ApiRoutes.All)
        {
            var path = route.Template.Replace("{id}", "x", StringComparison.Ordinal).Replace("{name}", "x", StringComparison.Ordinal).Replace("{action}", "cancel", StringComparison.Ordinal);
            if (route.Scheme == "scim")
            {
                // Nor does anybody else's credential open it, an administrator's neither.
                foreach (var token in new[] { null, "", "wrong", Token[..^1], Token + "0", _api.Issuer.Mint("dave", TimeSpan.FromMinutes(5)) }) Is(await _api.SendToken(route.Method, path, token, "{}"), 401, null);
            }
            else if (!route.Anonymous)
            {
                // A link that opens nothing is refused whoever comes.
                Assert.Equal((route.Otherwise is null ? 401 : 404, route.Name), ((await _api.SendToken(route.Method, path, Token, "{}")).Status, route.Name));
            }
        }

        Assert.Equal(200, (await _api.SendToken("GET", "/scim/v2/Users", "the-one-before-it-0123456789abcdef")).Status);
        Assert.Contains(_api.AuditTrail, static happened => happened is { Type: EventTypes.Host.CallRefused, Reason: "scim-token", Actor: "anonymous" });
    }

    [Fact]
    public async Task WhatIsChained_NamesNobody()
    {
        var id = await User("walter@example.com", """, "displayName": "Walter White", "externalId": "walter", "emails": [{ "value": "w@x.example" }]""");
        var group = await Group("on call", id);
        await Patch(id, """{ "op": "replace", "path": "displayName", "value": "Heisenberg" }""");
        await Scim("DELETE", $"/Users/{id}");
        await Scim("DELETE", $"/Groups/{group}");
        Assert.Equal(
            [EventTypes.Host.PersonAdded, EventTypes.Host.GroupAdded, EventTypes.Host.PersonChanged, EventTypes.Host.PersonDeleted, EventTypes.Host.PersonLeft, EventTypes.Host.GroupDeleted],
            _api.AuditTrail.Select(static happened => happened.Type));
        foreach (var happened in _api.AuditTrail)
        {
            var chained = (happened with { Detail = null }).ToString();
            Assert.All((string[])["walter", "Walter", "Heisenberg", "example", "on call"], word => Assert.DoesNotContain(word, chained, StringComparison.Ordinal));
            Assert.Equal(SystemActors.Scim, happened.Actor);
        }
    }

    private async Task<string> User(string name, string more = "")
    {
        var made = await Scim("POST", "/Users", $$"""{ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "{{name}}"{{more}} }""");
        Assert.True(made.Status == 201, made.Text);
        return (string)made.Json["id"]!;
    }

    private async Task<string> Group(string name, params string[] members)
    {
        var made = await Scim("POST", "/Groups", $$"""{ "displayName": "{{name}}", "members": [{{string.Join(',', members.Select(static member => $$"""{ "value": "{{member}}" }"""))}}] }""");
        Assert.True(made.Status == 201, made.Text);
        return (string)made.Json["id"]!;
    }

    private Task<Reply> Patch(string id, string operation) => Scim("PATCH", $"/Users/{id}", $$"""{ "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [{{operation}}] }""");

    private Task<Reply> PatchGroup(string id, string operation) => Scim("PATCH", $"/Groups/{id}", $$"""{ "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [{{operation}}] }""");

    private async Task<Reply> Scim(string method, string path, string? body = null, params (string Name, string Value)[] headers)
    {
        var http = _api.Context(method, $"/scim/v2{path}", body);
        if (body is not null) http.Request.ContentType = "application/scim+json; charset=utf-8";
        http.Request.Headers.Authorization = $"Bearer {Token}";
        foreach (var (name, value) in headers) http.Request.Headers[name] = value;
        return await _api.Run(http);
    }

    private static void Is(Reply reply, int status, string? type)
    {
        Assert.True((status, type) == (reply.Status, (string?)reply.Json["scimType"]), reply.Text);
        Assert.Equal(("application/scim+json", $"{status}"), (reply.Headers.ContentType.ToString(), (string)reply.Json["status"]!));
        Assert.Equal("urn:ietf:params:scim:api:messages:2.0:Error", (string)reply.Json["schemas"]![0]!);
        Assert.NotEmpty((string)reply.Json["detail"]!);
    }
}
