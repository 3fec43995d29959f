using System.Runtime.CompilerServices;
using System.Text.Json;
using Xunit;

namespace AccessFunctions.Application.Tests.Audit.Ocsf;

/// <summary>What OCSF 1.8 publishes about the classes and objects that are used here, as data: <c>ocsf-1.8.0.json</c>, which names where each is from.</summary>
internal static class OcsfSchema
{
    private static readonly JsonElement Schema = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder(), "ocsf-1.8.0.json"))).RootElement;

    /// <summary>Checks the <c>data</c> of a line: what must be there, values of enums, the arithmetic of <c>type_uid</c>, and that nothing else is there.</summary>
    public static void Check(JsonElement data)
    {
        var uid = data.GetProperty("class_uid").GetInt32();
        Assert.True(Schema.GetProperty("classes").TryGetProperty($"{uid}", out var type), $"{uid} is no class of the schema.");
        var all = Schema.GetProperty("base");
        Members($"class {uid}", data, [all, type]);
        Nested($"class {uid}", data, type);
        Assert.Equal(Schema.GetProperty("version").GetString(), data.GetProperty("metadata").GetProperty("version").GetString());
        Object("metadata", data.GetProperty("metadata"), "metadata");

        var activity = data.GetProperty("activity_id").GetInt32();
        Assert.Equal(uid / 1000, data.GetProperty("category_uid").GetInt32());
        Assert.Equal((uid * 100) + activity, data.GetProperty("type_uid").GetInt32());
        var name = activity == 99 ? "Other" : type.GetProperty("activities").GetProperty($"{activity}").GetString();
        Assert.Equal(name, data.GetProperty("activity_name").GetString());
    }

    private static void Object(string where, JsonElement value, string kind)
    {
        var rules = Schema.GetProperty("objects").GetProperty(kind);
        Members(where, value, [rules]);
        Nested(where, value, rules);
    }

    private static void Nested(string where, JsonElement value, JsonElement rules)
    {
        foreach (var (name, kind) in Pairs(rules, "objects"))
        {
            if (value.TryGetProperty(name, out var nested)) Object($"{where}.{name}", nested, kind);
        }

        foreach (var (name, kind) in Pairs(rules, "arrays"))
        {
            if (!value.TryGetProperty(name, out var items)) continue;
            foreach (var item in items.EnumerateArray()) Object($"{where}.{name}[]", item, kind);
        }
    }

    private static void Members(string where, JsonElement value, IReadOnlyList<JsonElement> rules)
    {
        var allowed = rules.SelectMany(static rule => Names(rule, "allowed")).ToHashSet(StringComparer.Ordinal);
        Assert.All(value.EnumerateObject(), member => Assert.True(allowed.Contains(member.Name), $"{where} has no attribute {member.Name}."));
        foreach (var rule in rules)
        {
            Assert.All(Names(rule, "required"), name => Assert.True(value.TryGetProperty(name, out _), $"{where} requires {name}."));
            var some = Names(rule, "atLeastOne");
            Assert.True(some.Count == 0 || some.Any(name => value.TryGetProperty(name, out _)), $"{where} requires one of {string.Join(", ", some)}.");
            if (!rule.TryGetProperty("enums", out var enums)) continue;
            foreach (var one in enums.EnumerateObject())
            {
                if (value.TryGetProperty(one.Name, out var given)) Assert.Contains(given.GetInt32(), one.Value.EnumerateArray().Select(static item => item.GetInt32()));
            }
        }
    }

    private static List<string> Names(JsonElement rules, string list) => rules.TryGetProperty(list, out var names) ? [.. names.EnumerateArray().Select(static name => name.GetString()!)] : [];

    private static List<(string Name, string Kind)> Pairs(JsonElement rules, string map) =>
        rules.TryGetProperty(map, out var pairs) ? [.. pairs.EnumerateObject().Select(static pair => (pair.Name, pair.Value.GetString()!))] : [];

    private static string Folder([CallerFilePath] string here = "") => Path.GetDirectoryName(here)!;
}
