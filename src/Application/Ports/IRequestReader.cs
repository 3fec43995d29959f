using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Application.Ports;

/// <summary>Reads requests and the facts about them that decisions need.</summary>
public interface IRequestReader
{
    /// <summary>The request as last committed, or null.</summary>
    Task<AccessRequest?> Find(string id, CancellationToken cancellation);

    /// <summary>
    /// Newest first. Filters combine with "and". A page looks at a bounded number of requests: where few of those match, it has fewer than
    /// <paramref name="limit"/>, perhaps none, and a cursor to go on from.
    /// </summary>
    /// <exception cref="FormatException">The cursor is not one that this list gave.</exception>
    Task<Page<AccessRequest>> List(RequestFilter filter, string? cursor, int limit, CancellationToken cancellation);

    /// <summary>
    /// Counts what <see cref="List"/> would give, newest first, at most so many, of so many looked at, as the host can within a page's time. By
    /// the index where that says enough: a request that changes at this moment may count as what it was.
    /// </summary>
    Task<RequestCounts> Count(RequestFilter filter, CancellationToken cancellation);

    /// <summary>Emergencies of a person whose review is owed.</summary>
    Task<IReadOnlyList<EmergencyDebt>> EmergencyDebts(string person, CancellationToken cancellation);

    /// <summary>
    /// The newest justification that this person gave, since <paramref name="since"/>, for exactly these resources and this kind, in this
    /// access group; null where there is none.
    /// </summary>
    Task<string?> Justification(string person, string accessGroup, AccessKind kind, IReadOnlyList<string> resources, DateTimeOffset since, CancellationToken cancellation);

    /// <summary>Ids of the person's requests that were denied since then and share a resource.</summary>
    Task<IReadOnlyList<string>> RecentlyDenied(string person, IReadOnlyList<string> resources, DateTimeOffset since, CancellationToken cancellation);

    /// <summary>Ids of the requests that are not finished (Open … Revoking, or a review owed), for directory changes.</summary>
    /// <param name="after">Only those submitted after this one, as <see cref="Newest"/> gave it; null: all.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="FormatException">The place is not one that <see cref="Newest"/> gave.</exception>
    IAsyncEnumerable<string> Unfinished(string? after, CancellationToken cancellation);

    /// <summary>The place of the newest request, opaque: whatever is submitted from now on comes after it. Null where there is no request.</summary>
    Task<string?> Newest(CancellationToken cancellation);
}

/// <summary>What to list. Null members do not filter.</summary>
public sealed record RequestFilter
{
    /// <summary>Only the request with exactly this id.</summary>
    public string? Id { get; init; }

    public Status? Status { get; init; }
    public Phase? Phase { get; init; }
    public Outcome? Outcome { get; init; }
    public bool? Emergency { get; init; }

    /// <summary>Only requests of this person.</summary>
    public string? Requester { get; init; }

    /// <summary>Only requests that wait for a word of one of these people: a decision at the current level, the review of an emergency, a confirmation by hand (stand-ins included by the caller as further ids).</summary>
    public IReadOnlyList<string>? ToReview { get; init; }

    /// <summary>Only requests this person may see: as requester, as approver of any level, or as fulfiller of a grant; null for administrators and auditors.</summary>
    public string? VisibleTo { get; init; }

    /// <summary>People whom <see cref="VisibleTo"/> stands in for: requests on which one of them is an approver of any level are visible too.</summary>
    public IReadOnlyList<string> StandsInFor { get; init; } = [];
    public AccessKind? Kind { get; init; }

    /// <summary>An exact resource.</summary>
    public string? Resource { get; init; }
    public string? Platform { get; init; }
    public string? AccessGroup { get; init; }
    public string? Ticket { get; init; }

    /// <summary>Only where this text is in the justification, in capitals or not. Not indexed.</summary>
    public string? Justification { get; init; }

    /// <summary>Only where this text is in the reason, in capitals or not. Not indexed.</summary>
    public string? Reason { get; init; }

    /// <summary>Only where the period ends later than this. Not indexed.</summary>
    public DateTimeOffset? PeriodFrom { get; init; }

    /// <summary>Only where the period begins before this. Not indexed.</summary>
    public DateTimeOffset? PeriodTo { get; init; }

    /// <summary>Inclusive.</summary>
    public DateTimeOffset? CreatedFrom { get; init; }

    /// <summary>Exclusive.</summary>
    public DateTimeOffset? CreatedTo { get; init; }

    /// <summary>Only requests that closed (or were denied) at this instant or later.</summary>
    public DateTimeOffset? ClosedFrom { get; init; }

    /// <summary>True: closed with outcome Expired; false: everything else.</summary>
    public bool? Expired { get; init; }
}

/// <summary>One page; <see cref="Next"/> is an opaque cursor, null at the end.</summary>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);

/// <summary>How many requests there are, by what they are and when they were submitted.</summary>
/// <param name="More">True where older ones were left out.</param>
public sealed record RequestCounts(IReadOnlyList<RequestCount> Cells, bool More)
{
    /// <summary>How many were counted.</summary>
    public int Total => Cells.Sum(static cell => cell.Number);
}

/// <summary>So many requests of one kind.</summary>
/// <param name="From">They were submitted within the <see cref="Span"/> that begins here: short enough to fall into one day of any zone.</param>
public sealed record RequestCount(Phase Phase, bool Emergency, DateTimeOffset From, int Number)
{
    /// <summary>A quarter of an hour, by which every zone's midnight is one of its beginnings.</summary>
    public static TimeSpan Span { get; } = TimeSpan.FromMinutes(15);

    /// <summary>The beginning of the span in which an instant lies.</summary>
    public static DateTimeOffset Begin(DateTimeOffset at) => new(at.UtcTicks - (at.UtcTicks % Span.Ticks), TimeSpan.Zero);
}
