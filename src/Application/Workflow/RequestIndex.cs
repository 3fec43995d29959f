using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Application.Workflow;

/// <summary>What a host keeps beside a state so that it can be found. Derived from the state alone.</summary>
/// <param name="ClosedAt">When it was closed or denied.</param>
/// <param name="ReviewDue">When the owed review of an emergency is due.</param>
/// <param name="Unfinished">Open … Revoking, or a review owed.</param>
/// <param name="ToReview">
/// Whose word it waits for, in ordinal order: who fills a seat of the current level and has not decided; approvers while the review of an
/// emergency is owed; fulfillers, or <see cref="Administrators"/>, while a grant waits for a confirmation.
/// </param>
/// <param name="Visible">Who may see it: requester, approvers and stand-ins of any level, fulfillers; in ordinal order.</param>
/// <param name="Pseudonymised">Free text was taken out of it, and nothing happened since.</param>
public sealed record RequestIndex(
    Phase Phase,
    Outcome? Outcome,
    bool Emergency,
    DateTimeOffset? ClosedAt,
    DateTimeOffset? NextDeadline,
    DateTimeOffset? ReviewDue,
    bool Unfinished,
    IReadOnlyList<string> ToReview,
    IReadOnlyList<Viewer> Visible,
    bool Pseudonymised)
{
    /// <summary>Stands in <see cref="ToReview"/> for whoever is an administrator, where a confirmation waits that nobody is named for. No person has such an id.</summary>
    public const string Administrators = "role:Admin";

    /// <summary>Reads it off a state.</summary>
    public static RequestIndex Of(AccessRequest request, DateTimeOffset? nextDeadline)
    {
        var over = IsOver(request);
        var owed = request.Emergency is { Review: null };
        return new RequestIndex(
            request.Phase, request.Outcome, request.Emergency is not null,
            request.ClosedAt ?? (over ? request.ChangedAt : null),
            nextDeadline,
            owed ? request.Emergency!.ReviewDueAt : null,
            IsUnfinished(request),
            Reviewers(request), Viewers(request),
            !Pseudonymisation.HasText(request));
    }

    /// <summary>True where the columns of the request's row say the same.</summary>
    public bool SameColumns(RequestIndex other) => this with { ToReview = other.ToReview, Visible = other.Visible } == other;

    /// <summary>Open … Revoking, or a review owed: something can still follow.</summary>
    public static bool IsUnfinished(AccessRequest request) => !IsOver(request) || request.Emergency is { Review: null };

    private static bool IsOver(AccessRequest request) => request.Phase is Phase.Closed or Phase.Denied;

    private static List<string> Reviewers(AccessRequest request)
    {
        var waiting = new SortedSet<string>(StringComparer.Ordinal);
        if (request.Phase == Phase.Open && request.Level >= 1 && request.Level <= request.Levels.Count)
        {
            waiting.UnionWith(request.Levels[request.Level - 1].Approvers.Where(person =>
                (person != request.Requester || request.Policy.AllowSelfApproval) && !HasDecided(request, person)));
        }

        if (request.Emergency is { Review: null }) waiting.UnionWith(request.Levels.SelectMany(static level => level.Approvers).Where(person => person != request.Requester));
        foreach (var grant in request.Grants)
        {
            if (grant.State is not (GrantState.AwaitingFulfiller or GrantState.AwaitingRemoval)) continue;
            if (grant.Fulfillers.Count == 0) waiting.Add(Administrators);
            waiting.UnionWith(grant.Fulfillers.Where(person => person != request.Requester));
        }

        return [.. waiting];
    }

    /// <summary>A person fills one seat in the whole request; the seat a stand-in filled is filled too.</summary>
    private static bool HasDecided(AccessRequest request, string person)
    {
        foreach (var review in request.Reviews)
        {
            if (review.Counted && (review.Seat == person || review.By == person)) return true;
        }

        return false;
    }

    private static List<Viewer> Viewers(AccessRequest request)
    {
        var people = new SortedDictionary<string, bool>(StringComparer.Ordinal) { [request.Requester] = false };
        foreach (var review in request.Reviews) people[review.By] = false;
        foreach (var grant in request.Grants)
        {
            foreach (var fulfiller in grant.Fulfillers) people[fulfiller] = false;
        }

        foreach (var level in request.Levels)
        {
            foreach (var person in level.Approvers) people[person] = true;
        }

        return [.. people.Select(static pair => new Viewer(pair.Key, pair.Value))];
    }
}

/// <summary>Someone who may see a request. <see cref="Approver"/>: as approver of some level, so that a stand-in sees it too.</summary>
public sealed record Viewer(string Person, bool Approver);
