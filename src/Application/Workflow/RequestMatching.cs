using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Application.Workflow;

/// <summary>What a filter means, told by a request itself.</summary>
public static class RequestMatching
{
    /// <summary>True where the filter asks for what no index says: each request has to be read for it.</summary>
    public static bool ReadsStates(RequestFilter filter) => filter is not { Justification: null, Reason: null, PeriodFrom: null, PeriodTo: null };

    /// <summary>True where a request says what of the filter is in no index.</summary>
    public static bool Says(RequestFilter filter, AccessRequest request) =>
        Contains(request.Justification, filter.Justification)
        && Contains(request.Ask.Reason, filter.Reason)
        && !(filter.PeriodFrom is { } from && request.Period.End <= from)
        && !(filter.PeriodTo is { } to && request.Period.Start >= to);

    /// <summary>True where a request is what the filter asks for.</summary>
    public static bool Matches(RequestFilter filter, AccessRequest request)
    {
        if (!Says(filter, request)) return false;
        if (filter.Id is { } id && request.Id != id) return false;
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

    private static bool Contains(string? text, string? part) => part is null || text?.Contains(part, StringComparison.OrdinalIgnoreCase) == true;
}
