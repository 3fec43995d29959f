using System.Text.Json;
using System.Text.RegularExpressions;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace AccessFunctions.Integrations.Tests.Siem;

/// <summary>A Sigma rule, as far as our samples need one: selections of fields with <c>re</c>, <c>startswith</c>, <c>contains</c> and lists; conditions with and, or, not.</summary>
internal sealed class SigmaRule
{
    private readonly YamlMappingNode _root;

    private SigmaRule(YamlMappingNode root) => _root = root;

    public static SigmaRule Read(string file)
    {
        using var text = new StringReader(File.ReadAllText(file));
        var yaml = new YamlStream();
        yaml.Load(text);
        return new SigmaRule((YamlMappingNode)Assert.Single(yaml.Documents).RootNode);
    }

    /// <summary>The text of a top-level field; null where there is none.</summary>
    public string? this[string name] => Child(_root, name) is YamlScalarNode scalar ? scalar.Value : null;

    /// <summary>True where the rule has that field, of whatever kind.</summary>
    public bool Has(string name) => Child(_root, name) is not null;

    /// <summary>Every field that the rule looks at or shows, without modifiers.</summary>
    public IEnumerable<string> Fields => Selections.SelectMany(static selection => selection.Value.Children.Keys.Select(static key => Text(key).Split('|')[0]))
        .Concat(Child(_root, "fields") is YamlSequenceNode shown ? shown.Select(Text) : []);

    /// <summary>Every field with the values that it is compared with as they are.</summary>
    public IEnumerable<(string Field, string Value)> Values => Selections.SelectMany(static selection => selection.Value.Children)
        .Where(static pair => !Text(pair.Key).Contains('|', StringComparison.Ordinal)).SelectMany(static pair => Many(pair.Value).Select(value => (Text(pair.Key), value)));

    public bool Matches(JsonElement line)
    {
        var condition = Text(Child(Detection, "condition")!);
        return condition.Split(" or ").Any(either => either.Split(" and ").All(term => term.StartsWith("not ", StringComparison.Ordinal) ? !Selected(term[4..]) : Selected(term)));

        bool Selected(string name) => Selections[name].Children.All(pair => Fits(line, Text(pair.Key), Many(pair.Value)));
    }

    private YamlMappingNode Detection => (YamlMappingNode)Child(_root, "detection")!;

    private Dictionary<string, YamlMappingNode> Selections => Detection.Children.Where(static pair => Text(pair.Key) != "condition")
        .ToDictionary(static pair => Text(pair.Key), static pair => (YamlMappingNode)pair.Value, StringComparer.Ordinal);

    /// <summary>What is at a path of the line; null where nothing is.</summary>
    public static JsonElement? At(JsonElement line, string path)
    {
        foreach (var name in path.Split('.'))
        {
            if (line.ValueKind != JsonValueKind.Object || !line.TryGetProperty(name, out line)) return null;
        }

        return line;
    }

    private static bool Fits(JsonElement line, string key, IReadOnlyList<string> wanted)
    {
        var (path, modifier) = key.Split('|') is [var name, var how] ? (name, how) : (key, "");
        if (At(line, path) is not { } found) return false;
        var text = found.ValueKind switch { JsonValueKind.True => "true", JsonValueKind.False => "false", _ => found.ToString() };
        return wanted.Any(value => modifier switch
        {
            "" => text.Equals(value, StringComparison.OrdinalIgnoreCase),
            "re" => Regex.IsMatch(text, value, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1)),
            "startswith" => text.StartsWith(value, StringComparison.OrdinalIgnoreCase),
            "contains" => text.Contains(value, StringComparison.OrdinalIgnoreCase),
            _ => throw new NotSupportedException($"The modifier {modifier} is not evaluated here."),
        });
    }

    private static List<string> Many(YamlNode node) => node is YamlSequenceNode list ? [.. list.Select(Text)] : [Text(node)];

    private static string Text(YamlNode node) => ((YamlScalarNode)node).Value ?? "";

    private static YamlNode? Child(YamlMappingNode node, string name) => node.Children.FirstOrDefault(pair => Text(pair.Key) == name).Value;
}
