using AccessFunctions.Application;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;
using Microsoft.AspNetCore.Http;

namespace AccessFunctions.Api.Reviewing;

/// <summary>What people are told about a link, in plain words: title, sentences, status.</summary>
internal sealed record ReviewText(int Status, string Title, string? Tone, params IReadOnlyList<string> Says)
{
    private const string Elsewhere = "Nothing was changed by this.";

    /// <summary>Said of whatever is no link of ours; the same for all, so that nobody learns anything.</summary>
    public static ReviewText Foreign { get; } = new(
        StatusCodes.Status404NotFound, "This link does not work", "bad",
        "It is not a link that was sent from here, or a part of it was lost on the way. Open it once more from the mail, or sign in.");

    public static ReviewText Gone { get; } = new(
        StatusCodes.Status403Forbidden, "This link is no longer yours to use", "bad",
        "The directory no longer lists you, so you cannot decide. Ask an administrator if that is wrong.");

    public static ReviewText CrossSite { get; } = new(
        StatusCodes.Status403Forbidden, "Nothing was decided", "bad", "The form came from another site. Open the link from the mail, and decide there.");

    public static ReviewText NoTicket { get; } = new(
        StatusCodes.Status403Forbidden, "Please decide again", "bad", "Nothing was decided: the page was open for more than a day, or the form came from elsewhere. Look at it again, and decide below.");

    public static ReviewText Pending { get; } = new(
        StatusCodes.Status202Accepted, "Taken: it is being recorded", null, "Your decision was taken and is being recorded. Open this page again in a minute to see it.");

    /// <summary>Asks for the decision.</summary>
    public static ReviewText Ask(ReviewLink link, AccessRequest request, IPeople people)
    {
        var requester = RequestFacts.Name(people, request.Requester);
        if (link.Kind == ReviewLinkKind.Revoke)
        {
            return new(StatusCodes.Status200OK, $"Emergency: {requester} has {RequestWords.What(request)} without approval", "bad",
                "If it should not be, revoke it: one approver is enough. Opening this page changes nothing.");
        }

        return new(StatusCodes.Status200OK, $"{requester} asks for {RequestWords.What(request)}", null,
            $"Your decision is needed at level {link.Level} of {request.Levels.Count}. Opening this page changes nothing.");
    }

    /// <summary>Says why the link cannot decide any more.</summary>
    public static ReviewText Of(Standing standing, ReviewLink link, AccessRequest request, IPeople people) => standing switch
    {
        Standing.Open => Ask(link, request, people),
        Standing.Used => Used(link, request),
        Standing.Expired => new(StatusCodes.Status410Gone, "This link has expired", "bad", $"It could be used until {RequestWords.At(link.ExpiresAt)}. {Elsewhere}", SettledBy(request, people)),
        Standing.Stale => new(StatusCodes.Status409Conflict, "The request was changed", "bad",
            $"This link is about revision {link.Revision}; the request is now at revision {request.Revision}. {Elsewhere}", "If your decision is needed again, another mail asks you for it."),
        Standing.LevelPassed => new(StatusCodes.Status409Conflict, $"Level {link.Level} is settled", "bad",
            $"It was settled by {Approvers(link.Level, request, people)}, and level {request.Level} decides now. {Elsewhere}"),
        Standing.LevelWaits => new(StatusCodes.Status409Conflict, "It is not your turn", "bad", $"Level {request.Level} decides now. You get another mail when level {link.Level} is asked."),
        Standing.Settled => new(StatusCodes.Status409Conflict, "This is settled", "bad", SettledBy(request, people), Elsewhere),
        Standing.Decided => Decided(link, request, people),
        Standing.NotYours => new(StatusCodes.Status403Forbidden, "This is not yours to decide", "bad", "You are no longer among those who decide on this request."),
        _ => throw new ArgumentOutOfRangeException(nameof(standing)),
    };

