using AccessFunctions.Application.Ports;
using AccessFunctions.Application.Workflow;
using AccessFunctions.Domain.Requests;
using Azure.Data.Tables;

namespace AccessFunctions.Functions.Storage;

/// <summary>What a filter asks for: which index partitions hold it, what of it the service can check on their rows, and what snapshots must say.</summary>
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
        if (filter.Platform is { } platform) return [(RequestIndexRows.Platform(RequestIndexRows.PlatformOf(platform)), columns)];
        var sets = (filter.Status ?? filter.Phase?.Status()) is { } status ? [RequestIndexRows.Status(status)]
            : filter.ClosedFrom is not null ? [RequestIndexRows.Status(Status.Closed), RequestIndexRows.Status(Status.Denied)]
            : new[] { RequestIndexRows.Everything };
        return [.. sets.SelectMany(TableKeys.Sharded).Select(partition => (partition, columns))];
    }

    /// <summary>True where the partitions of <see cref="Sources"/> and the columns of their rows say all that the filter asks for.</summary>
    public static bool IsTold(RequestFilter filter)
    {
        // Each of these is told by its own partition alone; Sources takes the first that is asked for.
        var places = new[] { filter.ToReview is not null, filter.VisibleTo is { } viewer && viewer != filter.Requester, filter.Resource is not null, filter.Platform is not null };
        return places.Count(static asked => asked) switch
        {
            0 => true,
            1 => filter.Requester is null || filter.ToReview is not null,
            _ => false,
        };
    }

    /// <summary>True where a snapshot is what the filter asks for.</summary>
    public static bool Matches(RequestFilter filter, AccessRequest request)
    {
        if (filter.Requester is { } requester && request.Requester != requester) return false;
        if (filter.AccessGroup is { } group && request.Policy.AccessGroup != group) return false;
        if (filter.Phase is { } phase && request.Phase != phase) return false;
        if (filter.Status is { } status && request.Phase.Status() != status) return false;
        if (filter.Outcome is { } outcome && request.Outcome != outcome) return false;
        if (filter.Emergency is { } emergency && request.Emergency is not null != emergency) return false;
        if (filter.Kind is { } kind && request.Ask.Kind != kind) return false;
        if (filter.Ticket is { } ticket && request.Ask.Ticket != ticket) return false;
        if (filter.CreatedFrom is { } from && request.CreatedAt < from) return false;
        if (filter.CreatedTo is { } to && request.CreatedAt >= to) return false;
        if (filter.Expired is { } expired && request.Outcome == Outcome.Expired != expired) return false;
        if (filter.Resource is { } resource && !request.Ask.Resources.Contains(resource, StringComparer.Ordinal)) return false;
        if (filter.Platform is { } platform && !request.Ask.Resources.Any(asked => asked == platform || asked.StartsWith($"{platform}/", StringComparison.Ordinal))) return false;
        if (filter is { ToReview: null, VisibleTo: null, ClosedFrom: null }) return true;

        var index = RequestIndex.Of(request, nextDeadline: null);
        if (filter.ClosedFrom is { } closed && !(index.ClosedAt >= closed)) return false;
        if (filter.ToReview is { } reviewers && !index.ToReview.Any(person => reviewers.Contains(person, StringComparer.Ordinal))) return false;
        return filter.VisibleTo is not { } viewer
            || index.Visible.Any(one => one.Person == viewer || (one.Approver && filter.StandsInFor.Contains(one.Person, StringComparer.Ordinal)));
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
