using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Application.Channels.Replies;

/// <summary>What the sender of a reply is told: what came of it, and what they can do.</summary>
public sealed record ReplyWords(string Lead, string Next)
{
    private const string SignIn = "Open the request's page and sign in to decide there.";
    private const string Nothing = "There is nothing for you to do; the request's page says more.";
    private const string OtherMail = "Reply to the mail that asked you, and leave its address as it is. Or sign in and decide on the request's page.";

    /// <summary>A decision that counts.</summary>
    public static ReplyWords Counted(Verdict verdict) => new(
        verdict == Verdict.Approve ? "Your reply was counted: you approved the request." : "Your reply was counted: you denied the request.",
        "If that was not you, tell an administrator at once; the request's page says how it stands.");

    /// <summary>A mail that does not reach its request; the reasons are those of the audit.</summary>
    public static ReplyWords Of(string reason) => reason switch
    {
        "reply-token-missing" => new("Your mail was not addressed to one request, so nothing was decided.", OtherMail),
        "reply-token-unknown" => new("The address you replied to belongs to no request that is known here, so nothing was decided.", OtherMail),
        "reply-token-expired" => new("The time to reply to that mail is over, so nothing was decided.", SignIn),
        "reply-sender" => new("That mail was sent to somebody else, and only that person can reply to it. Nothing was decided.",
            "If you are an approver too, reply to your own mail, or sign in and decide on the request's page."),
        "reply-word-missing" => new("Your reply does not begin with APPROVE or DISAPPROVE, so nothing was decided.",
            "Reply once more: put APPROVE or DISAPPROVE alone on the first line, above everything else. What you write below it becomes your comment."),
        "reply-used" => new("You replied to that mail before, and that reply was counted; this one changes nothing.", "To change your decision, sign in on the request's page while the request is open."),
        "reply-request" => new("The request is not there any more, or is not yours to decide on; nothing was decided.", "Ask an administrator if that is wrong."),
        _ => new("Your reply could not be used, so nothing was decided.", SignIn),
    };

    /// <summary>A refusal by the request's own rules.</summary>
    public static ReplyWords Of(Refusal refusal, Verdict verdict) => refusal.Reason switch
    {
        RefusalReason.AssuranceTooLow => new("This level counts no approval by reply, so nothing was decided.",
            "Sign in to approve, on the request's page, or use the button of the mail where it has one that approves. To deny it, you can reply DISAPPROVE."),
        RefusalReason.RoleRequired or RefusalReason.RoleNotOffered or RefusalReason.IdentityRequired or RefusalReason.IdentityNotAllowed => new(
            "This request leaves a choice to its approver, the role or the identity, and a reply cannot make it. Nothing was decided.",
            "Open the request's page, sign in, choose, and approve there. To deny it, you can reply DISAPPROVE."),
        RefusalReason.StaleRevision => new("The request was changed after that mail was sent to you, so your reply was not counted.",
            "Look at what is asked now: reply to the newer mail about it, or sign in on the request's page."),
        RefusalReason.AlreadySettled => new("Others settled this before you, so your reply was not counted.", Nothing),
        RefusalReason.AlreadyDecided => new("You decided on this before, or somebody decided in your place, so your reply was not counted.", Nothing),
        RefusalReason.NoActionsAvailable => new("The request is closed or denied, so your reply was not counted.", Nothing),
        RefusalReason.NotNow or RefusalReason.EmergencyInForce => new("The request is no longer waiting for a decision, so your reply was not counted.", Nothing),
        RefusalReason.NotYourLevel => new("Your decision is not the one that is needed now, so your reply was not counted.", "Wait: you are told when it is."),
        RefusalReason.SelfReview => new("Nobody decides on their own request, so your reply was not counted.", "Wait for another approver."),
        RefusalReason.NotAnApprover or RefusalReason.NotPermitted or RefusalReason.NotActive or RefusalReason.NotFound or RefusalReason.NotTheRequester => new(
            "You are no approver of this request any more, so your reply was not counted.", "Ask an administrator if that is wrong."),
        RefusalReason.PeriodPassed or RefusalReason.PeriodInvalid or RefusalReason.PeriodNotChangeable or RefusalReason.OutsideWindows => new(
            "The time that the request asks for is over or cannot be used, so your approval was not counted.",
            "Sign in on the request's page to choose another period, or reply DISAPPROVE."),
        RefusalReason.CommentRequired => new("This decision needs a comment that says why, so your reply was not counted.",
            verdict == Verdict.Deny ? "Reply once more, with your reason below the word DISAPPROVE." : SignIn),
        RefusalReason.InvalidAsk or RefusalReason.NoRule or RefusalReason.SeveralGroups or RefusalReason.Unsolvable or RefusalReason.AlreadySubmitted
            or RefusalReason.EmergencyNotAllowed or RefusalReason.EmergencyDebt or RefusalReason.ReviewNotOwed or RefusalReason.ExtensionNotAllowed or RefusalReason.ApprovalRequired => new(
            "Your reply could not be counted.", SignIn),
    };
}
