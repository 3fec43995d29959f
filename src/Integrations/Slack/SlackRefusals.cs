using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Integrations.Mail;

namespace AccessFunctions.Integrations.Slack;

/// <summary>Why a reaction changed nothing, in words for the one who reacted.</summary>
internal static class SlackRefusals
{
    /// <summary>Nobody is linked to that Slack user.</summary>
    public const string Unlinked = "your Slack account is not linked to anybody here. Ask an administrator to link it, or sign in";

    /// <summary>Words for a refusal of the request's own.</summary>
    public static string Of(Refusal refusal, AccessRequest? request, IPeople people) =>
        request is { Emergency: not null, Phase: not (Phase.Closed or Phase.Denied) } && refusal.Reason is RefusalReason.AlreadySettled or RefusalReason.EmergencyInForce
            ? "an emergency was declared, so approvals no longer count. Sign in to review it, or to take the access away"
            : Of(refusal.Reason, request, people);

    private static string Of(RefusalReason reason, AccessRequest? request, IPeople people) => reason switch
    {
        RefusalReason.NotFound or RefusalReason.NotAnApprover => "you are not among the people who decide on this request",
        RefusalReason.SelfReview => "nobody decides on their own request",
        RefusalReason.NotActive => "the directory says that you left. Ask an administrator if that is wrong",
        RefusalReason.AlreadySettled or RefusalReason.NoActionsAvailable or RefusalReason.NotNow => Settled(request, people),
        RefusalReason.AlreadyDecided => "you have decided on this request already, or your seat was filled",
        RefusalReason.NotYourLevel => "your level is not the one that decides now",
        RefusalReason.StaleRevision => "the request was changed since this message, and a newer one asks for your decision",
        RefusalReason.AssuranceTooLow => "this level asks for more than a reaction to approve. Sign in to approve; ❌ denies here",
        RefusalReason.CommentRequired => "a decision on this request needs a comment. Sign in to write one",
        RefusalReason.RoleRequired or RefusalReason.RoleNotOffered => "the role is still to be chosen. Sign in to choose it and to approve; ❌ denies here",
        RefusalReason.IdentityRequired or RefusalReason.IdentityNotAllowed => "the identity is still to be chosen. Sign in to choose it and to approve; ❌ denies here",
        RefusalReason.PeriodPassed or RefusalReason.PeriodInvalid or RefusalReason.OutsideWindows or RefusalReason.PeriodNotChangeable =>
            "the period that was asked for cannot be used any more. Sign in to approve with another; ❌ denies here",
        RefusalReason.InvalidAsk or RefusalReason.NoRule or RefusalReason.SeveralGroups or RefusalReason.Unsolvable or RefusalReason.AlreadySubmitted
            or RefusalReason.NotTheRequester or RefusalReason.NotPermitted or RefusalReason.EmergencyNotAllowed or RefusalReason.EmergencyDebt
            or RefusalReason.ReviewNotOwed or RefusalReason.ExtensionNotAllowed or RefusalReason.EmergencyInForce or RefusalReason.ApprovalRequired => "it cannot be done here. Sign in to decide",
    };

    /// <summary>The message that only the one who reacted sees.</summary>
    public static SlackMessage Message(EventRow row, string words, PublicAddress address)
    {
        var text = $"Your {row.Emoji} changed nothing: {SlackText.Escape(words, 1000)}.";
        var page = row.RequestId is { } id ? " " + SlackText.Link(NoticeMail.Page(address, id), "Open the request") : "";
        return new SlackMessage(text, [SlackBlocks.Words(text + page)]);
    }

    private static string Settled(AccessRequest? request, IPeople people)
    {
        if (request is { Phase: Phase.Open }) return "others settled this level before you";
        if (request?.Settled is not { } settled) return "others settled this before you";
        var by = settled.By.StartsWith(SystemActors.Prefix, StringComparison.Ordinal) ? "" : $" by {people.Find(settled.By)?.Name ?? settled.By}";
        return $"this was settled before{by}, {NoticeText.At(settled.At)}";
    }
}
