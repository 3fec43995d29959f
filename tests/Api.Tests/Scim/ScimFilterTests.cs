using System.Text.Json.Nodes;
using AccessFunctions.Api.Scim;

namespace AccessFunctions.Api.Tests.Scim;

/// <summary>
/// Filters as RFC 7644 shows them (section 3.4.2.2, https://www.rfc-editor.org/rfc/rfc7644#section-3.4.2.2), and as Entra
/// (https://learn.microsoft.com/entra/identity/app-provisioning/use-scim-to-provision-users-and-groups) and Okta (https://developer.okta.com/docs/api/openapi/okta-scim/guides/scim-20/) send them.
/// </summary>
public sealed class ScimFilterTests
{
    private static readonly JsonObject Barbara = JsonNode.Parse("""
        {
          "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
          "id": "2819c223-7f76-453a-919d-413861904646", "externalId": "7013", "userName": "bjensen@example.com",
          "name": { "familyName": "Jensen O'Malley", "givenName": "Barbara" }, "displayName": "Babs \"B\" Jensen", "active": true,
          "emails": [ { "value": "bjensen@example.com", "type": "work", "primary": true }, { "value": "babs@jensen.example", "type": "home" } ],
          "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": { "manager": { "value": "26118915-6090-4610-87e4-49d8ca9f808d", "displayName": "John Smith" } },
          "meta": { "resourceType": "User", "created": "2026-01-23T04:56:22.000Z", "lastModified": "2026-05-13T04:42:34.000Z" }
        }
        """)!.AsObject();

    private static readonly JsonObject Team = JsonNode.Parse("""{ "id": "g-1", "displayName": "Tour Guides", "members": [ { "value": "u-1" }, { "value": "u-2" } ] }""")!.AsObject();

    [Theory]
    [InlineData("userName eq \"bjensen@example.com\"", true)]
    [InlineData("userName Eq \"BJensen@Example.com\"", true)] // names and user names without case, operators too
    [InlineData("USERNAME eq \"nobody@example.com\"", false)]
    [InlineData("urn:ietf:params:scim:schemas:core:2.0:User:userName sw \"BJ\"", true)]
    [InlineData("name.familyName co \"O'Malley\"", true)]
    [InlineData("userName sw \"J\"", false)]
    [InlineData("userName ew \"example.com\"", true)]
    [InlineData("displayName eq \"Babs \\\"B\\\" Jensen\"", true)]
    [InlineData("title pr", false)]
    [InlineData("externalId pr", true)]
    [InlineData("externalId eq \"7013\" or userName eq \"x\"", true)]
    [InlineData("id eq \"2819C223-7f76-453a-919d-413861904646\"", false)] // ids with case
    [InlineData("active eq true", true)]
    [InlineData("active eq \"True\"", true)]
    [InlineData("active ne true", false)]
    [InlineData("title eq null", true)]
    [InlineData("title ne \"boss\"", true)]
    [InlineData("meta.lastModified gt \"2026-05-13T04:42:33Z\"", true)]
    [InlineData("meta.lastModified ge \"2026-05-13T06:42:34+02:00\"", true)]
    [InlineData("meta.lastModified lt \"2026-05-13T04:42:34Z\"", false)]
    [InlineData("meta.lastModified le \"2026-05-13T04:42:34Z\"", true)]
    [InlineData("title pr and active eq true", false)]
    [InlineData("title pr or active eq true", true)]
    [InlineData("active eq false and title pr or externalId pr", true)] // "and" binds closer
    [InlineData("active eq false and (title pr or externalId pr)", false)]
    [InlineData("not (title pr)", true)]
    [InlineData("userName pr and not (emails co \"example.org\")", true)]
    [InlineData("emails eq \"babs@jensen.example\"", true)]
    [InlineData("emails.value eq \"babs@jensen.example\"", true)]
    [InlineData("emails[type eq \"work\" and value co \"@example.com\"]", true)]
    [InlineData("emails[type eq \"home\" and value co \"@example.com\"]", false)]
    [InlineData("emails[type eq \"work\"].value eq \"bjensen@example.com\"", true)]
    [InlineData("emails[primary eq true].type eq \"work\" and active eq true", true)]
    [InlineData("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value eq \"26118915-6090-4610-87e4-49d8ca9f808d\"", true)]
    [InlineData("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager eq \"26118915-6090-4610-87e4-49d8ca9f808d\"", true)]
    [InlineData("schemas eq \"urn:ietf:params:scim:schemas:core:2.0:User\"", true)]
    public void AFilter_FindsTheUser_WhereItHolds(string filter, bool found) => Assert.Equal(found, ScimMatch.Is(ScimFilter.Parse(filter), Barbara, ScimSchema.User));

    [Theory]
    [InlineData("displayName eq \"Tour Guides\"", true)]
    [InlineData("displayName eq \"tour guides\"", false)] // policies name groups with case
    [InlineData("id eq \"g-1\" and members eq \"u-2\"", true)] // how Entra asks whether somebody is a member
    [InlineData("members[value eq \"u-2\"]", true)]
    [InlineData("members.value eq \"u-3\"", false)]
    public void AFilter_FindsTheGroup_WhereItHolds(string filter, bool found) => Assert.Equal(found, ScimMatch.Is(ScimFilter.Parse(filter), Team, ScimSchema.Group));

    [Theory]
    [InlineData("")]
    [InlineData("userName")]
    [InlineData("userName eq")]
    [InlineData("userName eq bjensen")]
    [InlineData("userName eq \"bjensen")]
    [InlineData("userName is \"bjensen\"")]
    [InlineData("userName eq \"a\" and")]
    [InlineData("userName eq \"a\" xor active eq true")]
    [InlineData("(userName eq \"a\"")]
    [InlineData("userName eq \"a\")")]
    [InlineData("not userName pr")]
    [InlineData("emails[type eq \"work\"")]
    [InlineData("emails[]")]
    [InlineData("active gt true")]
    [InlineData("name..familyName eq \"x\"")]
    [InlineData("userName eq \"\\x\"")]
    [InlineData("eq \"x\" eq")]
    public void AFilter_ThatIsNone_IsInvalid(string filter) => Assert.Contains(Assert.Throws<ScimException>(() => ScimFilter.Parse(filter)).Type, (string[])[ScimTypes.InvalidFilter, ScimTypes.InvalidPath]);

    [Fact]
    public void AFilter_ThatIsTooLongOrTooDeep_IsInvalid()
    {
        Assert.Equal(ScimTypes.InvalidFilter, Assert.Throws<ScimException>(() => ScimFilter.Parse($"userName eq \"{new string('x', 9000)}\"")).Type);
        Assert.Equal(ScimTypes.InvalidFilter, Assert.Throws<ScimException>(() => ScimFilter.Parse(new string('(', 3000) + "active pr" + new string(')', 3000))).Type);
    }
}
