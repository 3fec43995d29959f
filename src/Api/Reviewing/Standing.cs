using AccessFunctions.Application;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Api.Reviewing;

/// <summary>What has become of a link that is ours.</summary>
internal enum Standing
{
    /// <summary>It can decide.</summary>
    Open,

    /// <summary>It has decided.</summary>
    Used,

    /// <summary>Its time is over.</summary>
    Expired,

    /// <summary>The request was changed since.</summary>
    Stale,

    /// <summary>Its level has passed.</summary>
    LevelPassed,

    /// <summary>Its level is not the one that decides now.</summary>
    LevelWaits,

    /// <summary>The request is decided, or the access is on its end.</summary>
    Settled,

    /// <summary>Its reader, or their stand-in, has decided in another way.</summary>
    Decided,

    /// <summary>Its reader may no longer decide.</summary>
    NotYours,
}

/// <summary>Reads off a request where a link stands. Says what a page shows; the request's own door has the last word.</summary>
internal static class Standings
{
    /// <summary>Where the link stands now.</summary>
    /// <param name="actions">What its reader may do now, as the words of the routes.</param>
    public static Standing Of(ReviewLink link, AccessRequest request, IReadOnlyList<string> actions, DateTimeOffset now)
    {
        if (Attempt(link, request).Used) return Standing.Used;
        if (now >= link.ExpiresAt) return Standing.Expired;
        return link.Kind == ReviewLinkKind.Revoke ? OfRevocation(request, actions) : OfDecision(link, request, actions);
    }

    /// <summary>
    /// The id of the signal that the link sends: the token's, and after an attempt that was refused (a period that does not fit) the token's
    /// with a number, because the same id gets the same answer. <c>Used</c>: a signal of the link was taken.
    /// </summary>
    public static (string SignalId, bool Used) Attempt(ReviewLink link, AccessRequest request)
    {
        for (var attempt = 1; ; attempt++)
        {
            var id = attempt == 1 ? link.TokenId : $"{link.TokenId}.{attempt}";
            if (request.Seen.LastOrDefault(seen => seen.Id == id && seen.By == link.Person) is not { } seen) return (id, false);
            if (seen.Refused is null) return (id, true);
        }
    }

    /// <summary>What the link decided; null where that cannot be told from another link's decision of the same reader.</summary>
    public static Verdict? VerdictOf(ReviewLink link, AccessRequest request)
    {
        var verdicts = request.Reviews
            .Where(review => review.By == link.Person && review.Level == link.Level && review.Channel == Channel.EmailLink
                && (review.Revision == link.Revision || review.Revision == link.Revision + 1)) // a change makes the next one
            .Select(static review => review.Verdict).Distinct().ToList();
        return verdicts is [var only] ? only : null;
    }

    private static Standing OfRevocation(AccessRequest request, IReadOnlyList<string> actions) => request.Phase switch
    {
        Phase.Scheduled or Phase.Provisioning or Phase.Active => actions.Contains("revoke") ? Standing.Open : Standing.NotYours,
        Phase.Open or Phase.Revoking or Phase.Closed or Phase.Denied => Standing.Settled,
    };

    private static Standing OfDecision(ReviewLink link, AccessRequest request, IReadOnlyList<string> actions)
    {
        if (request.Phase != Phase.Open) return Standing.Settled;
        if (request.Revision != link.Revision) return Standing.Stale;
        if (request.Level > link.Level) return Standing.LevelPassed;
        if (request.Level < link.Level) return Standing.LevelWaits;
        if (request.Reviews.Any(review => review.Counted && (review.By == link.Person || review.Seat == link.Person))) return Standing.Decided;
        return actions.Contains("deny") ? Standing.Open : Standing.NotYours;
    }
}
