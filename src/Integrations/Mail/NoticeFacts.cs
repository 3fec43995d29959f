using AccessFunctions.Application.Settings;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Integrations.Mail;

/// <summary>The facts and lists under a notice's lead: who, what, why, how long, where it stands, who said what.</summary>
internal static class NoticeFacts
{
    /// <summary>Changed lines that a mail shows; the pages show all, and only they take an approval.</summary>
    private const int MostLines = 60;

    public static IReadOnlyList<MailFact> Facts(NoticeText text)
    {
        var (request, effect) = (text.Request, text.Effect);
        List<MailFact> facts = [new("Who", text.NameAndId(request.Requester)), new("Access", text.What)];
        if (request.Ask.Resources.Count > 1) facts.Add(new("Resources", string.Join(", ", request.Ask.Resources)));
        if (request.Ask.Kind == AccessKind.Role && text.Role is null) facts.Add(new("Role", "left to the reviewer"));
        if (request.Identity is { } identity) facts.Add(new("Identity", identity));
        if (request.Change is { } change) facts.AddRange([new("Change", ChangeWords.Summary(change)), new("What would change", ChangeWords.Text(change, MostLines)!, Quoted: true)]);
        else if (request.Ask.Parameters.Count > 0) facts.Add(new("Parameters", string.Join(", ", request.Ask.Parameters.Select(pair => $"{pair.Key} = {pair.Value}"))));
        facts.Add(request.Justification is { Length: > 0 } why ? new("Why", why, Quoted: true) : new("Why", "no justification was asked for"));
        if (request.Ask.Reason is { } reason) facts.Add(new("Reason", reason));
        if (request.Ask.Ticket is { } ticket) facts.Add(new("Ticket", ticket));
        facts.Add(new("When", text.When));
        facts.Add(new("Status", text.Standing));
        if (Level(text) is { } level) facts.Add(level);
        if (request.Revision > 1) facts.Add(new("Revision", $"{request.Revision}"));
        if (request.Settled is { } settled) facts.Add(new("Settled by", $"{text.NameAndId(settled.By)}, {NoticeText.At(settled.At)}"));
        if (request.Emergency is { } emergency) facts.AddRange(Emergency(text, emergency));
        if (effect.Text is { Length: > 0 } words && (effect.Kind != NoticeKind.EmergencyDeclared || request.Emergency is null)) facts.Add(new(LabelOf(effect.Kind), words, Quoted: true));
        facts.Add(new("Access group", request.Policy.AccessGroup));
        return facts;
    }

    public static IReadOnlyList<MailSection> Sections(NoticeText text, Func<string, Uri> page)
    {
        var request = text.Request;
        var (denials, approvals) = (Reviews(text, Verdict.Deny), Reviews(text, Verdict.Approve));
        List<MailSection> sections = [];
        if (text.Effect.Kind is NoticeKind.EmergencyDeclared or NoticeKind.EmergencyNoticeUndelivered or NoticeKind.EmergencyReviewOverdue)
        {
            var recent = request.Emergency?.RecentlyDenied ?? [];
            sections.Add(new("Denials of this request so far", denials.Count > 0 ? denials : ["none"]));
            sections.Add(new("Requests for the same that were denied in the 24 hours before",
                recent.Count > 0 ? [.. recent.Select(id => page(id).AbsoluteUri)] : ["none"]));
            if (approvals.Count > 0) sections.Add(new("Approvals so far", approvals));
        }
        else if (request.Reviews.Count > 0)
        {
            sections.Add(new("Decisions so far", [.. request.Reviews.Select(review => Review(text, review))]));
        }

        if (request.Grants.Where(grant => grant.Proof is not null).ToList() is { Count: > 0 } looked)
            sections.Add(new("What was seen of the removal", [.. looked.Select(grant => $"{grant.Resource}: {grant.Proof}")]));
        return sections;
    }

    private static MailFact? Level(NoticeText text)
    {
        var (request, effect) = (text.Request, text.Effect);
        if (effect.Level < 1 || effect.Level > request.Levels.Count) return null;
        var level = request.Levels[effect.Level - 1];
        var approvals = request.Reviews.Count(review => review.Counted && review.Level == level.Number && review.Verdict == Verdict.Approve);
        return new("Level", $"{effect.Level} of {request.Levels.Count}, {approvals} of {NoticeText.Count(level.ApprovalsRequired, "approval")} so far");
    }

    private static IEnumerable<MailFact> Emergency(NoticeText text, Emergency emergency)
    {
        yield return new("Emergency", $"declared {NoticeText.At(emergency.DeclaredAt)}");
        yield return new("Why it could not wait", emergency.Justification, Quoted: true);
        yield return new("Review", emergency.Review is { } verdict
            ? $"{verdict} by {(emergency.ReviewedBy is { } by ? text.NameAndId(by) : "an approver")}"
            : $"owed by {NoticeText.At(emergency.ReviewDueAt)}");
    }

    private static List<string> Reviews(NoticeText text, Verdict verdict) =>
        [.. text.Request.Reviews.Where(review => review.Verdict == verdict).Select(review => Review(text, review))];

    private static string Review(NoticeText text, Review review)
    {
        var standIn = review.Seat == review.By ? "" : $" in the seat of {text.Name(review.Seat)}";
        var verdict = review.Verdict == Verdict.Approve ? "approved" : "denied";
        var comment = string.IsNullOrWhiteSpace(review.Comment) ? "" : $": \"{review.Comment}\"";
        var superseded = review.Counted ? "" : " (no longer counts)";
        return $"{text.Name(review.By)}{standIn} {verdict} at level {review.Level}, {NoticeText.At(review.At)}{superseded}{comment}";
    }

    private static string LabelOf(NoticeKind kind) => kind switch
    {
        NoticeKind.ProvisioningFailed or NoticeKind.ExtendFailed or NoticeKind.Failed or NoticeKind.RevocationFailing => "Error",
        NoticeKind.AccessReturned => "Found",
        NoticeKind.FulfilmentAsked or NoticeKind.RemovalAsked => "Resource",
        NoticeKind.EmergencyDeclared => "Why it could not wait",
        _ => "Comment",
    };
}
