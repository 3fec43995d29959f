using System.Text.Json;
using System.Text.Json.Nodes;

namespace AccessFunctions.Api.Scim;

/// <summary>
/// Applies a PATCH (RFC 7644, section 3.5.2) to a resource as it is shown, and what Entra and Okta write beyond it: operations in any case, keys in a value
/// that are paths, a manager as plain text, members to remove in the value. Attributes that are not kept are passed over.
/// </summary>
internal static class ScimPatch
{
    private const int MostOperations = 1000;

    /// <summary>Changes the resource in place.</summary>
    /// <param name="schema">The resource's main schema.</param>
    /// <exception cref="ScimException">The body is no PATCH, or names what is not there or is not to be changed.</exception>
    public static void Apply(JsonObject resource, string schema, JsonObject body)
    {
        if (ScimSchema.Get(body, "Operations") is not JsonArray { Count: > 0 } operations) throw ScimException.Syntax("\"Operations\" is missing, a list of add, replace and remove.");
        if (operations.Count > MostOperations) throw ScimException.Value($"At most {MostOperations} operations are taken at once.");
        foreach (var node in operations)
        {
            if (node is not JsonObject operation) throw ScimException.Syntax("Each of \"Operations\" is an object with \"op\".");
            var path = ScimSchema.Get(operation, "path") is { } given && given.GetValueKind() == JsonValueKind.String && given.GetValue<string>() is { Length: > 0 } text ? text : null;
            var value = ScimSchema.Get(operation, "value");
            switch ((ScimSchema.Get(operation, "op") is { } op && op.GetValueKind() == JsonValueKind.String ? op.GetValue<string>() : "").ToUpperInvariant())
            {
                case "ADD": Set(resource, schema, path, value, replaces: false); break;
                case "REPLACE": Set(resource, schema, path, value, replaces: true); break;
                case "REMOVE": Remove(resource, schema, path ?? throw new ScimException(400, ScimTypes.NoTarget, "remove needs a \"path\"."), value); break;
                default: throw ScimException.Syntax("\"op\" is add, replace or remove.");
            }
        }
    }

    private static void Set(JsonObject resource, string schema, string? path, JsonNode? value, bool replaces)
    {
        if (path is not null)
        {
            Set(resource, schema, ScimPath.Parse(path), value, replaces, named: true);
            return;
        }

        if (value is not JsonObject values) throw ScimException.Value("Without a \"path\" the \"value\" is an object of attributes.");
        foreach (var (key, each) in values) Set(resource, schema, ScimPath.Parse(key), each, replaces, named: false);
    }

    private static void Set(JsonObject resource, string schema, ScimPath path, JsonNode? value, bool replaces, bool named)
    {
        if (path.Attribute.Length == 0)
        {
            if (value is not JsonObject values) throw ScimException.Value($"The value of {path.Schema} is an object.");
            foreach (var (key, each) in values) Set(resource, schema, ScimPath.Parse(key) with { Schema = path.Schema }, each, replaces, named);
            return;
        }

        if (Target(resource, schema, path, named, make: true) is not var (holder, attribute)) return;
        var name = ScimSchema.NameIn(holder, attribute.Name);
        if (attribute.Multi) SetMany(holder, name, attribute, path, value, replaces);
        else if (path.Filter is not null) throw ScimException.Path($"{attribute.Name} has one value; it takes no filter.");
        else if (attribute.Type != "complex") holder[name] = path.Part is null ? value?.DeepClone() : throw ScimException.Path($"{attribute.Name} has no parts.");
        else if (path.Part is { } part) SetPart(holder, name, attribute, part, value);
        else SetComplex(holder, name, attribute, value);
    }

    private static void SetPart(JsonObject holder, string name, ScimAttribute attribute, string part, JsonNode? value)
    {
        if (Writable(attribute, part) is not { } known) return;
        if (holder[name] is not JsonObject parts) holder[name] = parts = [];
        parts[ScimSchema.NameIn(parts, known.Name)] = value?.DeepClone();
    }

