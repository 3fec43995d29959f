using System.Text.Json.Nodes;

namespace AccessFunctions.Api.Scim;

/// <summary>Leaves of a resource what <c>attributes</c> asks for, or takes out <c>excludedAttributes</c> (RFC 7644, section 3.9). <c>id</c> and <c>schemas</c> always stay.</summary>
internal static class ScimProjection
{
    private static readonly string[] Always = ["id", "schemas"];

    /// <summary>The resource, changed in place.</summary>
    public static JsonObject Of(JsonObject resource, string? attributes, string? excluded)
    {
        if (attributes is not null) Keep(resource, Paths(attributes));
        else if (excluded is not null)
        {
            foreach (var path in Paths(excluded)) Remove(resource, path);
        }

        return resource;
    }

    /// <summary>Whether such an answer has this attribute: what is not shown need not be made.</summary>
    public static bool Shows(string attribute, string? attributes, string? excluded) =>
        attributes is not null ? Paths(attributes).Exists(path => Same(path.Attribute, attribute))
        : excluded is null || !Paths(excluded).Exists(path => path.Part is null && Same(path.Attribute, attribute));

    private static List<ScimPath> Paths(string text) => [.. text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(static name => ScimPath.Of(name))];

    private static void Keep(JsonObject resource, List<ScimPath> paths)
    {
        foreach (var (key, value) in resource.ToList())
        {
            if (Always.Contains(key, StringComparer.Ordinal)) continue;
            if (Same(key, ScimSchema.Enterprise))
            {
                List<ScimPath> inner = [.. paths.Where(static path => Same(path.Schema, ScimSchema.Enterprise))];
                if (inner.Count == 0) resource.Remove(key);
                else if (!inner.Exists(static path => path.Attribute.Length == 0) && value is JsonObject extension) Keep(extension, [.. inner.Select(static path => path with { Schema = null })]);
                continue;
            }

            List<ScimPath> wanted = [.. paths.Where(path => !Same(path.Schema, ScimSchema.Enterprise) && Same(path.Attribute, key))];
            if (wanted.Count == 0) resource.Remove(key);
            else if (!wanted.Exists(static path => path.Part is null)) Parts(value, part => wanted.Exists(path => Same(path.Part, part)));
        }
    }

    private static void Remove(JsonObject resource, ScimPath path)
    {
        if (Same(path.Schema, ScimSchema.Enterprise))
        {
            var name = ScimSchema.NameIn(resource, ScimSchema.Enterprise);
            if (path.Attribute.Length == 0) resource.Remove(name);
            else if (resource[name] is JsonObject extension) Remove(extension, path with { Schema = null });
            return;
        }

        if (Always.Any(name => Same(name, path.Attribute))) return;
        var key = ScimSchema.NameIn(resource, path.Attribute);
        if (path.Part is null) resource.Remove(key);
        else Parts(resource[key], part => !Same(part, path.Part));
    }

    private static void Parts(JsonNode? value, Func<string, bool> stays)
    {
        foreach (var parts in value is JsonArray list ? list.OfType<JsonObject>() : value is JsonObject one ? [one] : [])
        {
            foreach (var key in parts.Select(static pair => pair.Key).Where(key => !stays(key)).ToList()) parts.Remove(key);
        }
    }

    private static bool Same(string? one, string? other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);
}
