using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace AccessFunctions.Integrations.Configuration;

/// <summary>
/// Reads a YAML document into a type by the type's own JSON rules, and reports every fault at its line at once: unknown and missing
/// fields, wrong types, texts that do not read.
/// </summary>
public static class TypedReader
{
    private static readonly FrozenDictionary<Type, string> Expected = new Dictionary<Type, string>
    {
        [typeof(string)] = "must be text: put it in quotes",
        [typeof(bool)] = "must be true or false",
        [typeof(int)] = "must be a whole number",
        [typeof(long)] = "must be a whole number",
        [typeof(DateTimeOffset)] = "must be an instant such as \"2026-12-24T18:00:00Z\", in quotes",
        [typeof(DateOnly)] = "must be a date such as \"2026-12-24\"",
    }.ToFrozenDictionary();

    /// <summary>Reads the document, or a part of it.</summary>
    /// <param name="document">The file, for places.</param>
    /// <param name="node">The part; the root for all.</param>
    /// <param name="path">The part's path.</param>
    /// <param name="type">The type and its rules.</param>
    /// <param name="errors">Gets the faults.</param>
    /// <returns>The value; default where there are faults.</returns>
    public static T? Read<T>(YamlDocument document, JsonNode? node, string path, JsonTypeInfo<T> type, List<ConfigurationError> errors)
        where T : class
    {
        var before = errors.Count;
        Check(document, node, path, type, nullable: false, errors);
        if (errors.Count > before) return null;
        try
        {
            return node.Deserialize(type);
        }
        catch (JsonException error)
        {
            errors.Add(document.ErrorAt(path, Sentence(error)));
            return null;
        }
    }

    private static void Check(YamlDocument document, JsonNode? node, string path, JsonTypeInfo type, bool nullable, List<ConfigurationError> errors)
    {
        if (node is null)
        {
            if (!nullable) errors.Add(document.ErrorAt(path, type.Kind is JsonTypeInfoKind.Enumerable ? "a list is missing: write [] for none" : "a value is missing"));
            return;
        }

        switch (type.Kind)
        {
            case JsonTypeInfoKind.Object when node is JsonObject members:
                Members(document, members, path, type, errors);
                break;
            case JsonTypeInfoKind.Dictionary when node is JsonObject entries:
                foreach (var (key, value) in entries) Entry(document, key, value, path, type, errors);
                break;
            case JsonTypeInfoKind.Enumerable when node is JsonArray items:
                for (var i = 0; i < items.Count; i++) Check(document, items[i], $"{path}[{i}]", type.Options.GetTypeInfo(type.ElementType!), nullable: false, errors);
                break;
            case JsonTypeInfoKind.Object or JsonTypeInfoKind.Dictionary:
                errors.Add(document.ErrorAt(path, "must be fields with values (name: value)"));
                break;
            case JsonTypeInfoKind.Enumerable:
                errors.Add(document.ErrorAt(path, "must be a list: [ … ], or one item per line beginning with \"- \""));
                break;
            default:
                Value(document, node, path, type, errors);
                break;
        }
    }

    private static void Members(YamlDocument document, JsonObject members, string path, JsonTypeInfo type, List<ConfigurationError> errors)
    {
        foreach (var (name, value) in members)
        {
            var field = YamlDocument.Member(path, name);
            if (type.Properties.FirstOrDefault(property => property.Name == name) is { } property)
                Check(document, value, field, type.Options.GetTypeInfo(property.PropertyType), property.IsSetNullable, errors);
            else
                errors.Add(document.ErrorAtName(field, $"there is no field \"{name}\" here{Suggestion(name, type)}"));
        }

        foreach (var required in type.Properties.Where(property => property.IsRequired && !members.ContainsKey(property.Name)))
            errors.Add(document.ErrorAt(path, $"the field \"{required.Name}\" is missing"));
    }

    private static void Entry(YamlDocument document, string key, JsonNode? value, string path, JsonTypeInfo type, List<ConfigurationError> errors)
    {
        var field = YamlDocument.Member(path, key);
        if (type.KeyType is { IsEnum: true } names && !Enum.GetNames(names).Contains(key, StringComparer.Ordinal))
            errors.Add(document.ErrorAtName(field, $"\"{key}\" is not one of: {string.Join(", ", Enum.GetNames(names))}"));
        Check(document, value, field, type.Options.GetTypeInfo(type.ElementType!), nullable: false, errors);
    }

    private static void Value(YamlDocument document, JsonNode node, string path, JsonTypeInfo type, List<ConfigurationError> errors)
    {
        var kind = Nullable.GetUnderlyingType(type.Type) ?? type.Type;

        // The reader would take numbers for names, which only hides mistakes.
        var unnamed = kind.IsEnum && kind != typeof(DayOfWeek)
            && (node.GetValueKind() is not JsonValueKind.String || !Enum.GetNames(kind).Contains(node.GetValue<string>(), StringComparer.Ordinal));
        if (unnamed)
        {
            errors.Add(document.ErrorAt(path, $"must be one of: {string.Join(", ", Enum.GetNames(kind))}"));
            return;
        }

        try
        {
            _ = node.Deserialize(type);
        }
        catch (JsonException error)
        {
            errors.Add(document.ErrorAt(path, Expected.GetValueOrDefault(kind) ?? Sentence(error)));
        }
        catch (InvalidOperationException)
        {
            errors.Add(document.ErrorAt(path, Expected.GetValueOrDefault(kind) ?? "has the wrong type"));
        }
    }

    /// <summary>The reader's own words, without the path and position that follow them.</summary>
    private static string Sentence(JsonException error)
    {
        var end = error.Message.IndexOf(" Path:", StringComparison.Ordinal);
        return (end < 0 ? error.Message : error.Message[..end]).TrimEnd('.');
    }

    private static string Suggestion(string name, JsonTypeInfo type)
    {
        var near = type.Properties.Select(property => property.Name).FirstOrDefault(known => known.Equals(name, StringComparison.OrdinalIgnoreCase) || Near(known, name));
        return near is not null ? $": did you mean \"{near}\"?" : $"; there are: {string.Join(", ", type.Properties.Select(property => property.Name))}";
    }

    /// <summary>True where one letter was added, left out, or replaced.</summary>
    private static bool Near(string known, string written)
    {
        if (Math.Abs(known.Length - written.Length) > 1) return false;
        var same = known.Zip(written).TakeWhile(pair => pair.First == pair.Second).Count();
        var (a, b) = (known[same..], written[same..]);
        return a.Length == b.Length ? a.Length > 0 && a[1..] == b[1..] : a.Length > b.Length ? a[1..] == b : a == b[1..];
    }
}
