using AccessFunctions.Application.Workflow;
using AccessFunctions.Domain.Requests;
using Azure.Data.Tables;

namespace AccessFunctions.Functions.Storage;

/// <summary>What an index row says of a request, so that the service itself can leave out what a list does not ask for.</summary>
internal sealed record IndexColumns(
    string Id, string Requester, string AccessGroup, string Kind, string? Ticket, string Status, string Phase, string? Outcome, bool Emergency, long ClosedAt, bool Pseudonymised)
{
    public static IndexColumns Of(AccessRequest request, RequestIndex index) => new(
        request.Id, request.Requester, request.Policy.AccessGroup, request.Ask.Kind.ToString(), request.Ask.Ticket, request.Phase.Status().ToString(),
        request.Phase.ToString(), request.Outcome?.ToString(), index.Emergency, index.ClosedAt?.UtcTicks ?? 0, index.Pseudonymised);
}

/// <summary>One row of the index.</summary>
/// <param name="Approver">In a person's partition of what they may see: they see it as approver of some level.</param>
internal sealed record IndexRow(string Partition, string Key, bool Approver, IndexColumns Says)
{
    public TableEntity Entity(long sequence)
    {
        var row = new TableEntity(Partition, Key)
        {
            [nameof(IndexColumns.Id)] = Says.Id,
            ["Sequence"] = sequence,
            [nameof(Approver)] = Approver,
            [nameof(IndexColumns.Requester)] = Says.Requester,
            [nameof(IndexColumns.AccessGroup)] = Says.AccessGroup,
            [nameof(IndexColumns.Kind)] = Says.Kind,
            [nameof(IndexColumns.Status)] = Says.Status,
            [nameof(IndexColumns.Phase)] = Says.Phase,
            [nameof(IndexColumns.Emergency)] = Says.Emergency,
            [nameof(IndexColumns.ClosedAt)] = Says.ClosedAt,
        };
        if (Says.Ticket is { } ticket) row[nameof(IndexColumns.Ticket)] = ticket;
        if (Says.Pseudonymised) row[nameof(IndexColumns.Pseudonymised)] = true;
        if (Says.Outcome is { } outcome) row[nameof(IndexColumns.Outcome)] = outcome;
        return row;
    }
}

/// <summary>In which partitions a request is found. Row keys begin with its creation, newest first, so that every partition is in the order of lists.</summary>
internal static class RequestIndexRows
{
    public const string Everything = "all";
    public const string Unfinished = "unfinished";

    public static string ToReview(string person) => $"review:{TableKeys.Of(person)}";
    public static string VisibleTo(string person) => $"visible:{TableKeys.Of(person)}";
    public static string Requester(string person) => $"requester:{TableKeys.Of(person)}";
    public static string Owed(string person) => $"owed:{TableKeys.Of(person)}";
    public static string Resource(string resource) => $"resource:{TableKeys.Of(resource)}";
    public static string Platform(string platform) => $"platform:{TableKeys.Of(platform)}";
    public static string Status(Status status) => $"status:{status}";

    public static string Key(AccessRequest request) => $"{TableKeys.NewestFirst(request.CreatedAt)}!{TableKeys.Of(request.Id)}";

    /// <summary>All rows that a state has.</summary>
    public static IReadOnlyList<IndexRow> Of(AccessRequest? request)
    {
        if (request is null) return [];
        var index = RequestIndex.Of(request, nextDeadline: null);
        var (says, key, name) = (IndexColumns.Of(request, index), Key(request), TableKeys.Of(request.Id));
        List<IndexRow> rows =
        [
            Row(TableKeys.Sharded(Everything, name)),
            Row(TableKeys.Sharded(Status(request.Phase.Status()), name)) with { Says = says },
            Row(Requester(request.Requester)),
            .. index.Visible.Select(viewer => Row(VisibleTo(viewer.Person), viewer.Approver)),
            .. index.ToReview.Select(person => Row(ToReview(person))),
            .. request.Ask.Resources.Distinct(StringComparer.Ordinal).Select(resource => Row(Resource(resource))),
            .. request.Ask.Resources.Select(Resources.PlatformOf).Distinct(StringComparer.Ordinal).Select(platform => Row(Platform(platform))),
        ];
        if (index.Unfinished) rows.Add(Row(TableKeys.Sharded(Unfinished, name)));
        if (index.ReviewDue is not null) rows.Add(Row(Owed(request.Requester)));
        return rows;

        // Asked for in the lists by status alone, so that one row changes where text is taken out of a request.
        IndexRow Row(string partition, bool approver = false) => new(partition, key, approver, says with { Pseudonymised = false });
    }
}
