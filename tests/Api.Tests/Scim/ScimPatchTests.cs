using System.Text.Json.Nodes;
using AccessFunctions.Api.Scim;

namespace AccessFunctions.Api.Tests.Scim;

/// <summary>
/// PATCH as RFC 7644 shows it (https://www.rfc-editor.org/rfc/rfc7644#section-3.5.2), as Entra sends it (the requests of
/// https://learn.microsoft.com/entra/identity/app-provisioning/use-scim-to-provision-users-and-groups and the flags of
/// https://learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-config-problem-scim-compatibility) and as Okta does
/// (https://developer.okta.com/docs/api/openapi/okta-scim/guides/scim-20/).
/// </summary>
public sealed class ScimPatchTests
{
    private const string User = """
        { "userName": "bjensen", "externalId": "7013", "name": { "givenName": "Barbara", "familyName": "Jensen" }, "displayName": "Babs", "active": true,
          "emails": [ { "value": "b@work.example", "type": "work", "primary": true }, { "value": "b@home.example", "type": "home" } ] }
        """;

    private const string Group = """{ "displayName": "Tour Guides", "members": [ { "value": "u-1" }, { "value": "u-2" } ] }""";

    [Theory]
    [InlineData("Entra: a plain attribute", """[{ "op": "Replace", "path": "displayName", "value": "Barbara" }]""", "displayName", "\"Barbara\"")]
    [InlineData("Entra: active as text", """[{ "op": "Replace", "path": "active", "value": "False" }]""", "active", "\"False\"")]
    [InlineData("Entra: names by their dots", """[{ "op": "Add", "path": "name.familyName", "value": "O'Malley" }]""", "name", """{"givenName":"Barbara","familyName":"O'Malley"}""")]
    [InlineData("Entra: an address by its type", """[{ "op": "Replace", "path": "emails[type eq \"work\"].value", "value": "new@work.example" }]""", "emails", """[{"value":"new@work.example","type":"work","primary":true},{"value":"b@home.example","type":"home"}]""")]
    [InlineData("Entra: an address that was not there", """[{ "op": "Add", "path": "emails[type eq \"other\"].value", "value": "o@x.example" }]""", "emails", """[{"value":"b@work.example","type":"work","primary":true},{"value":"b@home.example","type":"home"},{"type":"other","value":"o@x.example"}]""")]
    [InlineData("Entra: keys that are paths", """[{ "op": "replace", "value": { "displayName": "B", "name.givenName": "Barb", "emails[type eq \"home\"].value": "h@x.example" } }]""", "emails", """[{"value":"b@work.example","type":"work","primary":true},{"value":"h@x.example","type":"home"}]""")]
    [InlineData("Entra: a manager as text", """[{ "op": "Add", "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager", "value": "u-9" }]""", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User", """{"manager":{"value":"u-9"}}""")]
    [InlineData("Entra: a manager as a value in a list", """[{ "op": "Add", "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager", "value": { "value": "u-9" } }]""", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User", """{"manager":{"value":"u-9"}}""")]
    [InlineData("Entra: a manager in a key", """[{ "op": "replace", "value": { "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager": "u-9" } }]""", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User", """{"manager":{"value":"u-9"}}""")]
    [InlineData("The whole extension", """[{ "op": "add", "value": { "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": { "manager": { "value": "u-9" }, "department": "R&D" } } }]""", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User", """{"manager":{"value":"u-9"}}""")]
    [InlineData("Okta: deactivation", """[{ "op": "replace", "value": { "active": false } }]""", "active", "false")]
    [InlineData("RFC: one more address", """[{ "op": "add", "path": "emails", "value": [ { "value": "babs@x.example", "type": "other" } ] }]""", "emails", """[{"value":"b@work.example","type":"work","primary":true},{"value":"b@home.example","type":"home"},{"value":"babs@x.example","type":"other"}]""")]
    [InlineData("RFC: without a path", """[{ "op": "add", "value": { "emails": [ { "value": "b@home.example", "type": "home" } ], "DisplayName": "B" } }]""", "displayName", "\"B\"")]
    [InlineData("RFC: all addresses", """[{ "op": "replace", "path": "emails", "value": [ { "value": "only@x.example" } ] }]""", "emails", """[{"value":"only@x.example"}]""")]
    [InlineData("RFC: an address goes", """[{ "op": "remove", "path": "emails[type eq \"work\" and value ew \"work.example\"]" }]""", "emails", """[{"value":"b@home.example","type":"home"}]""")]
    [InlineData("A part goes", """[{ "op": "remove", "path": "name.givenName" }]""", "name", """{"familyName":"Jensen"}""")]
    [InlineData("An attribute goes", """[{ "op": "Remove", "path": "externalId" }]""", "externalId", null)]
    [InlineData("What is not kept", """[{ "op": "add", "path": "addresses[type eq \"work\"].locality", "value": "Bern" }, { "op": "replace", "path": "title", "value": "x" }, { "op": "remove", "path": "urn:other:2.0:User:badge" }]""", "title", null)]
    [InlineData("Ids in a value", """[{ "op": "replace", "value": { "id": "u-1", "schemas": [], "displayName": "B" } }]""", "displayName", "\"B\"")]
    public void APatch_OfAUser(string what, string operations, string attribute, string? becomes)
    {
        var user = Applied(User, ScimSchema.User, operations);
        Assert.True((becomes is null ? null : JsonNode.Parse(becomes)!.ToJsonString()) == user[attribute]?.ToJsonString(), $"{what}: {user.ToJsonString()}");
    }

    [Theory]
    [InlineData("Entra: a member comes", """[{ "op": "Add", "path": "members", "value": [ { "$ref": null, "value": "u-3" } ] }]""", "u-1,u-2,u-3")]
    [InlineData("Entra: a member goes, in the value", """[{ "op": "Remove", "path": "members", "value": [ { "$ref": null, "value": "u-1" } ] }]""", "u-2")]
    [InlineData("Okta: a member goes, in the path", """[{ "op": "remove", "path": "members[value eq \"u-2\"]" }]""", "u-1")]
    [InlineData("Okta: a member who is not there goes", """[{ "op": "remove", "path": "members[value eq \"u-7\"]" }]""", "u-1,u-2")]
    [InlineData("Okta: all members", """[{ "op": "replace", "path": "members", "value": [ { "value": "u-8", "display": "x" } ] }]""", "u-8")]
    [InlineData("Okta: one goes, one comes", """[{ "op": "remove", "path": "members[value eq \"u-1\"]" }, { "op": "add", "path": "members", "value": [ { "value": "u-4" } ] }]""", "u-2,u-4")]
    [InlineData("A member twice", """[{ "op": "add", "path": "members", "value": [ { "value": "u-1" }, { "value": "u-3" }, { "value": "u-3" } ] }]""", "u-1,u-2,u-3")]
    [InlineData("Everybody goes", """[{ "op": "remove", "path": "members" }]""", "")]
    [InlineData("A plain id", """[{ "op": "add", "path": "members", "value": "u-3" }]""", "u-1,u-2,u-3")]
    [InlineData("Okta: the name in a value", """[{ "op": "replace", "value": { "id": "g-1", "displayName": "Guides" } }]""", "u-1,u-2")]
    public void APatch_OfMembers(string what, string operations, string members)
    {
        var group = Applied(Group, ScimSchema.Group, operations);
        Assert.True(members == string.Join(',', group["members"]!.AsArray().Select(static member => (string)member!["value"]!)), $"{what}: {group.ToJsonString()}");
    }

    [Theory]
    [InlineData("""[{ "op": "remove" }]""", ScimTypes.NoTarget)]
    [InlineData("""[{ "op": "replace", "path": "emails[value eq \"x\" or value eq \"y\"].value", "value": "z" }]""", ScimTypes.NoTarget)]
    [InlineData("""[{ "op": "replace", "path": "emails[type eq", "value": "z" }]""", ScimTypes.InvalidPath)]
    [InlineData("""[{ "op": "replace", "path": "name.givenName.first", "value": "z" }]""", ScimTypes.InvalidPath)]
    [InlineData("""[{ "op": "replace", "path": "userName.first", "value": "z" }]""", ScimTypes.InvalidPath)]
    [InlineData("""[{ "op": "replace", "path": "displayName[value eq \"x\"]", "value": "z" }]""", ScimTypes.InvalidPath)]
    [InlineData("""[{ "op": "replace", "path": "id", "value": "z" }]""", ScimTypes.Mutability)]
    [InlineData("""[{ "op": "add", "path": "groups", "value": [ { "value": "g-1" } ] }]""", ScimTypes.Mutability)]
    [InlineData("""[{ "op": "replace", "path": "meta.created", "value": "z" }]""", ScimTypes.Mutability)]
    [InlineData("""[{ "op": "remove", "path": "userName" }]""", ScimTypes.Mutability)]
    [InlineData("""[{ "op": "replace", "value": "z" }]""", ScimTypes.InvalidValue)]
    [InlineData("""[{ "op": "replace", "path": "name", "value": "z" }]""", ScimTypes.InvalidValue)]
    [InlineData("""[{ "op": "replace", "path": "emails", "value": [ 7 ] }]""", ScimTypes.InvalidValue)]
    [InlineData("""[{ "op": "move", "path": "active", "value": true }]""", ScimTypes.InvalidSyntax)]
    [InlineData("""[ 7 ]""", ScimTypes.InvalidSyntax)]
    [InlineData("""[]""", ScimTypes.InvalidSyntax)]
    public void APatch_ThatCannotBe_SaysWhy(string operations, string type) => Assert.Equal(type, Assert.Throws<ScimException>(() => Applied(User, ScimSchema.User, operations)).Type);

    [Fact]
    public void AReplacedMember_WhoIsNotThere_HasNoTarget() => Assert.Equal(
        ScimTypes.NoTarget, Assert.Throws<ScimException>(() => Applied(Group, ScimSchema.Group, """[{ "op": "replace", "path": "members[value eq \"u-7\"].value", "value": "u-8" }]""")).Type);

    private static JsonObject Applied(string resource, string schema, string operations)
    {
        var json = JsonNode.Parse(resource)!.AsObject();
        ScimPatch.Apply(json, schema, new JsonObject { ["schemas"] = new JsonArray(ScimSchema.PatchOp), ["Operations"] = JsonNode.Parse(operations) });
        return json;
    }
}
