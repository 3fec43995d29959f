using AccessFunctions.Domain.Requests;
using AccessFunctions.Integrations.Mail;

namespace AccessFunctions.Integrations.Slack;

/// <summary>How a request's decision came out, by whom and when, in <c>mrkdwn</c>.</summary>
internal static class SlackOutcome
{
    private const int NameLimit = 400;

    /// <summary>A word or two for a request that is not open any more.</summary>
    public static string Title(AccessRequest request) =>
        request.Emergency is not null ? "Emergency declared"
        : request.Phase == Phase.Denied ? "Denied"
        : request is { Phase: Phase.Closed, Outcome: Outcome.Cancelled } ? "Cancelled"
        : request is { Phase: Phase.Closed, Outcome: Outcome.Lapsed } ? "Lapsed"
        : "Approved";

    /// <summary>The sentence below the title.</summary>
    /// <param name="approvals">Who approved at the level that the message is about; empty where nobody did.</param>
    public static string Of(AccessRequest request, NoticeText text, string approvals)
    {
        if (request.Emergency is { } emergency)
            return $"{Escaped(text.NameAndId(request.Requester))} declared an emergency, {NoticeText.At(emergency.DeclaredAt)}, and skipped approval. Reactions no longer count; sign in to review it.";
        if (request.Phase == Phase.Denied)
        {
            return request.Settled is { } denied && request.Reviews.Any(review => review is { Counted: true, Verdict: Verdict.Deny } && review.By == denied.By)
                ? $"❌ Denied by {By(text, denied)}."
                : $"❌ Denied{When(request)}: the approvals still possible are too few.";
        }

        if (request is { Phase: Phase.Closed, Outcome: Outcome.Cancelled }) return $"Cancelled by {(request.Settled is { } cancelled ? By(text, cancelled) : "the system")}.";
        if (request is { Phase: Phase.Closed, Outcome: Outcome.Lapsed }) return $"Lapsed{When(request)}: nobody is given access, and nothing is left to decide.";
        if (approvals.Length == 0) approvals = "✅ Approved.";
        return Ended(request, text) is { Length: > 0 } ended ? $"{approvals} {ended}" : approvals;
    }

    /// <summary>How access ended, or is ending; empty while it lasts.</summary>
    public static string Ended(AccessRequest request, NoticeText text) => request.Outcome switch
    {
        Outcome.Revoked => $"Revoked by {(request.Settled is { } revoked ? By(text, revoked) : "the system")}.",
        Outcome.Released => $"Given back by {(request.Settled is { } released ? By(text, released) : "the requester")}.",
        Outcome.Expired => $"Access ended{When(request)}.",
        Outcome.Failed => $"Access could not be set up, and was given up{When(request)}.",
        Outcome.Cancelled or Outcome.Lapsed or null => "",
    };

    private static string By(NoticeText text, Settlement settled) => $"{Escaped(text.NameAndId(settled.By))}, {NoticeText.At(settled.At)}";

    private static string When(AccessRequest request) => request.Settled is { } settled ? $" {NoticeText.At(settled.At)}" : "";

    private static string Escaped(string text) => SlackText.Escape(text, NameLimit);
}
