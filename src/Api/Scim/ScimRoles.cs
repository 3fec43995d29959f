using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AccessFunctions.Application.Directory;
using Microsoft.AspNetCore.Http;

namespace AccessFunctions.Api.Scim;

/// <summary>Product roles are never a source's to give: a call that tries is refused, whatever else it says. Other roles are other products' and are passed over.</summary>
internal static class ScimRoles
{
    private static readonly string[] Attributes = ["roles", "entitlements"];

    /// <summary>Refuses a resource, or a PATCH, that names a product role.</summary>
    /// <exception cref="ScimException">403.</exception>
    public static void Check(JsonObject body)
    {
        Values(body);
        if (ScimSchema.Get(body, "Operations") is not JsonArray operations) return;
        foreach (var operation in operations.OfType<JsonObject>())
        {
            if (ScimSchema.Get(operation, "op")?.ToString() is { } op && op.Equals("remove", StringComparison.OrdinalIgnoreCase)) continue;
            var value = ScimSchema.Get(operation, "value");
            if (ScimSchema.Get(operation, "path") is JsonValue path && IsRoles(path.ToString())) Check(value);
            else if (value is JsonObject values) Values(values);
        }
    }

    private static void Values(JsonObject of)
    {
        foreach (var (key, value) in of)
        {
            if (IsRoles(key)) Check(value);
        }
    }

    private static bool IsRoles(string path)
    {
        var name = path.StartsWith("urn:", StringComparison.OrdinalIgnoreCase) ? path[(path.LastIndexOf(':') + 1)..] : path;
        return Attributes.Any(attribute => name.StartsWith(attribute, StringComparison.OrdinalIgnoreCase) && (name.Length == attribute.Length || name[attribute.Length] is '[' or '.'));
    }

    private static void Check(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject parts:
                foreach (var (_, value) in parts) Check(value);
                break;
            case JsonArray list:
                foreach (var item in list) Check(item);
                break;
            case JsonValue text when text.GetValueKind() == JsonValueKind.String:
                Check(text.GetValue<string>().Trim());
                break;
        }
    }

    private static void Check(string text)
    {
        if (Roles.All.FirstOrDefault(role => role.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } role)
            throw new ScimException(StatusCodes.Status403Forbidden, null, $"The role {role} is not given through SCIM. Take it out of the attribute mapping; an administrator gives it in the product.");

        // Entra writes an app role as JSON within the text.
        if (!text.StartsWith('{')) return;
        try
        {
            Check(ScimJson.Parse(Encoding.UTF8.GetBytes(text)));
        }
        catch (JsonException)
        {
            return; // some text of another product
        }
    }
}
