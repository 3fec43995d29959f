using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;
using AccessFunctions.Domain.Json;
using AccessFunctions.Integrations.Configuration;

namespace AccessFunctions.Integrations.Settings;

/// <summary>Documents as text: read strictly from JSON or YAML, and always written in the same way.</summary>
internal static class DocumentText
{
    /// <summary>As people read documents: indented, in their own letters.</summary>
    public static readonly JsonSerializerOptions Readable = new(DomainJson.Default.Options)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
    };

    /// <summary>The text of a document. Written alike, so that blanks are no change.</summary>
    public static string Write<T>(T document) => JsonSerializer.Serialize(document, Readable).ReplaceLineEndings("\n");

    /// <summary>Reads a document that may leave its id out.</summary>
    /// <returns>The document, null where it says <c>null</c> or something is wrong; and whether it said <c>null</c>.</returns>
    public static (T? Document, bool Goes) Read<T>(string written, string id, JsonTypeInfo<T> type, List<string> faults)
        where T : class
    {
        var yaml = YamlDocument.Parse("change", written);
        var errors = new List<ConfigurationError>(yaml.Errors);
        T? document = null;
        if (errors.Count == 0 && yaml.Root is null) return (null, true);
        if (errors.Count == 0)
        {
            if (yaml.Root is JsonObject members && !members.ContainsKey("id")) members.Insert(0, "id", id);
            document = TypedReader.Read(yaml, yaml.Root, "", type, errors);
        }

        foreach (var error in errors) faults.Add(Sentence(error));
        return (errors.Count > 0 ? null : document, false);
    }

    /// <summary>What was found by field.</summary>
    public static IEnumerable<string> Sentences(IReadOnlyDictionary<string, IReadOnlyList<string>> found) =>
        found.SelectMany(static field => field.Value.Select(message => $"{field.Key}: {message}"));

    /// <summary>A version made of what a document says.</summary>
    public static string Version(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..32];

    /// <summary>What was found at a place.</summary>
    public static string Sentence(ConfigurationError error) =>
        $"{(error.Line > 0 ? $"line {error.Line}: " : "")}{(error.Field.Length > 0 ? $"{error.Field}: " : "")}{error.Message}";
}
