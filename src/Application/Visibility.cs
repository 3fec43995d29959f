using AccessFunctions.Application.Ports;
using AccessFunctions.Application.Workflow;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Application;

/// <summary>Who may see a request: its requester, its approvers of every level (escalation lists and stand-ins too), its fulfillers, administrators and auditors.</summary>
internal static class Visibility
{
    /// <summary>True where the caller may see the request.</summary>
    public static bool MaySee(Caller caller, AccessRequest request, IPeople people, DateTimeOffset now)
    {
        if (caller.IsAdministrator || caller.IsAuditor || request.Requester == caller.Id) return true;
        if (request.Grants.Any(grant => grant.Fulfillers.Contains(caller.Id, StringComparer.Ordinal))) return true;
        return IsApprover(request, caller.Id) || Facts.StoodInFor(caller.Id, people, now).Any(absent => IsApprover(request, absent));
    }

    /// <summary>Narrows a filter to what the caller may see.</summary>
    /// <param name="oversees">Whether everybody's requests are meant; null: for administrators and auditors.</param>
    public static RequestFilter Narrow(Caller caller, RequestFilter filter, bool mine, bool toReview, IPeople people, DateTimeOffset now, bool? oversees = null)
    {
        List<string> absent = [.. Facts.StoodInFor(caller.Id, people, now)];
        if (mine) filter = filter with { Requester = caller.Id };

        // What waits for a seat of the caller's, own or stood in for, is theirs to see: no further narrowing.
        if (toReview) return filter with { ToReview = [caller.Id, .. absent, .. caller.IsAdministrator ? [RequestIndex.Administrators] : (string[])[]], VisibleTo = null, StandsInFor = [] };
        return oversees ?? (caller.IsAdministrator || caller.IsAuditor)
            ? filter with { ToReview = null, VisibleTo = null, StandsInFor = [] }
            : filter with { ToReview = null, VisibleTo = caller.Id, StandsInFor = absent };
    }

    private static bool IsApprover(AccessRequest request, string person) =>
        request.Levels.Any(level => level.Approvers.Contains(person, StringComparer.Ordinal) || level.EscalateTo.Contains(person, StringComparer.Ordinal))
        || request.Reviews.Any(review => review.By == person);
}
