using AccessFunctions.Application.Ports;
using AccessFunctions.Application.Settings;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Integrations.Configuration;

namespace AccessFunctions.Integrations.Settings;

/// <summary>Platforms, as <c>platforms.yaml</c> would say them. What is set here holds over the file's entry, until that changes.</summary>
internal sealed class PlatformDocuments(EditablePlatforms platforms) : ISettingsDocuments
{
    public string Folder => SettingsPaths.Platforms;

    public IReadOnlyList<(string Id, string? Words)> All => [.. platforms.All.Select(static platform => (platform.Name, (string?)platform.Type))];

    public bool MayBe(string id) => ResourceName.PlatformFault(id) is null;

    public Task<SettingsDocument> Find(string id, CancellationToken cancellation) => platforms.Find(id, cancellation);

    public string? Read(string id, string written, List<string> faults) => platforms.Read(id, written, faults);

    public IReadOnlyList<string> Faults(string id, string? text) => platforms.Faults(id, text);

    public async Task<SavedDocument?> Save(string id, string? text, string? replaces, CancellationToken cancellation) =>
        await platforms.Save(id, text, replaces, cancellation) is { } saved ? new SavedDocument(saved.Version) : null;

    public string? Hindrance(string id) => platforms.Hindrance();

    /// <summary>The document holds no secret.</summary>
    public IReadOnlyList<(string Type, string Resource, IReadOnlyDictionary<string, string> More)> Told(string id, string? before, string? after, string? version)
    {
        var more = new Dictionary<string, string>();
        if (after is not null) more["document"] = after;
        if (version is not null) more["version"] = version;
        return [(after is null ? EventTypes.Host.PlatformDeleted : EventTypes.Host.PlatformSaved, $"platform/{id}", more)];
    }
}