    private static void SetComplex(JsonObject holder, string name, ScimAttribute attribute, JsonNode? value)
    {
        switch (value)
        {
            case JsonObject parts:
                foreach (var (key, each) in parts) SetPart(holder, name, attribute, key, each);
                break;

            // Entra names a manager by plain text.
            case JsonValue text when text.GetValueKind() == JsonValueKind.String && attribute.Part("value") is not null:
                if (text.GetValue<string>().Length > 0) holder[name] = new JsonObject { ["value"] = text.DeepClone() };
                else holder.Remove(name);
                break;
            case null: holder.Remove(name); break;
            default: throw ScimException.Value($"{attribute.Name} is an object.");
        }
    }

    private static void SetMany(JsonObject holder, string name, ScimAttribute attribute, ScimPath path, JsonNode? value, bool replaces)
    {
        if (holder[name] is not JsonArray list) holder[name] = list = [];
        if (path.Filter is null && path.Part is null)
        {
            if (replaces) list.Clear();
            var known = list.Select(Key).ToHashSet(StringComparer.Ordinal);
            List<JsonObject> items = [.. Items(value, attribute)];
            foreach (var item in items)
            {
                if (known.Add(Key(item))) list.Add(item);
                else if (attribute.Part("type") is { ReadOnly: false }) list[list.Select(Key).ToList().IndexOf(Key(item))] = item;
            }

            OnePrimary(list, attribute, items);
            return;
        }

        List<JsonObject> meant = [.. list.OfType<JsonObject>().Where(item => path.Filter is null || ScimMatch.IsValue(path.Filter, item, attribute))];
        if (meant.Count == 0)
        {
            // Entra replaces an address that was not there yet; a member who is not there is nobody's mistake but the caller's.
            if (attribute.Part("type") is not { ReadOnly: false } || Made(path.Filter) is not { } made) throw new ScimException(400, ScimTypes.NoTarget, $"None of {attribute.Name} is as the path says.");
            list.Add(made);
            meant.Add(made);
        }

        foreach (var item in meant)
        {
            if (path.Part is { } part)
            {
                if (Writable(attribute, part) is { } known) item[ScimSchema.NameIn(item, known.Name)] = value?.DeepClone();
            }
            else if (value is JsonObject parts)
            {
                foreach (var (key, each) in parts) item[ScimSchema.NameIn(item, key)] = each?.DeepClone();
            }
            else
            {
                throw ScimException.Value($"A value of {attribute.Name} is an object.");
            }
        }

        OnePrimary(list, attribute, meant);
    }

    /// <summary>A value that becomes the primary one is so alone (RFC 7644, section 3.5.2).</summary>
    private static void OnePrimary(JsonArray list, ScimAttribute attribute, List<JsonObject> written)
    {
        if (attribute.Part("primary") is null || written.Find(IsPrimary) is not { } primary) return;
        foreach (var other in list.OfType<JsonObject>().Where(other => !ReferenceEquals(other, primary))) other.Remove(ScimSchema.NameIn(other, "primary"));
    }

    private static bool IsPrimary(JsonObject item) => bool.TryParse(ScimSchema.Get(item, "primary")?.ToString(), out var flag) && flag;