    /// <summary>Another verdict by a link that was used.</summary>
    public static ReviewText AlreadyUsed(ReviewLink link, AccessRequest request) => Used(link, request) with
    {
        Status = StatusCodes.Status409Conflict,
        Title = "This link was already used",
        Tone = "bad",
        Says = [.. Used(link, request).Says, "A link decides once. To change your decision, sign in."],
    };

    /// <summary>What a decision that was taken did.</summary>
    public static ReviewText Taken(ReviewLink link, ReviewVerdict verdict, AccessRequest request)
    {
        var title = Done(verdict);
        if (verdict == ReviewVerdict.Revoke) return new(StatusCodes.Status200OK, title, "good", Following(request));
        return request.Revision > link.Revision && verdict == ReviewVerdict.Approve && request.Phase == Phase.Open
            ? new(StatusCodes.Status200OK, title, "good", $"You changed what is asked, so it is now revision {request.Revision}: everyone is asked again, and your approval counts for it.", Following(request))
            : new(StatusCodes.Status200OK, title, "good", Following(request));
    }

    /// <summary>What the reader did, in a few words.</summary>
    internal static string Done(ReviewVerdict verdict) => verdict switch
    {
        ReviewVerdict.Revoke => "You revoked this access",
        ReviewVerdict.Approve => "You approved this request",
        _ => "You denied this request",
    };

    private static ReviewText Used(ReviewLink link, AccessRequest request) =>
        link.Kind == ReviewLinkKind.Revoke ? Taken(link, ReviewVerdict.Revoke, request)
        : Standings.VerdictOf(link, request) is { } verdict ? Taken(link, verdict == Verdict.Approve ? ReviewVerdict.Approve : ReviewVerdict.Deny, request)
        : new(StatusCodes.Status200OK, "You have decided with this link", null, Following(request));

    private static ReviewText Decided(ReviewLink link, AccessRequest request, IPeople people)
    {
        var review = request.Reviews.First(review => review.Counted && (review.By == link.Person || review.Seat == link.Person));
        var who = review.By == link.Person ? "You" : $"{RequestFacts.Name(people, review.By)}, who stands in for you,";
        return new(StatusCodes.Status409Conflict, "This is decided already", "bad",
            $"{who} {(review.Verdict == Verdict.Approve ? "approved" : "denied")} it on {RequestWords.At(review.At)}. {Elsewhere}", "To change your decision, sign in.");
    }

    /// <summary>What follows now, in a sentence or two.</summary>
    internal static string Following(AccessRequest request) => request.Phase switch
    {
        Phase.Open => $"{RequestWords.Standing(request)}. Whoever is needed next has been asked.",
        Phase.Scheduled => $"Access starts {RequestWords.At(request.Period.Start)} by itself.",
        Phase.Provisioning => "Access is being set up now.",
        Phase.Active => $"Access is active until {RequestWords.At(request.Period.End)}.",
        Phase.Revoking => "The access is being removed. The request closes only once it is seen to be gone.",
        Phase.Closed => $"The request is closed: {RequestWords.Ended(request).ToLowerInvariant()}.",
        Phase.Denied => "The request is denied: no access is given.",
    };

    private static string SettledBy(AccessRequest request, IPeople people)
    {
        var standing = request.Phase == Phase.Open ? "It is still open" : RequestWords.Standing(request);
        return request.Settled is { } settled
            ? $"{standing}. It was settled by {RequestFacts.Name(people, settled.By)} on {RequestWords.At(settled.At)}."
            : $"{standing}.";
    }

    private static string Approvers(int level, AccessRequest request, IPeople people)
    {
        var names = request.Reviews.Where(review => review is { Counted: true, Verdict: Verdict.Approve } && review.Level == level)
            .Select(review => $"{RequestFacts.Name(people, review.By)} on {RequestWords.At(review.At)}").ToList();
        return names.Count > 0 ? string.Join(", ", names) : "others";
    }
}
