using System.Text.Json.Nodes;

namespace AccessFunctions.Api.Scim;

/// <summary>URNs of schemas and messages, and the attributes that are kept (RFC 7643). Whatever else clients send is passed over.</summary>
internal static class ScimSchema
{
    public const string User = "urn:ietf:params:scim:schemas:core:2.0:User";
    public const string Group = "urn:ietf:params:scim:schemas:core:2.0:Group";
    public const string Enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    public const string ListResponse = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
    public const string PatchOp = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
    public const string Error = "urn:ietf:params:scim:api:messages:2.0:Error";

    /// <summary>Attributes of a user, or of a group.</summary>
    public static IReadOnlyList<ScimAttribute> AttributesOf(string schema) => schema switch
    {
        User => UserAttributes,
        Enterprise => EnterpriseAttributes,
        Group => GroupAttributes,
        _ => [],
    };

    /// <summary>The attribute of that name in any case; null where it is not kept.</summary>
    public static ScimAttribute? Find(string schema, string name) => AttributesOf(schema).FirstOrDefault(attribute => string.Equals(attribute.Name, name, StringComparison.OrdinalIgnoreCase));

    /// <summary>What every resource has beside its schema's attributes.</summary>
    public static IReadOnlyList<ScimAttribute> Common { get; } =
    [
        new("id") { ReadOnly = true, CaseExact = true },
        new("externalId") { CaseExact = true },
        new("meta", "complex") { ReadOnly = true, Parts = [new("resourceType") { ReadOnly = true }, new("created", "dateTime") { ReadOnly = true }, new("lastModified", "dateTime") { ReadOnly = true }, new("location", "reference") { ReadOnly = true }, new("version") { ReadOnly = true }] },
        new("schemas") { ReadOnly = true, Multi = true },
    ];

    private static IReadOnlyList<ScimAttribute> UserAttributes { get; } =
    [
        new("userName") { Required = true, Unique = true },
        new("name", "complex") { Parts = [new("formatted") { ReadOnly = true }, new("givenName"), new("familyName")] },
        new("displayName"),
        new("active", "boolean"),
        new("emails", "complex") { Multi = true, Parts = [new("value"), new("type"), new("primary", "boolean")] },
        new("groups", "complex") { Multi = true, ReadOnly = true, Parts = [new("value") { ReadOnly = true }, new("display") { ReadOnly = true }, new("$ref", "reference") { ReadOnly = true }] },
    ];

    private static IReadOnlyList<ScimAttribute> EnterpriseAttributes { get; } = [new("manager", "complex") { Parts = [new("value"), new("$ref", "reference") { ReadOnly = true }, new("displayName") { ReadOnly = true }] }];

    private static IReadOnlyList<ScimAttribute> GroupAttributes { get; } =
    [
        new("displayName") { Required = true, Unique = true, CaseExact = true },
        new("members", "complex") { Multi = true, Parts = [new("value") { CaseExact = true }, new("type") { ReadOnly = true }, new("display") { ReadOnly = true }, new("$ref", "reference") { ReadOnly = true }] },
    ];

    /// <summary>The value of a member whose name is written in any case; null where it is not there.</summary>
    public static JsonNode? Get(JsonObject of, string name)
    {
        if (of.TryGetPropertyValue(name, out var found)) return found;
        foreach (var (key, value) in of)
        {
            if (string.Equals(key, name, StringComparison.OrdinalIgnoreCase)) return value;
        }

        return null;
    }

    /// <summary>The name as it is written in the object, else as given.</summary>
    public static string NameIn(JsonObject of, string name)
    {
        if (of.ContainsKey(name)) return name;
        foreach (var (key, _) in of)
        {
            if (string.Equals(key, name, StringComparison.OrdinalIgnoreCase)) return key;
        }

        return name;
    }
}

/// <summary>An attribute as <c>/Schemas</c> tells of it.</summary>
/// <param name="Type">SCIM's word for its type.</param>
internal sealed record ScimAttribute(string Name, string Type = "string")
{
    public bool Multi { get; init; }
    public bool Required { get; init; }
    public bool CaseExact { get; init; }
    public bool ReadOnly { get; init; }
    public bool Unique { get; init; }
    public IReadOnlyList<ScimAttribute> Parts { get; init; } = [];

    /// <summary>The part of that name in any case.</summary>
    public ScimAttribute? Part(string name) => Parts.FirstOrDefault(part => string.Equals(part.Name, name, StringComparison.OrdinalIgnoreCase));
}
