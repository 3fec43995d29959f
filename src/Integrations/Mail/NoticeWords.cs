using AccessFunctions.Application;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Integrations.Mail;

/// <summary>Subject, lead and next step of every kind of notice.</summary>
internal static class NoticeWords
{
    private const string NothingToDo = "There is nothing for you to do.";

    /// <summary>The words of one notice.</summary>
    public sealed record Words(string Subject, string Lead, string Next, bool Urgent = false);

    public static Words Of(NoticeText text) => text.Effect.Kind switch
    {
        NoticeKind.ReviewAsked => text.Effect.Revision > 1
            ? new($"Please decide again: {text.Requester} asks for {text.What}",
                $"{text.Requester} asks for {text.What}. It was changed and is now revision {text.Effect.Revision}, so your decision is needed at {text.AtLevel}; earlier approvals no longer count.",
                Decide(text))
            : new($"Please decide: {text.Requester} asks for {text.What}",
                $"{text.Requester} asks for {text.What}, and your decision is needed at {text.AtLevel}.", Decide(text)),
        NoticeKind.ReviewReminder => new($"Reminder: {text.Requester} waits for your decision on {text.What}",
            $"{text.Requester} still waits for your decision on {text.What} at {text.AtLevel}.", Decide(text)),
        NoticeKind.Escalated => new($"Escalated to you: {text.Requester} asks for {text.What}",
            $"{text.Requester} asks for {text.What}. It was not decided in time at {text.AtLevel}, so you are asked too.", Decide(text)),
        NoticeKind.Superseded => new($"Changed: {text.Requester} asks for {text.What}",
            $"{text.TheRequest} was changed{ByWhom(text)} and is now revision {text.Request.Revision}. What you were told before no longer counts.",
            "Whoever has to decide it again is asked in a message of its own."),
        NoticeKind.Settled => Settled(text),
        NoticeKind.Approved => new($"Approved: {text.What}", $"{text.TheRequest} is approved; the last word was {text.By ?? "the policy"}'s.",
            "Access is being set up now. You get another message when it is ready."),
        NoticeKind.Scheduled => new($"Approved: {text.What}, starts {NoticeText.At(text.Request.Period.Start)}",
            $"{text.TheRequest} is approved; the last word was {text.By ?? "the policy"}'s.",
            $"Access starts {NoticeText.At(text.Request.Period.Start)} by itself. You get another message when it is ready."),
        NoticeKind.Denied => new($"Denied: {text.What}",
            text.By is { } denier ? $"{text.TheRequest} was denied by {denier}." : $"{text.TheRequest} was denied: the approvals still possible are too few.",
            "No access is given. You can ask again with what was missing."),
        NoticeKind.Cancelled => new($"Cancelled: {text.What}", $"{text.TheRequest} was cancelled{ByWhom(text)}.", "No access is given. The record stays."),
        NoticeKind.Lapsed => new($"Lapsed: {text.What}", $"{text.TheRequest} lapsed: it was not decided while there was time for it.",
            text.Own ? "No access is given. You can ask again." : NothingToDo),
        NoticeKind.Informed => new($"For information: {text.Requester} gets {text.What}",
            $"{text.Requester} gets {text.What}. The access group {text.Request.Policy.AccessGroup} asks for no approval here.",
            "If this should not be, revoke it on the request page."),
        NoticeKind.Active => new($"Ready: {text.What} until {NoticeText.At(text.Request.Period.End)}",
            $"{text.TheAccess} is active until {NoticeText.At(text.Request.Period.End)}.", Use(text)),
        NoticeKind.ProvisioningFailed => new($"Setting up failed: {(text.Own ? "" : $"{text.Requester}, ")}{text.What}",
            $"{text.TheAccess} could not be set up.",
            text.Request.Phase == Phase.Provisioning
                ? "It is tried again by itself. You are told when it works, or when it is given up."
                : "It was given up. Anything that was set up is taken away again."),
        NoticeKind.Extended => new($"Extended: {(text.Own ? "" : $"{text.Requester}, ")}{text.What} until {NoticeText.At(text.Request.Period.End)}",
            $"{text.TheAccess} now lasts until {NoticeText.At(text.Request.Period.End)}.", text.Own ? "Nothing changes but the end." : "If this should not be, revoke it on the request page."),
        NoticeKind.ExtendFailed => new($"Not extended: {text.What}", $"{text.TheAccess} could not be extended.",
            $"The old end holds: {NoticeText.At(text.Request.Period.End)}. You can ask again."),
        NoticeKind.Revoked => new($"Revoked: {(text.Own ? "" : $"{text.Requester}, ")}{text.What}", $"{text.TheAccess} was revoked{ByWhom(text)}.", Removal(text)),
        NoticeKind.Expired => new($"Ended: {(text.Own ? "" : $"{text.Requester}, ")}{text.What}", $"{text.TheAccess} reached its end.", Removal(text)),
        NoticeKind.Released => new($"Given back: {(text.Own ? "" : $"{text.Requester}, ")}{text.What}", $"{text.TheAccess} was given back{ByWhom(text)} before its end.", Removal(text)),
        NoticeKind.Failed => new($"Failed: {text.What}", $"{text.TheAccess} could not be set up and was given up.",
            text.Request.Phase == Phase.Closed ? "Nothing of it remains. Administrators were told; you can ask again." : Removal(text)),
        NoticeKind.EmergencyDeclared => new($"EMERGENCY: {text.Requester} takes {text.What} without approval",
            $"{text.Requester} declared an emergency and takes {text.What} now, without approval.",
            $"Look at it now. If it should not be, revoke it {Where(text)}: one approver is enough. It needs a review by {ReviewDue(text)}.", Urgent: true),
        NoticeKind.EmergencyReviewed => new($"Emergency reviewed: {text.Requester}, {text.What}",
            $"{(text.Own ? "Your" : $"{text.Requester}'s")} emergency access to {text.What} was reviewed{ByWhom(text)}: {text.Request.Emergency?.Review?.ToString() ?? "no verdict"}.",
            text.Request.Emergency?.Review == EmergencyVerdict.Objected ? "Access that was still live is taken away." : NothingToDo),
        NoticeKind.EmergencyReviewOverdue => new($"Overdue: review the emergency of {text.Requester} ({text.What})",
            $"{text.Requester}'s emergency access to {text.What} should have been reviewed by {ReviewDue(text)}.",
            $"An approver reviews it on the request page. Until then {text.Requester} can declare no other emergency.", Urgent: true),
        NoticeKind.EmergencyNoticeUndelivered => new($"EMERGENCY, no approver reached: {text.Requester} takes {text.What}",
            $"{text.Requester} declared an emergency and takes {text.What} without approval. No approver was reached within 5 minutes.",
            $"Look at it yourself: you can revoke it {Where(text)}. Tell an approver by another way.", Urgent: true),
        NoticeKind.RevocationFailing => new($"Access not removed yet: {text.Requester}, {text.What}",
            $"{text.TheAccess} has ended, but removing it keeps failing: it may still be there.",
            "It is tried again for ever. See whether the platform can be reached, and remove the access there by hand if need be.", Urgent: true),
        NoticeKind.AccessReturned => new($"Access was there again: {text.Requester}, {text.What}",
            $"{text.TheAccess} had ended and was proven gone, and was found on the platform again. It is being removed once more.",
            "Find out who gave it back: nobody did through this product. It may come from a restored backup, or from a script that gives it again.", Urgent: true),
        NoticeKind.FulfilmentAsked => new($"Please set up: {text.What} for {text.Requester}",
            $"{text.Requester} was given {text.What}, and a person has to set it up: you are one of those who can.",
            "Set it up, then confirm it on the request page. The first confirmation counts."),
        NoticeKind.RemovalAsked => new($"Please remove: {text.What} of {text.Requester}",
            $"{text.TheAccess} has ended, and no machine can prove that it is gone: you are one of those who can see to it.",
            text.Request.Ask.Kind == AccessKind.Credential
                ? "Change the secret where it is used and store the new one, then confirm it on the request page. Until then the request stays open as not removed."
                : "Take it away, then confirm it on the request page. Until then the request stays open as not removed."),
        NoticeKind.FetchAgain => new($"Changed: fetch {text.What} again",
            $"You hold {text.What}. It was changed, because somebody else's access to it ended: what you fetched before no longer works.",
            "Fetch it again on the request page. Your own access goes on."),
    };

