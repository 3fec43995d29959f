using System.Text.Json.Nodes;
using AccessFunctions.Application.Ports;
using AccessFunctions.Integrations.Settings;

namespace AccessFunctions.Integrations.Configuration;

/// <summary>
/// Platforms as documents that are changed at run time: what was set holds instead of the files' entry until that changes, so that whoever administers
/// the host has the last word. Several processes may set; each looks at the store first.
/// </summary>
public sealed class EditablePlatforms
{
    private readonly ConfigurationFolder _folder;
    private readonly RunTimePlatforms _store;
    private readonly Func<string, string?> _variable;

    internal EditablePlatforms(ConfigurationFolder folder, RunTimePlatforms store, Func<string, string?> variable) => (_folder, _store, _variable) = (folder, store, variable);

    /// <summary>The platforms in force by name, with their types. Not the platform of settings itself.</summary>
    internal IReadOnlyList<(string Name, string Type)> All =>
        [.. _folder.Platforms.Where(static platform => !platform.Gone && platform.Type != SettingsPlatform.TypeName).Select(static platform => (platform.Name, platform.Type))];

    /// <summary>A platform's document as it is stored at this moment.</summary>
    internal async Task<SettingsDocument> Find(string name, CancellationToken cancellation)
    {
        await _folder.ReadAgain(cancellation);
        await _folder.ReadPlatformsAgain(cancellation);
        return Document(name);
    }

    /// <summary>Reads a proposal, JSON or YAML.</summary>
    /// <returns>Its document; null where it says <c>null</c>, or something is wrong.</returns>
    internal string? Read(string name, string written, List<string> faults)
    {
        var yaml = YamlDocument.Parse("change", written);
        var errors = new List<ConfigurationError>(yaml.Errors);
        if (errors.Count == 0 && yaml.Root is null)
        {
            faults.AddRange(Faults(name, null));
            return null;
        }

        if (yaml.Root is JsonObject fields) Check(name, yaml, fields, errors);
        else if (errors.Count == 0) errors.Add(yaml.ErrorAt("", "must be fields with values: name, type and those of the type"));
        faults.AddRange(errors.Select(DocumentText.Sentence));
        return errors.Count > 0 ? null : PlatformDocument.Text(yaml.Root!.AsObject());
    }

    /// <summary>What stands against putting a document in force, in sentences.</summary>
    /// <param name="name">The platform.</param>
    /// <param name="document">As <see cref="Read"/> gave it; null: it goes.</param>
    internal IReadOnlyList<string> Faults(string name, string? document)
    {
        if (document is null) return InForce(name)?.Type == SettingsPlatform.TypeName ? ["the platform of settings is set in platforms.yaml alone"] : [];
        var yaml = YamlDocument.Parse("change", document);
        var errors = new List<ConfigurationError>();
        Check(name, yaml, yaml.Root!.AsObject(), errors);
        return [.. errors.Select(DocumentText.Sentence)];
    }

    /// <summary>Puts a document in force where its version is still the given one.</summary>
    /// <param name="name">The platform.</param>
    /// <param name="document">As <see cref="Read"/> gave it; null: it goes.</param>
    /// <param name="replaces">The version; null: there is none.</param>
    /// <param name="cancellation">Ends the call: it may be set or not.</param>
    /// <returns>The document now; null where the version is another one.</returns>
    internal async Task<SettingsDocument?> Save(string name, string? document, string? replaces, CancellationToken cancellation)
    {
        SettingsDocument? saved = null;
        await _folder.Entered(async () =>
        {
            await _folder.ReadPlatforms(cancellation);
            var now = Document(name);
            if (now.Version != replaces || Hindrance() is not null || (document ?? now.Text) is not { } set) return;
            var row = Set(InForce(name), name, set, document is null);
            if (row is null || !await _store.Save(row, cancellation)) return;

            // Of what was saved here: what is in force by now may be somebody else's.
            saved = document is null ? new SettingsDocument(null, null) : new SettingsDocument(PlatformDocument.Version(document, row.Document is null ? 0 : row.Revision), document);
            await _folder.ReadPlatforms(cancellation);
        }, cancellation);
        return saved;
    }

    /// <summary>Why nothing can be set over the files now; null: nothing stands against it.</summary>
    internal string? Hindrance()
    {
        List<string> faults = [.. _folder.Problems.Where(static problem => problem.File.StartsWith("platforms", StringComparison.Ordinal)).Select(static problem => problem.ToString())];
        return faults.Count == 0 ? null : $"A file of platforms is broken, and what it says once it is mended would hold instead. Mend the file: {string.Join("; ", faults.Take(3))}.";
    }

    /// <summary>What is to be stored; null where the document cannot be used. What the files say anyway is not set: there the next change of the file holds again.</summary>
    private RunTimePlatform? Set(PlatformSettings? now, string name, string document, bool gone)
    {
        var (written, before) = (Written(name), Row(name));
        if ((gone ? now : PlatformDocument.Settings(name, document, written, _variable, [])) is not { } settings) return null;
        var asWritten = !gone && written is not null && PlatformDocument.Text(written) == document;
        return new RunTimePlatform(name, asWritten ? null : document, gone, asWritten ? null : Fingerprint.Of(written), (before?.Revision ?? 0) + 1)
        {
            Row = before?.Row,
            Type = settings.Type,
            System = PlatformDocument.SystemOf(settings),
        };
    }

    private SettingsDocument Document(string name)
    {
        if (InForce(name) is not { Gone: false } platform) return new SettingsDocument(null, null);
        return new SettingsDocument(PlatformDocument.Version(platform), PlatformDocument.Text(platform));
    }

    private void Check(string name, YamlDocument yaml, JsonObject fields, List<ConfigurationError> errors)
    {
        if (!fields.ContainsKey("name")) fields.Insert(0, "name", name);
        var (now, written, row) = (InForce(name), Written(name), Row(name));
        PlatformDocument.CheckRunTime(yaml, fields, written, errors);
        if (errors.Count > 0 || PlatformDocument.Settings(yaml, fields, written, _variable, errors) is not { } settings) return;
        var type = PlatformTypes.Find(settings.Type)!;
        if (settings.Name != name) errors.Add(yaml.ErrorAt("name", $"this is the platform \"{name}\"; a name stays as it is"));
        else if (settings.Type == SettingsPlatform.TypeName || now?.Type == SettingsPlatform.TypeName) errors.Add(yaml.ErrorAt("type", "the platform of settings is set in platforms.yaml alone"));
        else if ((now?.Type ?? row?.Type) is { } before && before != settings.Type) errors.Add(yaml.ErrorAt("type", $"\"{name}\" is of the type {before}, and access was perhaps given through it: give a platform of another type another name"));
        else if (now is not null ? type.SystemOf(now.Options) != type.SystemOf(settings.Options) : row is not null && !Fingerprint.Is(row.System, type.SystemOf(settings.Options)))
            errors.Add(yaml.ErrorAt("", $"\"{name}\" would be another system, and what was given through it could not be taken back: give another system another name, or change platforms.yaml"));
        else if (written is null) type.CheckNew(settings.Options, yaml, "", errors);
    }

    private RunTimePlatform? Row(string name) => _folder.Current.RunTime.FirstOrDefault(row => row.Name == name);

    private PlatformSettings? InForce(string name) => _folder.Platforms.FirstOrDefault(platform => platform.Name == name);

    private PlatformSettings? Written(string name) => _folder.Current.FilePlatforms.FirstOrDefault(platform => platform.Name == name);
}
