using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace AccessFunctions.Api.OpenApi;

/// <summary>JSON schemas of the types in the table, exported from the serializer's own view of them and collected by name.</summary>
internal sealed class Schemas
{
    // As ApiJson, without the converters whose schema the exporter cannot know.
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        Converters = { new JsonStringEnumConverter() },
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
    };

    private static readonly JsonSchemaExporterOptions Export = new()
    {
        TreatNullObliviousAsNonNullable = true,
        TransformSchemaNode = (context, schema) => Nullable.GetUnderlyingType(context.TypeInfo.Type) switch
        {
            _ when context.TypeInfo.Type == typeof(TimeSpan) => Duration("string"),
            { } inner when inner == typeof(TimeSpan) => Duration(new JsonArray("string", "null")),
            _ => schema,
        },
    };

    /// <summary>The collected schemas.</summary>
    public JsonObject All { get; } = [];

    /// <summary>A reference to the type's schema, which is collected.</summary>
    public JsonObject Reference(Type type)
    {
        var name = NameOf(type);
        var reference = $"#/components/schemas/{name}";
        if (!All.ContainsKey(name))
        {
            var schema = Options.GetJsonSchemaAsNode(type, Export);
            Rebase(schema, reference);
            All[name] = schema;
        }

        return new JsonObject { ["$ref"] = reference };
    }

    /// <summary>The schema of a parameter, in place.</summary>
    public JsonNode Inline(Type type) => Options.GetJsonSchemaAsNode(type, Export);

    private static JsonObject Duration(JsonNode type) => new()
    {
        ["type"] = type,
        ["pattern"] = "^([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?$",
        ["description"] = "Such as 8h, 1h30m or 7d.",
    };

    private static string NameOf(Type type) =>
        type.IsGenericType
            ? $"{type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]}Of{string.Concat(type.GetGenericArguments().Select(NameOf))}"
            : type.Name;

    // The exporter points repeated types at their first place in the same schema, counted from its root.
    private static void Rebase(JsonNode? node, string root)
    {
        switch (node)
        {
            case JsonObject entries:
                if (entries["$ref"] is JsonValue pointer && pointer.GetValueKind() == JsonValueKind.String)
                    entries["$ref"] = root + pointer.GetValue<string>()[1..];
                foreach (var (_, value) in entries) Rebase(value, root);
                break;
            case JsonArray items:
                foreach (var item in items) Rebase(item, root);
                break;
            default:
                break;
        }
    }
}