    /// <summary>To those who need not act any more: a level that passed, or the whole request.</summary>
    private static Words Settled(NoticeText text)
    {
        var (request, by) = (text.Request, text.By is { } who ? $" by {who}" : "");
        return request.Phase switch
        {
            Phase.Open => new($"Settled at level {Math.Max(text.Effect.Level, 1)}: {text.Requester} asks for {text.What}",
                $"{text.TheRequest} was settled at {(text.Effect.Level > 0 ? text.AtLevel : "your level")}{by}, and moves on.", NothingToDo),
            Phase.Denied => new($"Settled, denied: {text.Requester}, {text.What}", $"{text.TheRequest} was denied{by}.", NothingToDo),
            Phase.Scheduled or Phase.Provisioning or Phase.Active => new($"Settled, approved: {text.Requester}, {text.What}",
                $"{text.TheRequest} was approved; settled{by}.", "There is nothing for you to do. If it should not be, revoke it on the request page."),
            Phase.Revoking or Phase.Closed => new($"Settled, {text.Ended.ToLowerInvariant()}: {text.Requester}, {text.What}",
                $"{text.TheRequest} ended as {text.Ended.ToLowerInvariant()}{by}.", request.Phase == Phase.Revoking ? $"{NothingToDo} {Removal(text)}" : NothingToDo),
        };
    }