    private static void Remove(JsonObject resource, string schema, string text, JsonNode? value)
    {
        var path = ScimPath.Parse(text);
        if (path.Attribute.Length == 0)
        {
            resource.Remove(ScimSchema.NameIn(resource, path.Schema!));
            return;
        }

        if (Target(resource, schema, path, named: true, make: false) is not var (holder, attribute)) return;
        if (attribute.Required && path.Part is null && path.Filter is null) throw new ScimException(400, ScimTypes.Mutability, $"{attribute.Name} is required; replace it.");
        var name = ScimSchema.NameIn(holder, attribute.Name);
        if (holder[name] is JsonArray list)
        {
            // Entra and others name in the value what is to go.
            var named = path.Filter is null && value is not null ? Items(value, attribute).Select(Key).ToHashSet(StringComparer.Ordinal) : null;
            foreach (var item in list.ToList())
            {
                if (path.Filter is not null && !ScimMatch.IsValue(path.Filter, item, attribute)) continue;
                if (named is not null && !named.Contains(Key(item))) continue;
                if (path.Part is { } part && item is JsonObject parts) parts.Remove(ScimSchema.NameIn(parts, part));
                else list.Remove(item);
            }
        }
        else if (path.Part is { } part && holder[name] is JsonObject parts)
        {
            parts.Remove(ScimSchema.NameIn(parts, part));
        }
        else if (path.Part is null)
        {
            holder.Remove(name);
        }
    }

    /// <summary>Where the attribute lies; null where it is passed over.</summary>
    private static (JsonObject Holder, ScimAttribute Attribute)? Target(JsonObject resource, string schema, ScimPath path, bool named, bool make)
    {
        var extension = schema == ScimSchema.User && string.Equals(path.Schema, ScimSchema.Enterprise, StringComparison.OrdinalIgnoreCase);
        if (path.Schema is { } other && !extension && !string.Equals(other, schema, StringComparison.OrdinalIgnoreCase)) return null;
        var attribute = ScimSchema.Find(extension ? ScimSchema.Enterprise : schema, path.Attribute)
            ?? (extension ? null : ScimSchema.Common.FirstOrDefault(common => string.Equals(common.Name, path.Attribute, StringComparison.OrdinalIgnoreCase)));
        if (attribute is null) return null;
        if (attribute.ReadOnly) return named ? throw new ScimException(400, ScimTypes.Mutability, $"{attribute.Name} is not the client's to change.") : null;
        if (!extension) return (resource, attribute);
        var name = ScimSchema.NameIn(resource, ScimSchema.Enterprise);
        if (resource[name] is not JsonObject holder)
        {
            if (!make) return null;
            resource[name] = holder = [];
        }

        return (holder, attribute);
    }

    /// <summary>Values to add, each an object; a text stands for its value.</summary>
    private static IEnumerable<JsonObject> Items(JsonNode? value, ScimAttribute attribute) => (value is JsonArray list ? list : (IEnumerable<JsonNode?>)[value]).Where(static item => item is not null).Select(item => item switch
    {
        JsonObject parts => (JsonObject)parts.DeepClone(),
        JsonValue text when text.GetValueKind() == JsonValueKind.String => new JsonObject { ["value"] = text.DeepClone() },
        _ => throw ScimException.Value($"A value of {attribute.Name} is an object."),
    });

    private static string Key(JsonNode? item) => item is JsonObject parts && ScimSchema.Get(parts, "value") is { } value ? value.ToString() : item?.ToJsonString() ?? "";

    private static ScimAttribute? Writable(ScimAttribute attribute, string part) => attribute.Part(part) is { ReadOnly: false } known ? known : null;

    /// <summary>A value that a filter of <c>eq</c> alone describes; null for any other.</summary>
    private static JsonObject? Made(ScimFilter? filter) => filter switch
    {
        ScimCompare { Operator: ScimOperator.Eq, Value: string or bool } compare when compare.Path is { Part: null, Filter: null } =>
            new JsonObject { [compare.Path.Attribute] = compare.Value is bool flag ? JsonValue.Create(flag) : JsonValue.Create((string)compare.Value) },
        ScimAnd both when Made(both.Left) is { } left && Made(both.Right) is { } right && !left.Any(pair => right.ContainsKey(pair.Key)) => new JsonObject(left.Concat(right).Select(static pair => KeyValuePair.Create(pair.Key, pair.Value?.DeepClone()))),
        _ => null,
    };
}
