using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace AccessFunctions.Integrations.Configuration;

/// <summary>
/// A YAML file as JSON, so that files and the API share one reader, with the place of every field. Strict: one document, no duplicate
/// keys, no anchors, aliases, merge keys or tags; plain scalars resolve as in YAML 1.2's core schema (<c>yes</c> and <c>08:00</c> are text).
/// </summary>
public sealed partial class YamlDocument
{
    private const int MaxDepth = 32;
    private readonly Dictionary<string, Mark> _marks = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Mark> _names = new(StringComparer.Ordinal);
    private readonly List<ConfigurationError> _errors = [];

    private YamlDocument(string file) => File = file;

    public string File { get; }

    /// <summary>The content; null where the file is empty, says <c>null</c>, or cannot be read.</summary>
    public JsonNode? Root { get; private set; }

    /// <summary>What is wrong with the YAML itself.</summary>
    public IReadOnlyList<ConfigurationError> Errors => _errors;

    /// <summary>Reads a file's text.</summary>
    /// <param name="file">Its name in errors.</param>
    public static YamlDocument Parse(string file, string text)
    {
        var document = new YamlDocument(file);
        try
        {
            var parser = new Parser(new StringReader(text));
            parser.Consume<StreamStart>();
            if (!parser.TryConsume<DocumentStart>(out _))
            {
                document._errors.Add(new ConfigurationError(file, 0, 0, "", "the file is empty"));
                return document;
            }

            document.Root = document.Node(parser, "", 0);
            parser.Consume<DocumentEnd>();
            if (parser.Accept<DocumentStart>(out var second)) document.Add(second.Start, "", "one document per file: remove this \"---\" and what follows");
        }
        catch (YamlException error)
        {
            document.Add(error.Start, "", $"not valid YAML: {Reason(error)}");
        }

        return document;
    }

    /// <summary>An error at a field, or at the nearest field around it that the file writes.</summary>
    public ConfigurationError ErrorAt(string field, string message)
    {
        var written = field;
        while (written.Length > 0 && !_marks.ContainsKey(written)) written = written[..Math.Max(written.LastIndexOfAny(['.', '[']), 0)];
        return _marks.TryGetValue(written, out var mark)
            ? new ConfigurationError(File, (int)mark.Line, (int)mark.Column, field, message)
            : new ConfigurationError(File, 1, 0, field, message);
    }

    /// <summary>An error at the name of a field, not at its value.</summary>
    public ConfigurationError ErrorAtName(string field, string message) => _names.TryGetValue(field, out var mark)
        ? new ConfigurationError(File, (int)mark.Line, (int)mark.Column, field, message)
        : ErrorAt(field, message);

    /// <summary>The path of a member.</summary>
    public static string Member(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    /// <summary>What a plain scalar stands for.</summary>
    internal static JsonValue? Plain(string text) => text switch
    {
        "" or "~" or "null" or "Null" or "NULL" => null,
        "true" or "True" or "TRUE" => JsonValue.Create(true),
        "false" or "False" or "FALSE" => JsonValue.Create(false),
        _ when Whole().IsMatch(text) && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) => JsonValue.Create(whole),
        _ when Number().IsMatch(text) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) => JsonValue.Create(number),
        _ => JsonValue.Create(text),
    };

    private JsonNode? Node(Parser parser, string path, int depth)
    {
        if (parser.Accept<AnchorAlias>(out var alias)) throw new YamlException(alias.Start, alias.End, "aliases (*name) are not supported: write the value again");
        if (!parser.Accept<NodeEvent>(out var node)) throw new YamlException("a value is missing");
        if (!node.Anchor.IsEmpty) throw new YamlException(node.Start, node.End, "anchors (&name) are not supported: write the value where it is needed");
        if (!node.Tag.IsEmpty) throw new YamlException(node.Start, node.End, "tags (!name) are not supported");
        if (depth > MaxDepth) throw new YamlException(node.Start, node.End, "nested too deeply");

        // A value that is not written has no place of its own: its name has.
        if (node is not Scalar { Style: ScalarStyle.Plain, Value.Length: 0 }) _marks.TryAdd(path, node.Start);
        else if (_names.TryGetValue(path, out var name)) _marks.TryAdd(path, name);
        if (parser.TryConsume<Scalar>(out var scalar)) return scalar.Style is ScalarStyle.Plain ? Plain(scalar.Value) : JsonValue.Create(scalar.Value);
        return parser.TryConsume<SequenceStart>(out _) ? Sequence(parser, path, depth) : Mapping(parser, path, depth);
    }

    private JsonArray Sequence(Parser parser, string path, int depth)
    {
        var array = new JsonArray();
        while (!parser.TryConsume<SequenceEnd>(out _)) array.Add(Node(parser, $"{path}[{array.Count}]", depth + 1));
        return array;
    }

    private JsonObject Mapping(Parser parser, string path, int depth)
    {
        parser.Consume<MappingStart>();
        var members = new JsonObject();
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            if (!parser.TryConsume<Scalar>(out var key)) throw new YamlException(parser.Current!.Start, parser.Current.End, "a field's name must be plain text");
            var field = Member(path, key.Value);
            _names.TryAdd(field, key.Start);
            var value = Node(parser, field, depth + 1);
            if (!members.TryAdd(key.Value, value)) Add(key.Start, field, $"\"{key.Value}\" is written twice: keep one");
        }

        return members;
    }

    private void Add(Mark mark, string field, string message) => _errors.Add(new ConfigurationError(File, (int)mark.Line, (int)mark.Column, field, message));

    /// <summary>The reason without the place, which the error names itself.</summary>
    private static string Reason(YamlException error) => Place().Replace(error.Message, "").TrimEnd('.');

    [GeneratedRegex(@"\A\(Line: \d+, Col: \d+, Idx: \d+\) - \(Line: \d+, Col: \d+, Idx: \d+\): ", RegexOptions.NonBacktracking)]
    private static partial Regex Place();

    [GeneratedRegex(@"\A[-+]?[0-9]{1,18}\z", RegexOptions.NonBacktracking)]
    private static partial Regex Whole();

    [GeneratedRegex(@"\A[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\z", RegexOptions.NonBacktracking)]
    private static partial Regex Number();
}
