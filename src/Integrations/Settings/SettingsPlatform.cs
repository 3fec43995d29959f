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
        new() { Name = SettingsChange.BaseParameter, Label = "The version it was made against", Description = "Its ETag without quotes; empty for a new document." },
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

    /// <summary>Applies the change, where the document is still at the version it was made against.</summary>
    public async Task<GrantResult> Grant(PlatformOrder order, CancellationToken cancellation)
    {
        if (Place(order.Path) is not var (documents, id) || order.Settings is not { } settings) throw Refuse(order, "names no document and no change of one");
        var record = new ChangeRecord(_services.Rows, order);
        if (await record.Find(ChangeRecord.Ended, cancellation) is not null) throw Refuse(order, "is not changed for a grant that has ended");
        if (await record.Find(ChangeRecord.Applied, cancellation) is null) await Apply(order, settings.Change, documents, id, record, cancellation);
        await Tell(order, settings, ChangeRecord.Applied, documents, id, record, cancellation);
        return new GrantResult();
    }

    /// <summary>No end is held here.</summary>
    public Task Extend(PlatformOrder order, CancellationToken cancellation) => Task.CompletedTask;

    /// <summary>Makes the document what it was, where the order says so and it is still as this grant left it; else changes nothing.</summary>
    public async Task Revoke(PlatformOrder order, CancellationToken cancellation)
    {
        if (Place(order.Path) is not var (documents, id) || order.Settings is not { } settings) return;
        var record = new ChangeRecord(_services.Rows, order);
        await record.Note(ChangeRecord.Ended, null, cancellation);
        if (!settings.Reverts || await AppliedVersion(settings.Change, documents, id, record, cancellation) is not { } applied) return;
        if (await record.Find(ChangeRecord.Reverted, cancellation) is null && !await Revert(settings.Change, applied, documents, id, record, cancellation)) return;

        // What somebody put back by hand is their change, and told as that.
        if (await record.Find(ChangeRecord.Reverting, cancellation) is not null) await Tell(order, settings, ChangeRecord.Reverted, documents, id, record, cancellation);
    }

    /// <summary>Looks at which version the document is, and whose that is.</summary>
    public async Task<ReadBackResult> ReadBack(PlatformOrder order, CancellationToken cancellation)
    {
        if (Place(order.Path) is not var (documents, id) || order.Settings is not { } settings) return Gone(order, "names no document and no change of one");
        var record = new ChangeRecord(_services.Rows, order);
        var now = await documents.Find(id, cancellation);
        if (await AppliedVersion(settings.Change, documents, id, record, cancellation) is not { } applied)
        {
            // Saved perhaps, by a run that stopped before it could note it, and changed by somebody since: nothing here can tell.
            var unknown = now.Version != settings.Change.Base && await record.Find(ChangeRecord.Meant, cancellation) is not null;
            return unknown ? Person(order, $"nobody can tell whether this grant changed it before somebody else did: it {Is(now.Version)}. Look whether anything of the change is in it, and confirm")
                : Gone(order, $"nothing was changed by this grant; it {Is(now.Version)}");
        }

        var moved = (now.Version ?? "") != applied;
        if (await record.Find(ChangeRecord.Ended, cancellation) is null)
            return There(order, moved ? $"changed to {Named(applied)}, and by somebody else since: it {Is(now.Version)}" : $"{Is(now.Version)}, as this grant left it");
        if (!settings.Reverts) return Gone(order, moved ? $"kept: changed to {Named(applied)}, and by somebody else since: it {Is(now.Version)}" : $"kept: it {Is(now.Version)}, as this grant left it");
        if (await record.Find(ChangeRecord.Reverted, cancellation) is { } reverted)
        {
            var what = $"reverted to {Named(reverted)}, which says what {Named(settings.Change.Base)} said";
            return Gone(order, (now.Version ?? "") == reverted ? what : $"{what}; changed by somebody else since: it {Is(now.Version)}");
        }

        if (moved) return Person(order, $"not reverted: this grant left it at {Named(applied)}, and somebody changed it since: it {Is(now.Version)}. Look whether anything of the change is still in it, and confirm");
        if (documents.Hindrance(id) is { } hindrance) return Person(order, $"not reverted: {hindrance} Mend it by hand, and confirm");
        var faults = documents.Faults(id, settings.Change.Before);
        return faults.Count == 0 ? There(order, $"{Is(now.Version)}, as this grant left it")
            : Person(order, $"not reverted: what it said before is not sound any more ({string.Join("; ", faults.Take(3))}). Change it by hand, and confirm");
    }

    /// <summary>Settings have no sessions.</summary>
    public Task Disconnect(PlatformOrder order, CancellationToken cancellation) => Task.CompletedTask;

    /// <summary>Settings have no credential.</summary>
    public Task Rotate(PlatformOrder order, CancellationToken cancellation) => Task.CompletedTask;

    public Task<ReleasedSecret?> Secret(PlatformOrder order, CancellationToken cancellation) => Task.FromResult<ReleasedSecret?>(null);

    private static async Task Apply(PlatformOrder order, SettingsChange change, ISettingsDocuments documents, string id, ChangeRecord record, CancellationToken cancellation)
    {
        if (await AppliedVersion(change, documents, id, record, cancellation) is not null) return;
        var now = await documents.Find(id, cancellation);
        if (now.Version != change.Base) throw Refuse(order, Moved(documents, id, change.Base, now.Version));
        var faults = documents.Faults(id, change.After);
        if (faults.Count > 0) throw Refuse(order, $"cannot be changed any more as it was approved: {string.Join("; ", faults.Take(3))}");

        await record.Note(ChangeRecord.Meant, null, cancellation);
        if (await documents.Save(id, change.After, change.Base, cancellation) is { } saved) await record.Note(ChangeRecord.Applied, saved.Version, cancellation);
        else if (await AppliedVersion(change, documents, id, record, cancellation) is null) throw Refuse(order, Moved(documents, id, change.Base, (await documents.Find(id, cancellation)).Version));
    }

    /// <summary>True where the document says again what it said before.</summary>
    private static async Task<bool> Revert(SettingsChange change, string applied, ISettingsDocuments documents, string id, ChangeRecord record, CancellationToken cancellation)
    {
        var now = await documents.Find(id, cancellation);
        if ((now.Version ?? "") == applied && documents.Faults(id, change.Before).Count == 0)
        {
            await record.Note(ChangeRecord.Reverting, null, cancellation);
            if (await documents.Save(id, change.Before, now.Version, cancellation) is { } saved)
            {
                await record.Note(ChangeRecord.Reverted, saved.Version, cancellation);
                return true;
            }

            now = await documents.Find(id, cancellation);
        }

        // A run before this one, a save whose answer got lost, or somebody by hand.
        if (now.Text != change.Before) return false;
        await record.Note(ChangeRecord.Reverted, now.Version, cancellation);
        return true;
    }

    /// <summary>The version that this grant made; null where it made none. One that an earlier run saved and did not come to note is noted now.</summary>
    private static async Task<string?> AppliedVersion(SettingsChange change, ISettingsDocuments documents, string id, ChangeRecord record, CancellationToken cancellation)
    {
        if (await record.Find(ChangeRecord.Applied, cancellation) is { } noted) return noted;
        if (await record.Find(ChangeRecord.Meant, cancellation) is null) return null;
        var now = await documents.Find(id, cancellation);
        if (now.Version == change.Base || now.Text != change.After) return null;
        await record.Note(ChangeRecord.Applied, now.Version, cancellation);
        return now.Version ?? "";
    }

    /// <summary>Tells the audit trail, once a step is noted: who asked, who approved, and through which request.</summary>
    private async Task Tell(PlatformOrder order, SettingsOrder settings, string step, ISettingsDocuments documents, string id, ChangeRecord record, CancellationToken cancellation)
    {
        if (await record.Find(ChangeRecord.Told + step, cancellation) is not null) return;
        var version = await record.Find(step, cancellation);
        var (before, after) = step == ChangeRecord.Applied ? (settings.Change.Before, settings.Change.After) : (settings.Change.After, settings.Change.Before);
        var (type, resource, more) = documents.Told(id, before, after, version is { Length: > 0 } ? version : null);
        await _services.Audit.Append(new AuditEvent
        {
            Type = type,
            At = _services.Time.GetUtcNow(),
            Actor = order.Requester,
            Channel = nameof(Channel.System),
            Succeeded = true,
            Reason = step == ChangeRecord.Applied ? "request" : "request-ended",
            Resource = resource,
            GrantId = order.GrantId,
            Detail = new AuditDetail
            {
                More = new Dictionary<string, string>(more)
                {
                    ["request"] = order.RequestId,
                    ["approvedBy"] = string.Join(",", settings.ApprovedBy),
                    ["sha256"] = ChangeWords.Hash(settings.Change),
                },
            },
        }, cancellation);
        await record.Note(ChangeRecord.Told + step, null, cancellation);
    }

    private (ISettingsDocuments Documents, string Id)? Place(string path)
    {
        var slash = path.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && _documents.GetValueOrDefault(path[..slash]) is { } documents && documents.MayBe(path[(slash + 1)..]) ? (documents, path[(slash + 1)..]) : null;
    }

    private static string Differs(string? written, string? now) =>
        now is null ? "there is no such document: leave the version out to make it"
        : written is null ? $"there is a document, at version {now}: say which version the change was made against"
        : $"the document is not at version {written}, but at {now}: make the change again against what it says now";

    private static string Moved(ISettingsDocuments documents, string id, string? made, string? now) =>
        documents.Hindrance(id) is { } hindrance ? $"cannot be changed: {hindrance.TrimEnd('.')}"
        : $"moved meanwhile: the change was made against {Named(made)}, and it {Is(now)} now. Nothing was applied; make a new request";

    private static string Named(string? version) => version is { Length: > 0 } ? $"version {version}" : "no document";

    private static string Is(string? version) => version is { Length: > 0 } ? $"is at version {version}" : "is not there";

    private static ReadBackResult Gone(PlatformOrder order, string evidence) => new(Present: false, Through: null, $"{order.Resource}: {evidence}");

    private static ReadBackResult There(PlatformOrder order, string evidence) => new(Present: true, Through: null, $"{order.Resource}: {evidence}.");

    private static ReadBackResult Person(PlatformOrder order, string evidence) => new(Present: false, Through: null, $"{order.Resource}: {evidence}", AwaitsPerson: true, Fulfillers: []);

    private static PlatformException Refuse(PlatformOrder order, string what) => new($"{order.Resource} {what}.", permanent: true);
}