    private static string Decide(NoticeText text)
    {
        if (!text.Pending) return $"This is no longer open for your decision: {text.Standing}. {NothingToDo}";
        if (text.HasDecided) return $"You have decided on this already. {NothingToDo}";
        var level = text.Request.Levels[text.Effect.Level - 1];
        return $"{How(text)} This level needs {NoticeText.Count(level.ApprovalsRequired, "approval")}, and "
            + $"{NoticeText.Count(level.DenialsRequired, "denial")} denies it. Undecided, the request lapses {text.Lapses}.";
    }

    private static string How(NoticeText text)
    {
        var how = text switch
        {
            { Actions.Review: not null } when StillToChoose.Identity(text.Request) => "Sign in to choose the identity that gets the access, and approve. The other button denies.",
            { NeedsSignIn: true, Actions.Review: not null } => "Sign in to approve: this level takes no approval from a mail. The other button denies.",
            { NeedsSignIn: true } => "Sign in to approve or deny, on the request page.",
            { Actions.Review: not null } => "Approve or deny it with the button, or on the request page.",
            _ => "Approve or deny it on the request page.",
        };
        return text.Actions.Replies ? $"{how} Or reply with APPROVE or DISAPPROVE in the first line; what you write below it becomes the comment." : how;
    }

    private static string Where(NoticeText text) => text.Actions.Revoke is null ? "on the request page" : "with the button, or on the request page";

    private static string Use(NoticeText text) => text.Request.Ask.Kind switch
    {
        AccessKind.Credential or AccessKind.Session => "Fetch what you need to sign in on the request page, while the access is active. It ends by itself; you can give it back sooner there.",
        AccessKind.Certificate or AccessKind.Settings or AccessKind.Recording or AccessKind.Role or AccessKind.Other =>
            "You can use it now. It ends by itself; you can give it back sooner on the request page.",
    };

    private static string Removal(NoticeText text) => text.Request.Phase == Phase.Closed
        ? "The request is closed."
        : "The access is being removed. The request closes only once it is seen to be gone.";

    private static string ByWhom(NoticeText text) => text.By is { } by ? $" by {by}" : "";

    private static string ReviewDue(NoticeText text) => text.Request.Emergency is { } emergency ? NoticeText.At(emergency.ReviewDueAt) : "its due time";
}
