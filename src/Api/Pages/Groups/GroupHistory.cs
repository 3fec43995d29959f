using System.Text.Json;
using AccessFunctions.Api.Json;
using AccessFunctions.Api.Routing;
using AccessFunctions.Application;
using AccessFunctions.Application.Audit;
using AccessFunctions.Application.Ports;
using AccessFunctions.Application.Settings;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Json;
using AccessFunctions.Domain.Policy;

namespace AccessFunctions.Api.Pages.Groups;

/// <summary>A version of an access group, as the audit trail holds it.</summary>
/// <param name="By">Who saved it, or deleted the group: a person's id.</param>
/// <param name="Channel">How, as the event names it.</param>
/// <param name="Version">Its name; empty where the event does not hold it.</param>
/// <param name="Deleted">True: this is the version that was deleted.</param>
/// <param name="Group">The document; null where its text is no longer there.</param>
/// <param name="Changes">The lines that differ from the version before; null where there is none to compare it with.</param>
public sealed record GroupVersion(DateTimeOffset At, string By, string Channel, string Version, bool Deleted, AccessGroup? Group, IReadOnlyList<DiffLine>? Changes)
{
    /// <summary>The request through which it was changed; null: directly.</summary>
    public string? Request { get; init; }

    /// <summary>True: the request had ended, and this took back what it had changed.</summary>
    public bool TakenBack { get; init; }
}

/// <summary>Versions of an access group, newest first.</summary>
/// <param name="Next">The cursor of older ones; null: there are none.</param>
/// <param name="First">True for the newest page.</param>
public sealed record GroupVersions(IReadOnlyList<GroupVersion> Items, string? Next, bool First);

/// <summary>Reads them off the audit trail. What was changed in configuration files is not among them.</summary>
internal static class GroupHistory
{
    public const int PageSize = 20;

    /// <summary>Events looked through for one version.</summary>
    private const int MostSearched = 500;

    /// <summary>One page.</summary>
    /// <exception cref="FormatException">The cursor is not one that this gave.</exception>
    public static async Task<GroupVersions> Read(ApiCall call, string id, string? cursor)
    {
        var audit = call.Service<IAuditLog>();
        var page = await audit.List(Filter(id), cursor, PageSize, call.Cancellation);
        List<GroupVersion> versions = [.. Versions(page.Items)];

        // The last one is compared with the first of the next page.
        IReadOnlyList<AuditRow> more = page.Next is null ? [] : (await audit.List(Filter(id), page.Next, 1, call.Cancellation)).Items;
        var all = versions.Concat(Versions(more)).ToList();
        return new GroupVersions([.. versions.Select((version, i) => version with { Changes = Changes(i + 1 < all.Count ? all[i + 1] : null, version) })], page.Next, cursor is null);
    }

    /// <summary>The newest that became of a group; null: the audit trail tells nothing.</summary>
    public static async Task<GroupVersion?> Newest(ApiCall call, string id) =>
        Versions((await call.Service<IAuditLog>().List(Filter(id), null, 1, call.Cancellation)).Items).FirstOrDefault();

    /// <summary>The document of a version; null where the audit trail does not hold it.</summary>
    public static async Task<AccessGroup?> Find(ApiCall call, string id, string version)
    {
        var audit = call.Service<IAuditLog>();
        string? cursor = null;
        var searched = 0;
        do
        {
            var page = await audit.List(Filter(id), cursor, PageSize * 5, call.Cancellation);
            if (Versions(page.Items).FirstOrDefault(found => found.Version == version && found.Group is not null) is { } found) return found.Group;
            searched += page.Items.Count;
            cursor = page.Next;
        }
        while (cursor is not null && searched < MostSearched);
        return null;
    }

    /// <summary>What the audit trail calls a group.</summary>
    private static AuditFilter Filter(string id) => new() { Resource = Administration.ResourceOf(id) };

    private static IEnumerable<GroupVersion> Versions(IEnumerable<AuditRow> rows) => rows
        .Select(StoredEvent.Of)
        .Where(static happened => happened.Type is EventTypes.Host.PolicySaved or EventTypes.Host.PolicyDeleted)
        .Select(static happened =>
        {
            var more = happened.Detail?.More;
            return new GroupVersion(
                happened.At, happened.Actor, happened.Channel, more?.GetValueOrDefault("version") ?? "", happened.Type == EventTypes.Host.PolicyDeleted,
                Document(more?.GetValueOrDefault("document")), null)
            {
                Request = more?.GetValueOrDefault("request"),
                TakenBack = happened.Reason == "request-ended",
            };
        });

    private static AccessGroup? Document(string? text)
    {
        try
        {
            return text is null ? null : JsonSerializer.Deserialize(text, DomainJson.Default.AccessGroup);
        }
        catch (JsonException)
        {
            return null; // Written by a version that knew other fields: shown without its text.
        }
    }

    private static IReadOnlyList<DiffLine>? Changes(GroupVersion? before, GroupVersion version) =>
        before is { Deleted: false, Group: { } was } && version is { Deleted: false, Group: { } now } ? TextDiff.Of(GroupDocuments.Text(was), GroupDocuments.Text(now)) : null;
}
