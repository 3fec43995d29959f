using System.Text.Json.Nodes;
using AccessFunctions.Integrations.Settings;

namespace AccessFunctions.Integrations.Configuration;

/// <summary>
/// A platform's settings as a document that people may see: everything but secrets, and what reaches into the host. A field that holds a secret names
/// environment variables (<c>${NAME}</c>), or says <see cref="Hidden"/> where the files write it out.
/// </summary>
internal static class PlatformDocument
{
    /// <summary>Stands for what the files write in this field.</summary>
    public const string Hidden = "(as in platforms.yaml)";

    /// <summary>What variables that a document may name begin with, so that no other secret of the host is sent to a server somebody names.</summary>
    private const string VariablePrefix = "PLATFORM_";

    /// <summary>The document of a platform in force.</summary>
    public static string Text(PlatformSettings platform)
    {
        var fields = Fields(platform);
        var type = PlatformTypes.Find(platform.Type)!;
        foreach (var field in type.Secrets.Concat(type.HostFields).Where(fields.ContainsKey))
        {
            if (IsHidden(type, field, fields[field])) fields[field] = Hidden;
        }

        return Text(fields);
    }

    /// <summary>Written alike whatever the order of its fields: name and type, then the others by name.</summary>
    public static string Text(JsonObject fields) => Ordered(fields)!.ToJsonString(DocumentText.Readable).ReplaceLineEndings("\n");

    /// <summary>Everything that the files write of a platform. May hold secrets.</summary>
    public static string Whole(PlatformSettings platform) => Text(Fields(platform));

    /// <summary>A fingerprint of the system that a platform connects to.</summary>
    public static string SystemOf(PlatformSettings platform) => Fingerprint.Of(PlatformTypes.Find(platform.Type)!.SystemOf(platform.Options));

    /// <summary>The version of a platform's document: another one after each change that is made at run time.</summary>
    public static string Version(PlatformSettings platform) => Version(Text(platform), platform.Revision);

    /// <summary>The same of what is stored.</summary>
    public static string Version(string text, int revision) => DocumentText.Version(revision == 0 ? text : $"{revision}\n{text}");

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
        var before = errors.Count;
        var (whole, entry) = (fields.DeepClone().AsObject(), written is null ? [] : Fields(written));
        if (TypeOf(fields) is { } type)
        {
            foreach (var field in type.Secrets.Concat(type.HostFields).Where(field => Says(whole[field])))
            {
                if (entry[field] is { } kept && IsHidden(type, field, kept)) whole[field] = kept.DeepClone();
                else errors.Add(yaml.ErrorAt(field, "platforms.yaml hides nothing here: say what it shall be"));
            }
        }

        var settings = errors.Count > before ? null : PlatformsFile.Platform(yaml, whole, "", variable, errors);
        return settings is null ? null : settings with { Fields = fields.ToJsonString() };
    }

    /// <summary>What stands against a document because it is set at run time, and everybody who decides sees it. Before variables are put in: which there are is told to nobody.</summary>
    /// <param name="written">The files' entry; null: there is none.</param>
    public static void CheckRunTime(YamlDocument yaml, JsonObject fields, PlatformSettings? written, List<ConfigurationError> errors)
    {
        if (TypeOf(fields) is not { } type) return;
        var entry = written is null ? [] : Fields(written);
        foreach (var field in type.HostFields)
        {
            if (entry.ContainsKey(field) ? !Says(fields[field]) : fields.ContainsKey(field))
                errors.Add(yaml.ErrorAt(field, $"reaches into the host or is reached with its identity: it is set in platforms.yaml alone{(entry.ContainsKey(field) ? $". Say \"{Hidden}\"" : "")}"));
        }

        foreach (var field in type.Secrets)
        {
            if (PlatformsFile.Text(fields[field]) is not { } secret || secret == Hidden) continue;
            if (Fault(field, secret) is { } fault) errors.Add(yaml.ErrorAt(field, fault));
            foreach (var name in EnvironmentVariable.Names(secret).Where(name => !name.StartsWith(VariablePrefix, StringComparison.Ordinal) && !EnvironmentVariable.Names(PlatformsFile.Text(entry[field])).Contains(name, StringComparer.Ordinal)))
                errors.Add(yaml.ErrorAt(field, $"names the environment variable {name}: only those that begin with {VariablePrefix}, and those that platforms.yaml names here, are meant for platforms"));
        }
    }

    private static JsonObject Fields(PlatformSettings platform) => JsonNode.Parse(platform.Fields)!.AsObject();

    private static PlatformType? TypeOf(JsonObject fields) => PlatformTypes.Find(PlatformsFile.Text(fields["type"]));

    private static bool Says(JsonNode? node) => PlatformsFile.Text(node) == Hidden;

    private static bool IsHidden(PlatformType type, string field, JsonNode? node) =>
        type.HostFields.Contains(field, StringComparer.Ordinal) || (PlatformsFile.Text(node) is { } text && Fault(field, text) is not null);

    /// <summary>Why people may not see what a field that holds a secret says; null: they may.</summary>
    private static string? Fault(string field, string text) =>
        EnvironmentVariable.Is(text) ? null
        : field == FieldChecks.ConnectionString ? PlainConnectionString.Fault(text)
        : "a secret is written out, which everybody who decides would see: name an environment variable of the host, such as \"${PLATFORM_SECRET}\"";

    private static JsonNode? Ordered(JsonNode? node) => node switch
    {
        JsonObject fields => new JsonObject(fields.OrderBy(static field => field.Key switch { "name" => 0, "type" => 1, _ => 2 }).ThenBy(static field => field.Key, StringComparer.Ordinal)
            .Select(static field => KeyValuePair.Create(field.Key, Ordered(field.Value)))),
        JsonArray items => new JsonArray([.. items.Select(Ordered)]),
        _ => node?.DeepClone(),
    };
}
