using AccessFunctions.Application;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Integrations.Mail;

/// <summary>What a mail lets its reader do by itself, beside the request's page. Made anew for each mail.</summary>
public sealed record MailActions
{
    /// <summary>A mail that only tells.</summary>
    public static MailActions None { get; } = new();

    /// <summary>The link that decides; null: none.</summary>
    public Uri? Review { get; init; }

    /// <summary>The link that takes an emergency's access away; null: none.</summary>
    public Uri? Revoke { get; init; }

    /// <summary>True where a reply is awaited that may approve.</summary>
    public bool Replies { get; init; }

    /// <summary>Whether links were made: their addresses are tokens.</summary>
    public override string ToString() => $"MailActions(review: {Review is not null}, revoke: {Revoke is not null}, replies: {Replies})";

    /// <summary>True where the notice asks for a decision, and this reader's is still open.</summary>
    internal static bool AwaitsDecision(Notice notice)
    {
        var (request, effect, reader) = (notice.Request, notice.Effect, notice.To.Id);
        return effect.Kind is NoticeKind.ReviewAsked or NoticeKind.ReviewReminder or NoticeKind.Escalated
            && new NoticeText(notice).Pending
            && LevelOf(notice).Approvers.Contains(reader, StringComparer.Ordinal)
            && (reader != request.Requester || request.Policy.AllowSelfApproval)
            && !request.Reviews.Any(review => review.Counted && (review.By == reader || review.Seat == reader));
    }

    /// <summary>True where the notice tells of an emergency's access that this reader can take away.</summary>
    internal static bool OffersRevocation(Notice notice) =>
        notice.Effect.Kind is NoticeKind.EmergencyDeclared or NoticeKind.EmergencyNoticeUndelivered
        && notice.Request.Phase is Phase.Scheduled or Phase.Provisioning or Phase.Active
        && notice.To.Id != notice.Request.Requester;

    /// <summary>True where an approval by mail would count: the level takes it, and nothing is left to choose.</summary>
    internal static bool TakesReplies(Notice notice) =>
        LevelOf(notice).MinimumAssurance <= Channel.EmailReply && !StillToChoose.Role(notice.Request) && !StillToChoose.Identity(notice.Request);

    /// <summary>True where no approval through a link would count: the level takes none, or the link's page cannot make a choice that is left.</summary>
    internal static bool NeedsSignIn(Notice notice) => LevelOf(notice).MinimumAssurance > Channel.EmailLink || StillToChoose.Identity(notice.Request);

    private static Level LevelOf(Notice notice) => notice.Request.Levels[notice.Effect.Level - 1];
}
