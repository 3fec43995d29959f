using System.Text.Json.Nodes;
using AccessFunctions.Domain.Policy;

namespace AccessFunctions.Integrations.Configuration;

/// <summary>One configured platform.</summary>
/// <param name="Name">The first segment of its resources.</param>
/// <param name="Type">The adapter's type.</param>
/// <param name="Options">The adapter's own options.</param>
/// <param name="Written">The settings as written, variables put in: equal text is the same platform. Holds secrets.</param>
public sealed record PlatformSettings(string Name, string Type, object Options, string Written)
{
    /// <summary>The fields as they are written, variables not put in, as a JSON object. Those of a file may hold secrets.</summary>
    public required string Fields { get; init; }

    /// <summary>It was taken away at run time: what was given through it is taken through it, and nothing new is.</summary>
    public bool Gone { get; init; }

    /// <summary>How often it was changed at run time; 0: it is as the files say.</summary>
    public int Revision { get; init; }

    /// <summary>Never the settings: they hold connection strings.</summary>
    public override string ToString() => $"PlatformSettings({Name}, {Type})";
}

/// <summary>
/// Reads <c>platforms.yaml</c>, and files beside it named <c>platforms-*.yaml</c>: <c>platforms:</c> and a list of settings, each with
/// <c>type</c> and the fields of that type's options. In fields that hold secrets (<see cref="PlatformType.Secrets"/>), <c>${NAME}</c> stands for an environment variable.
/// </summary>
public static class PlatformsFile
{
    public const string Name = "platforms.yaml";

    /// <summary>Reads the settings.</summary>
    /// <param name="variable">Reads an environment variable.</param>
    /// <returns>Null where there are errors.</returns>
    public static IReadOnlyList<PlatformSettings>? Read(YamlDocument document, Func<string, string?> variable, List<ConfigurationError> errors)
    {
        var before = errors.Count;
        errors.AddRange(document.Errors);
        if (errors.Count > before) return null;
        if (document.Root is not JsonObject { Count: 1 } root || root["platforms"] is not JsonArray list)
        {
            errors.Add(document.ErrorAt("platforms", "write \"platforms:\" and below it a list of platforms, each with name and type"));
            return null;
        }

        var platforms = new List<PlatformSettings>(list.Count);
        for (var i = 0; i < list.Count; i++)
        {
            var path = $"platforms[{i}]";
            if (list[i] is not JsonObject fields) errors.Add(document.ErrorAt(path, "must be fields with values: name, type and those of the type"));
            else if (Platform(document, fields, path, variable, errors) is { } settings) platforms.Add(settings);
        }

        return errors.Count > before ? null : platforms;
    }

    /// <summary>Reads the settings of one platform.</summary>
    /// <param name="path">Its place in the document.</param>
    /// <returns>Null where there are errors.</returns>
    internal static PlatformSettings? Platform(YamlDocument document, JsonObject fields, string path, Func<string, string?> variable, List<ConfigurationError> errors)
    {
        if (PlatformTypes.Find(Text(fields["type"])) is not { } type)
        {
            errors.Add(document.ErrorAt(YamlDocument.Member(path, "type"), $"must be one of: {string.Join(", ", PlatformTypes.All.Select(static type => type.Name))}"));
            return null;
        }

        if (Text(fields["name"]) is not { } name || ResourceName.PlatformFault(name) is not null)
        {
            errors.Add(document.ErrorAt(YamlDocument.Member(path, "name"), Text(fields["name"]) is { } bad ? ResourceName.PlatformFault(bad)! : "a name is missing, such as \"pg-prod\""));
            return null;
        }

        var before = errors.Count;
        var settings = fields.DeepClone().AsObject();
        settings.Remove("type");
        foreach (var field in type.Secrets)
        {
            if (settings[field] is { } secret && Text(secret) is { } text)
                settings[field] = PutIn(text, variable, missing => errors.Add(document.ErrorAt(YamlDocument.Member(path, field), missing)));
        }

        var options = type.Read(document, settings, path, errors);
        return errors.Count > before || options is null ? null : new PlatformSettings(name, type.Name, options, $"{type.Name} {settings.ToJsonString()}") { Fields = fields.ToJsonString() };
    }

    private static string PutIn(string text, Func<string, string?> variable, Action<string> report) => EnvironmentVariable.PutIn(text, name =>
    {
        if (variable(name) is { Length: > 0 } value) return value;
        report($"the environment variable {name} is not set: set it for the host, or write the value here");
        return "";
    });

    /// <summary>What a field says where it is text; else null.</summary>
    internal static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
