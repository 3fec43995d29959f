using AccessFunctions.Application.Ports;
using AccessFunctions.Application.Settings;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Integrations.Settings;

/// <summary>The platform of this product's own settings.</summary>
public sealed record SettingsOptions
{
    /// <summary>The first segment of its resources.</summary>
    public string Name { get; init; } = "settings";
}

/// <summary>
/// Changes of settings that need approval: <c>settings/access-groups/analysts</c> is a document, a grant is a change of it. A change is applied exactly
/// as it was approved and only to the version it was made against; at the end the document becomes what it was, where the order says so and nobody
/// changed it since.
/// </summary>
public sealed class SettingsPlatform : ISettingsPlatform
{
    /// <summary>The adapter's type.</summary>
    public const string TypeName = "settings";

    private readonly SettingsOptions _options;
    private readonly SettingsServices _services;
    private readonly Dictionary<string, ISettingsDocuments> _documents;

    /// <summary>Creates the platform.</summary>
    public SettingsPlatform(SettingsOptions options, SettingsServices services)
    {
        (_options, _services) = (options, services);
        List<ISettingsDocuments> kinds = [new AccessGroupDocuments(services.Groups, services.Directory), new PersonDocuments(services.Directory, services.Time)];
        if (services.Platforms is { } platforms) kinds.Add(new PlatformDocuments(platforms));
        _documents = kinds.ToDictionary(static kind => kind.Folder, StringComparer.Ordinal);
    }

    public string Name => _options.Name;

    public string Type => TypeName;

    public IReadOnlyList<AccessKind> Kinds { get; } = [AccessKind.Settings];

    public IReadOnlyList<PlatformParameter> Parameters { get; } =
    [
        new()
        {
            Name = SettingsChange.DocumentParameter, Label = "The document as it shall be", Required = true, Lines = 24,
            Description = "JSON or YAML, whole; null proposes that the document goes. Whoever decides sees it: write no secrets.",
        },
        new() { Name = SettingsChange.BaseParameter, Label = "The version it was made against", Description = "As it is filled in, or the ETag without its quotes; empty for a new document." },
    ];

    /// <summary>Each change is its own.</summary>
    public SharedPrivilege? Shared(PlatformOrder order) => null;

    public Task<IReadOnlyList<PlatformResource>> Resources(CancellationToken cancellation) => Task.FromResult<IReadOnlyList<PlatformResource>>(
        [.. _documents.Values.SelectMany(kind => kind.All.Select(document => new PlatformResource($"{Name}/{kind.Folder}/{document.Id}", document.Words, Kinds)))]);

    /// <summary>Nobody lives here.</summary>
    public Task<IReadOnlyList<PlatformIdentity>> Identities(CancellationToken cancellation) => Task.FromResult<IReadOnlyList<PlatformIdentity>>([]);

    /// <inheritdoc/>
    public async Task<SettingsDocument?> Find(string path, CancellationToken cancellation) => Place(path) is var (documents, id) ? await documents.Find(id, cancellation) : null;

    /// <inheritdoc/>
    public string? Concerns(string path) => Place(path) is var (documents, id) && documents is PersonDocuments ? id : null;

    /// <inheritdoc/>
    public async Task<SettingsChange?> Read(string path, IReadOnlyDictionary<string, string> parameters, FieldErrors errors, CancellationToken cancellation)
    {
        if (Place(path) is not var (documents, id))
        {
            errors.Add("resources[0]", $"\"{Name}\" has no document \"{path}\": name one such as \"{Name}/{SettingsPaths.Group("analysts")}\"");
            return null;
        }

        var (change, version) = ($"parameters.{SettingsChange.DocumentParameter}", $"parameters.{SettingsChange.BaseParameter}");
        foreach (var unknown in parameters.Keys.Where(static name => name is not (SettingsChange.DocumentParameter or SettingsChange.BaseParameter)))
            errors.Add($"parameters.{unknown}", $"there is no such parameter here; there are {SettingsChange.DocumentParameter} and {SettingsChange.BaseParameter}");
        var now = await documents.Find(id, cancellation);
        var written = parameters.GetValueOrDefault(SettingsChange.BaseParameter) is { Length: > 0 } given ? given : null;
        if (written != now.Version) errors.Add(version, Differs(written, now.Version));

        var faults = new List<string>();
        string? after = null;
        if (string.IsNullOrWhiteSpace(parameters.GetValueOrDefault(SettingsChange.DocumentParameter))) faults.Add("say what the document shall be");
        else after = documents.Read(id, parameters[SettingsChange.DocumentParameter], faults);
        foreach (var fault in faults) errors.Add(change, fault);
        if (faults.Count == 0 && after == now.Text) errors.Add(change, after is null ? "there is no such document, so it cannot go" : "the document says this already");
        return errors.Any ? null : new SettingsChange { Base = now.Version, Before = now.Text, After = after };
    }

    /// <inheritdoc cref="SettingsGrant.Apply"/>
    public async Task<GrantResult> Grant(PlatformOrder order, CancellationToken cancellation)
    {
        if (GrantOf(order) is not { } grant) throw Refuse(order, "names no document and no change of one");
        await grant.Apply(cancellation);
        return new GrantResult();
    }

    /// <summary>No end is held here.</summary>
    public Task Extend(PlatformOrder order, CancellationToken cancellation) => Task.CompletedTask;

    /// <inheritdoc cref="SettingsGrant.Revoke"/>
    public async Task Revoke(PlatformOrder order, CancellationToken cancellation)
    {
        if (GrantOf(order) is { } grant) await grant.Revoke(cancellation);
    }

    /// <inheritdoc cref="SettingsGrant.ReadBack"/>
    public async Task<ReadBackResult> ReadBack(PlatformOrder order, CancellationToken cancellation) =>
        GrantOf(order) is { } grant ? await grant.ReadBack(cancellation) : new ReadBackResult(Present: false, Through: null, $"{order.Resource}: names no document and no change of one");

    /// <summary>Settings have no sessions.</summary>
    public Task Disconnect(PlatformOrder order, CancellationToken cancellation) => Task.CompletedTask;

    /// <summary>Settings have no credential.</summary>
    public Task Rotate(PlatformOrder order, CancellationToken cancellation) => Task.CompletedTask;

    public Task<ReleasedSecret?> Secret(PlatformOrder order, CancellationToken cancellation) => Task.FromResult<ReleasedSecret?>(null);

    private SettingsGrant? GrantOf(PlatformOrder order) =>
        Place(order.Path) is var (documents, id) && order.Settings is { } settings ? new SettingsGrant(order, settings, documents, id, _services) : null;

    private (ISettingsDocuments Documents, string Id)? Place(string path)
    {
        var slash = path.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && _documents.GetValueOrDefault(path[..slash]) is { } documents && documents.MayBe(path[(slash + 1)..]) ? (documents, path[(slash + 1)..]) : null;
    }

    private static string Differs(string? written, string? now) =>
        now is null ? "there is no such document: leave the version out to make it"
        : written is null ? $"there is a document, at version {now}: say which version the change was made against"
        : $"the document is not at version {written}, but at {now}: make the change again against what it says now";

    internal static PlatformException Refuse(PlatformOrder order, string what) => new($"{order.Resource} {what}.", permanent: true);
}
