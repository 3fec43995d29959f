using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Api.Pages.One;

/// <summary>What notices are about, and how they went, in words.</summary>
internal static class NoticeLabels
{
    public static string Of(NoticeKind kind) => kind switch
    {
        NoticeKind.ReviewAsked => "Please decide",
        NoticeKind.ReviewReminder => "Reminder to decide",
        NoticeKind.Escalated => "Escalated: please decide",
        NoticeKind.Superseded => "The request was changed",
        NoticeKind.Settled => "It is decided already",
        NoticeKind.Approved => "Approved",
        NoticeKind.Denied => "Denied",
        NoticeKind.Cancelled => "Cancelled",
        NoticeKind.Lapsed => "Lapsed",
        NoticeKind.Scheduled => "Approved, starts later",
        NoticeKind.Informed => "For information: given without approval",
        NoticeKind.Active => "The access is ready",
        NoticeKind.ProvisioningFailed => "Setting up failed",
        NoticeKind.Extended => "Extended",
        NoticeKind.ExtendFailed => "Not extended",
        NoticeKind.Revoked => "Revoked",
        NoticeKind.Expired => "The end was reached",
        NoticeKind.Released => "Given back",
        NoticeKind.Failed => "Given up",
        NoticeKind.EmergencyDeclared => "Emergency declared",
        NoticeKind.EmergencyReviewed => "Emergency reviewed",
        NoticeKind.EmergencyReviewOverdue => "Review of the emergency is overdue",
        NoticeKind.EmergencyNoticeUndelivered => "No approver was reached about the emergency",
        NoticeKind.RevocationFailing => "Removal keeps failing",
        NoticeKind.AccessReturned => "The access was there again, and is removed again",
        NoticeKind.FulfilmentAsked => "Please give the access",
        NoticeKind.RemovalAsked => "Please remove the access",
        NoticeKind.FetchAgain => "The secret was changed: fetch it again",
    };

    /// <summary>A channel by the name that adapters give it.</summary>
    public static string Channel(string? channel) => channel switch
    {
        null => "-",
        "smtp" or "e-mail" => "E-mail",
        "pickup" => "E-mail (mailbox of the demo)",
        "slack" => "Slack",
        _ => channel,
    };

    /// <summary>False for what was not meant for the reader in person: a chat shows the same message to all.</summary>
    public static bool Tells(NoticeOutcome outcome) => outcome.Result != NoticeResult.NotSent || outcome.Channel is null || IsMail(outcome.Channel);

    /// <summary>True where the channel reaches people by their address.</summary>
    public static bool IsMail(string? channel) => channel is "smtp" or "e-mail" or "pickup";
}
