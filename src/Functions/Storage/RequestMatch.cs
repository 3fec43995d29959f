using AccessFunctions.Application.Ports;
using AccessFunctions.Application.Workflow;
using AccessFunctions.Domain.Requests;
using Azure.Data.Tables;

namespace AccessFunctions.Functions.Storage;

/// <summary>What a filter asks for: which index partitions hold it, and what of it the service can check on their rows.</summary>
internal static class RequestMatch
{
    /// <summary>The narrowest partitions that hold all of it; none where nothing can match.</summary>
    public static IReadOnlyList<(string Partition, string? Filter)> Sources(RequestFilter filter)
    {
        var columns = Columns(filter);
        if (filter.ToReview is { } reviewers) return [.. reviewers.Distinct(StringComparer.Ordinal).Select(person => (RequestIndexRows.ToReview(person), columns))];
        if (filter.Requester is { } requester) return [(RequestIndexRows.Requester(requester), columns)];
        if (filter.VisibleTo is { } viewer)
        {
            return
            [
                (RequestIndexRows.VisibleTo(viewer), columns),
                .. filter.StandsInFor.Where(absent => absent != viewer).Distinct(StringComparer.Ordinal)
                    .Select(absent => (RequestIndexRows.VisibleTo(absent), (string?)And("Approver eq true", columns))),
            ];
        }

        if (filter.Resource is { } resource) return [(RequestIndexRows.Resource(resource), columns)];
        if (filter.Platform is { } platform) return [(RequestIndexRows.Platform(Resources.PlatformOf(platform)), columns)];
        var sets = (filter.Status ?? filter.Phase?.Status()) is { } status ? [RequestIndexRows.Status(status)]
            : filter.ClosedFrom is not null ? [RequestIndexRows.Status(Status.Closed), RequestIndexRows.Status(Status.Denied)]
            : new[] { RequestIndexRows.Everything };
        return [.. sets.SelectMany(TableKeys.Sharded).Select(partition => (partition, columns))];
    }

    /// <summary>True where the partitions of <see cref="Sources"/> and the columns of their rows say all that the filter asks for.</summary>
    public static bool IsTold(RequestFilter filter)
    {
        if (RequestMatching.ReadsStates(filter)) return false;
        // Each of these is told by its own partition alone; Sources takes the first that is asked for.
        var places = new[] { filter.ToReview is not null, filter.VisibleTo is { } viewer && viewer != filter.Requester, filter.Resource is not null, filter.Platform is not null };
        return places.Count(static asked => asked) switch
        {
            0 => true,
            1 => filter.Requester is null || filter.ToReview is not null,
            _ => false,
        };
    }

    private static string? Columns(RequestFilter filter)
    {
        List<string> conditions = [];
        if (filter.Requester is { } requester) conditions.Add(TableClient.CreateQueryFilter($"Requester eq {requester}"));
        if (filter.AccessGroup is { } group) conditions.Add(TableClient.CreateQueryFilter($"AccessGroup eq {group}"));
        if (filter.Phase is { } phase) conditions.Add(TableClient.CreateQueryFilter($"Phase eq {phase.ToString()}"));
        if (filter.Status is { } status) conditions.Add(TableClient.CreateQueryFilter($"Status eq {status.ToString()}"));
        if (filter.Outcome is { } outcome) conditions.Add(TableClient.CreateQueryFilter($"Outcome eq {outcome.ToString()}"));
        if (filter.Emergency is { } emergency) conditions.Add(TableClient.CreateQueryFilter($"Emergency eq {emergency}"));
        if (filter.Kind is { } kind) conditions.Add(TableClient.CreateQueryFilter($"Kind eq {kind.ToString()}"));
        if (filter.Ticket is { } ticket) conditions.Add(TableClient.CreateQueryFilter($"Ticket eq {ticket}"));
        if (filter.ClosedFrom is { } closed) conditions.Add(TableClient.CreateQueryFilter($"ClosedAt ge {closed.UtcTicks}"));
        if (filter.Expired is true) conditions.Add("Outcome eq 'Expired'");
        return conditions.Count == 0 ? null : string.Join(" and ", conditions);
    }

    private static string And(string condition, string? more) => more is null ? condition : $"{condition} and {more}";
}
