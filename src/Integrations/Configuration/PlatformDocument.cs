using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Text.Unicode;
using AccessFunctions.Integrations.Settings;
using Npgsql;

namespace AccessFunctions.Integrations.Configuration;

/// <summary>
/// A platform's settings as a document that people may see: every value but secrets. A field that holds one names environment variables
/// (<c>${NAME}</c>), or says <see cref="Hidden"/> where the files write it out.
/// </summary>
internal static partial class PlatformDocument
{
    /// <summary>Stands for what the files write in this field.</summary>
    public const string Hidden = "(written out in platforms.yaml)";

    /// <summary>The document of a platform in force.</summary>
    public static string Text(PlatformSettings platform)
    {
        var fields = JsonNode.Parse(platform.Fields)!.AsObject();
        foreach (var field in Secrets(fields).Where(fields.ContainsKey))
        {
            if (!IsVariable(field, fields[field])) fields[field] = Hidden;
        }

        return Text(fields);
    }

    /// <summary>Written alike whatever the order of its fields: name and type, then the others by name.</summary>
    public static string Text(JsonObject fields) => Ordered(fields)!.ToJsonString(Readable).ReplaceLineEndings("\n");

    /// <summary>The version of a document; null where there is none.</summary>
    public static string? Version(PlatformSettings? platform) => platform is null ? null : DocumentText.Version(Text(platform));

    /// <summary>Settings from a document.</summary>
    /// <param name="name">The platform.</param>
    /// <param name="document">As <see cref="Text(JsonObject)"/> wrote it.</param>
    /// <param name="written">The files' entry, for what the document hides; null: there is none.</param>
    /// <param name="variable">Reads an environment variable.</param>
    /// <param name="errors">Gets what is wrong.</param>
    /// <returns>Null where there are errors.</returns>
    public static PlatformSettings? Settings(string name, string document, PlatformSettings? written, Func<string, string?> variable, List<ConfigurationError> errors)
    {
        var yaml = YamlDocument.Parse($"settings/platforms/{name}", document);
        return Settings(yaml, yaml.Root!.AsObject(), written, variable, errors);
    }

    /// <summary>Settings from a document that was read.</summary>
    /// <param name="yaml">For places.</param>
    public static PlatformSettings? Settings(YamlDocument yaml, JsonObject fields, PlatformSettings? written, Func<string, string?> variable, List<ConfigurationError> errors)
    {
        var whole = fields.DeepClone().AsObject();
        var entry = written is null ? null : JsonNode.Parse(written.Fields)!.AsObject();
        foreach (var field in Secrets(fields))
        {
            if (!IsHidden(whole[field])) continue;
            if (entry?[field] is { } secret) whole[field] = secret.DeepClone();
            else errors.Add(yaml.ErrorAt(field, "platforms.yaml writes nothing here: name an environment variable, such as \"${PLATFORM_SECRET}\""));
        }

        return errors.Count > 0 ? null : PlatformsFile.Platform(yaml, whole, "", variable, errors);
    }

    /// <summary>What stands against a document that is sound as settings, because it is set at run time and everybody who decides sees it.</summary>
    /// <param name="written">The files' entry; null: there is none.</param>
    public static void CheckRunTime(YamlDocument yaml, JsonObject fields, PlatformSettings? written, List<ConfigurationError> errors)
    {
        var entry = written is null ? [] : JsonNode.Parse(written.Fields)!.AsObject();
        foreach (var field in TypeOf(fields)?.HostFields ?? [])
        {
            if (!JsonNode.DeepEquals(fields[field], entry[field])) errors.Add(yaml.ErrorAt(field, "reaches into the host's machine or uses its identity: it is set in platforms.yaml alone"));
        }

        foreach (var field in Secrets(fields))
        {
            if (fields[field] is not { } secret || IsHidden(secret)) continue;
            if (!IsVariable(field, secret))
                errors.Add(yaml.ErrorAt(field, "a secret is written out, or a file of the host is named: everybody who decides would see it. Name an environment variable of the host, such as \"${PLATFORM_SECRET}\""));
            foreach (var name in PlatformsFile.Variables(secret).Where(name => !name.StartsWith(VariablePrefix, StringComparison.Ordinal) && !PlatformsFile.Variables(entry[field]).Contains(name, StringComparer.Ordinal)))
                errors.Add(yaml.ErrorAt(field, $"names the environment variable {name}: only those that begin with {VariablePrefix}, and those that platforms.yaml names here, are meant for platforms"));
        }
    }

    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    /// <summary>What variables that a document may name begin with, so that no other secret of the host is sent to a server somebody names.</summary>
    private const string VariablePrefix = "PLATFORM_";

    private static IReadOnlyList<string> Secrets(JsonObject fields) => TypeOf(fields)?.Secrets ?? [];

    private static PlatformType? TypeOf(JsonObject fields) => PlatformTypes.Find(PlatformsFile.Text(fields["type"]));

    private static bool IsHidden(JsonNode? node) => PlatformsFile.Text(node) == Hidden;

    /// <summary>True where nothing in the field is secret, nor a file of the host: it names variables for what is.</summary>
    private static bool IsVariable(string field, JsonNode? node)
    {
        if (PlatformsFile.Text(node) is not { } text) return true;
        if (Variable().IsMatch(text)) return true;
        if (field != "connectionString") return false;
        try
        {
            var parts = new NpgsqlConnectionStringBuilder(text);
            return IsNamed(parts.Password) && IsNamed(parts.SslPassword) && (parts.Passfile ?? parts.SslKey ?? parts.SslCertificate ?? parts.RootCertificate) is null;
        }
        catch (ArgumentException)
        {
            return false;
        }

        static bool IsNamed(string? secret) => string.IsNullOrEmpty(secret) || Variable().IsMatch(secret);
    }

    private static JsonNode? Ordered(JsonNode? node) => node switch
    {
        JsonObject fields => new JsonObject(fields.OrderBy(static field => field.Key switch { "name" => 0, "type" => 1, _ => 2 }).ThenBy(static field => field.Key, StringComparer.Ordinal)
            .Select(static field => KeyValuePair.Create(field.Key, Ordered(field.Value)))),
        JsonArray items => new JsonArray([.. items.Select(Ordered)]),
        _ => node?.DeepClone(),
    };

    [GeneratedRegex(@"\A\$\{[A-Za-z_][A-Za-z0-9_]*\}\z", RegexOptions.NonBacktracking)]
    private static partial Regex Variable();
}
