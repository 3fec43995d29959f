using System.Text.Json.Nodes;

namespace AccessFunctions.Api.Scim;

/// <summary>What the service says of itself (RFC 7643, sections 5 to 7).</summary>
internal static class ScimDocuments
{
    /// <summary>Resources in one page.</summary>
    public const int LongestPage = 200;

    public static JsonObject Config(string address) => new()
    {
        ["schemas"] = new JsonArray("urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"),
        ["patch"] = new JsonObject { ["supported"] = true },
        ["bulk"] = new JsonObject { ["supported"] = false, ["maxOperations"] = 0, ["maxPayloadSize"] = 0 },
        ["filter"] = new JsonObject { ["supported"] = true, ["maxResults"] = LongestPage },
        ["changePassword"] = new JsonObject { ["supported"] = false },
        ["sort"] = new JsonObject { ["supported"] = false },
        ["etag"] = new JsonObject { ["supported"] = true },
        ["authenticationSchemes"] = new JsonArray(new JsonObject
        {
            ["type"] = "oauthbearertoken",
            ["name"] = "Bearer token",
            ["description"] = "A token of its own, set where the product runs; it opens nothing but /scim/v2.",
            ["primary"] = true,
        }),
        ["meta"] = new JsonObject { ["resourceType"] = "ServiceProviderConfig", ["location"] = $"{address}/ServiceProviderConfig" },
    };

    public static IReadOnlyList<JsonObject> ResourceTypes(string address) =>
    [
        Type(address, "User", "/Users", ScimSchema.User, new JsonArray(new JsonObject { ["schema"] = ScimSchema.Enterprise, ["required"] = false })),
        Type(address, "Group", "/Groups", ScimSchema.Group, []),
    ];

    public static IReadOnlyList<JsonObject> Schemas(string address) =>
    [
        Schema(address, ScimSchema.User, "User", "A person"),
        Schema(address, ScimSchema.Enterprise, "EnterpriseUser", "A person's manager"),
        Schema(address, ScimSchema.Group, "Group", "People that policies name together"),
    ];

    private static JsonObject Type(string address, string name, string endpoint, string schema, JsonArray extensions) => new()
    {
        ["schemas"] = new JsonArray("urn:ietf:params:scim:schemas:core:2.0:ResourceType"),
        ["id"] = name,
        ["name"] = name,
        ["endpoint"] = endpoint,
        ["schema"] = schema,
        ["schemaExtensions"] = extensions,
        ["meta"] = new JsonObject { ["resourceType"] = "ResourceType", ["location"] = $"{address}/ResourceTypes/{name}" },
    };

    private static JsonObject Schema(string address, string id, string name, string description) => new()
    {
        ["schemas"] = new JsonArray("urn:ietf:params:scim:schemas:core:2.0:Schema"),
        ["id"] = id,
        ["name"] = name,
        ["description"] = description,
        ["attributes"] = new JsonArray([.. ScimSchema.AttributesOf(id).Select(Attribute)]),
        ["meta"] = new JsonObject { ["resourceType"] = "Schema", ["location"] = $"{address}/Schemas/{id}" },
    };

    private static JsonNode Attribute(ScimAttribute attribute)
    {
        var json = new JsonObject
        {
            ["name"] = attribute.Name,
            ["type"] = attribute.Type,
            ["multiValued"] = attribute.Multi,
            ["required"] = attribute.Required,
            ["caseExact"] = attribute.CaseExact,
            ["mutability"] = attribute.ReadOnly ? "readOnly" : "readWrite",
            ["returned"] = "default",
            ["uniqueness"] = attribute.Unique ? "server" : "none",
        };
        if (attribute.Parts.Count > 0) json["subAttributes"] = new JsonArray([.. attribute.Parts.Select(Attribute)]);
        return json;
    }
}
