using System.Text.Json;
using AccessFunctions.Application;
using AccessFunctions.Application.Directory;
using AccessFunctions.Application.Ports;
using AccessFunctions.Application.Settings;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Json;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Integrations.Configuration;

namespace AccessFunctions.Integrations.Settings;

/// <summary>Access groups, which are checked and saved as an administrator's own edits are.</summary>
internal sealed class AccessGroupDocuments(IAccessGroups groups, IDirectory directory) : ISettingsDocuments
{
    public string Folder => SettingsPaths.Groups;

    public IReadOnlyList<(string Id, string? Words)> All => [.. groups.All.Select(static stored => (stored.Group.Id, stored.Group.Name ?? stored.Group.Description))];

    public bool MayBe(string id) => GroupValidation.IsId(id);

    public async Task<SettingsDocument> Find(string id, CancellationToken cancellation) =>
        await groups.Read(id, cancellation) is { } stored ? new SettingsDocument(stored.Version, DocumentText.Write(stored.Group)) : new SettingsDocument(null, null);

    public string? Read(string id, string written, List<string> faults)
    {
        var (group, goes) = DocumentText.Read(written, id, ConfigurationJson.AccessGroup, faults);
        if (goes || group is null) return null;
        if (!string.Equals(group.Id, id, StringComparison.Ordinal)) faults.Add($"id: this is the access group \"{id}\"; an id stays as it is");
        else faults.AddRange(DocumentText.Sentences(Check(group)));
        return faults.Count > 0 ? null : DocumentText.Write(group);
    }

    public IReadOnlyList<string> Faults(string id, string? text) => text is null ? [] : [.. DocumentText.Sentences(Check(Group(text)))];

    public async Task<SavedDocument?> Save(string id, string? text, string? replaces, CancellationToken cancellation)
    {
        if (text is null) return replaces is not null && await groups.Delete(id, replaces, cancellation) ? new SavedDocument(null) : null;
        return await groups.Save(Group(text), replaces, cancellation) is { } stored ? new SavedDocument(stored.Version) : null;
    }

    public string? Hindrance(string id) => groups.Hindrance(id);

    /// <summary>As an administrator's own edit is told, so that the group's history holds both.</summary>
    public IReadOnlyList<(string Type, string Resource, IReadOnlyDictionary<string, string> More)> Told(string id, string? before, string? after, string? version)
    {
        var more = new Dictionary<string, string>();
        if (after is not null) more["document"] = JsonSerializer.Serialize(Group(after), DomainJson.Default.AccessGroup);
        if (version is not null) more["version"] = version;
        return [(after is null ? EventTypes.Host.PolicyDeleted : EventTypes.Host.PolicySaved, Administration.ResourceOf(id), more)];
    }

    private IReadOnlyDictionary<string, IReadOnlyList<string>> Check(AccessGroup group) => GroupValidation.Validate(group, new ApproverDirectory(directory.Current));

    private static AccessGroup Group(string text) => JsonSerializer.Deserialize(text, DomainJson.Default.AccessGroup) ?? throw new JsonException("The document is null.");
}
