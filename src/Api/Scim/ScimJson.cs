using System.Text.Json;
using System.Text.Json.Nodes;

namespace AccessFunctions.Api.Scim;

/// <summary>Reads JSON to its end at once, so that nothing odd in it turns up later.</summary>
internal static class ScimJson
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>JSON in UTF-8, each name once in its object, each text of whole characters.</summary>
    /// <exception cref="JsonException">It is not.</exception>
    public static JsonNode? Parse(byte[] json)
    {
        try
        {
            var node = JsonNode.Parse(json, null, Strict);
            Read(node);
            return node;
        }
        catch (Exception odd) when (odd is InvalidOperationException or ArgumentException or FormatException)
        {
            throw new JsonException("A text or a name cannot be read.", odd);
        }
    }

    private static void Read(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject parts:
                foreach (var (_, value) in parts) Read(value);
                break;
            case JsonArray list:
                foreach (var item in list) Read(item);
                break;
            case JsonValue text when text.GetValueKind() == JsonValueKind.String:
                _ = text.GetValue<string>();
                break;
        }
    }
}
