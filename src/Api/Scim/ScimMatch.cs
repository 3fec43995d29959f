using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AccessFunctions.Api.Scim;

/// <summary>Whether a resource, or one value of an attribute, is as a filter says. What is not there matches no comparison but <c>ne</c> and <c>eq null</c>.</summary>
internal static class ScimMatch
{
    /// <summary>Whether a resource is so.</summary>
    /// <param name="schema">The resource's main schema: says which texts compare with case.</param>
    public static bool Is(ScimFilter filter, JsonObject resource, string schema) => Is(filter, resource, path => Attribute(schema, path));

    /// <summary>Whether one value of a complex attribute is so; the filter's names are its parts.</summary>
    public static bool IsValue(ScimFilter filter, JsonNode? value, ScimAttribute? attribute) => value is JsonObject parts
        ? Is(filter, parts, path => attribute?.Part(path.Attribute))
        : Is(filter, new JsonObject { ["value"] = value?.DeepClone() }, static _ => null);

    private static bool Is(ScimFilter filter, JsonObject of, Func<ScimPath, ScimAttribute?> attribute) => filter switch
    {
        ScimAnd both => Is(both.Left, of, attribute) && Is(both.Right, of, attribute),
        ScimOr either => Is(either.Left, of, attribute) || Is(either.Right, of, attribute),
        ScimNot other => !Is(other.Inner, of, attribute),
        ScimPresent present => Values(present.Path, of, attribute(present.Path)).Any(IsThere),
        ScimAny any => Values(any.Path, of, attribute(any.Path)).Any(),
        ScimCompare compare => Compares(compare, of, attribute(compare.Path)),
        _ => throw new System.Diagnostics.UnreachableException(filter.GetType().Name),
    };

    private static bool Compares(ScimCompare compare, JsonObject of, ScimAttribute? attribute)
    {
        var exact = (compare.Path.Part is { } part ? attribute?.Part(part) : attribute?.Type == "complex" ? attribute.Part("value") : attribute)?.CaseExact ?? false;
        List<JsonNode?> values = [.. Values(compare.Path, of, attribute).Select(ValueOf).Where(IsThere)];
        if (compare.Operator == ScimOperator.Ne) return !values.Exists(value => Compares(ScimOperator.Eq, value, compare.Value, exact));
        return values.Count == 0 ? compare is { Operator: ScimOperator.Eq, Value: null } : values.Exists(value => Compares(compare.Operator, value, compare.Value, exact));
    }

    /// <summary>Of a complex value what stands for it.</summary>
    private static JsonNode? ValueOf(JsonNode? node) => node is JsonObject parts ? ScimSchema.Get(parts, "value") : node;

    private static bool IsThere(JsonNode? node) => node switch
    {
        null => false,
        JsonArray list => list.Any(IsThere),
        JsonObject parts => parts.Any(static pair => IsThere(pair.Value)),
        _ => node.GetValueKind() != JsonValueKind.String || node.GetValue<string>().Length > 0,
    };

    /// <summary>The values that a path leads to.</summary>
    public static IEnumerable<JsonNode?> Values(ScimPath path, JsonObject of, ScimAttribute? attribute)
    {
        var holder = path.Schema is { } schema && string.Equals(schema, ScimSchema.Enterprise, StringComparison.OrdinalIgnoreCase) ? ScimSchema.Get(of, ScimSchema.Enterprise) as JsonObject : of;
        if (holder is null) yield break;
        var found = path.Attribute.Length == 0 ? holder : ScimSchema.Get(holder, path.Attribute);
        foreach (var value in found is JsonArray list ? list : (IEnumerable<JsonNode?>)[found])
        {
            if (path.Filter is not null && !IsValue(path.Filter, value, attribute)) continue;
            if (path.Part is null) yield return value;
            else if (value is JsonObject parts && ScimSchema.Get(parts, path.Part) is { } part) yield return part;
        }
    }

    private static ScimAttribute? Attribute(string schema, ScimPath path) =>
        ScimSchema.Find(path.Schema is { } named && string.Equals(named, ScimSchema.Enterprise, StringComparison.OrdinalIgnoreCase) ? ScimSchema.Enterprise : schema, path.Attribute)
        ?? ScimSchema.Common.FirstOrDefault(common => string.Equals(common.Name, path.Attribute, StringComparison.OrdinalIgnoreCase));

    private static bool Compares(ScimOperator with, JsonNode? value, object? wanted, bool exact) => (value?.GetValueKind(), wanted) switch
    {
        (JsonValueKind.String, string text) => Texts(with, value!.GetValue<string>(), text, exact),
        (JsonValueKind.True or JsonValueKind.False, bool flag) => with == ScimOperator.Eq && value!.GetValue<bool>() == flag,

        // Entra writes truth as text.
        (JsonValueKind.True or JsonValueKind.False, string text) => with == ScimOperator.Eq && bool.TryParse(text, out var flag) && value!.GetValue<bool>() == flag,
        (JsonValueKind.Number, decimal number) => value!.AsValue().TryGetValue<decimal>(out var its) && Ordered(with, its.CompareTo(number)),
        _ => false,
    };

    private static bool Texts(ScimOperator with, string text, string wanted, bool exact)
    {
        var comparison = exact ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;
        return with switch
        {
            ScimOperator.Eq => string.Equals(text, wanted, comparison),
            ScimOperator.Co => text.Contains(wanted, comparison),
            ScimOperator.Sw => text.StartsWith(wanted, comparison),
            ScimOperator.Ew => text.EndsWith(wanted, comparison),
            _ => Ordered(with, Instant(text) is { } at && Instant(wanted) is { } other ? at.CompareTo(other) : string.Compare(text, wanted, comparison)),
        };
    }

    private static DateTimeOffset? Instant(string text) =>
        text.Length >= 19 && text[4] == '-' && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null;

    private static bool Ordered(ScimOperator with, int order) => with switch
    {
        ScimOperator.Eq => order == 0,
        ScimOperator.Gt => order > 0,
        ScimOperator.Ge => order >= 0,
        ScimOperator.Lt => order < 0,
        ScimOperator.Le => order <= 0,
        _ => false,
    };
}
