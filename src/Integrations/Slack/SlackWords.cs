using AccessFunctions.Application;
using AccessFunctions.Application.Directory;
using AccessFunctions.Application.Ports;
using AccessFunctions.Application.Settings;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Integrations.Mail;

namespace AccessFunctions.Integrations.Slack;

/// <summary>What the messages of a request say: always what is so now, whatever it was that happened.</summary>
internal sealed class SlackWords(AccessRequest request, IPeople people, PublicAddress address)
{
    private const int NameLimit = 200;
    private const int WhyLimit = 1200;
    private const int ChangedLines = 40;
    private static readonly Person Nobody = new() { Id = "slack", Name = "slack" };
    private readonly NoticeText _text = new(new Notice("slack", new Notify { Id = "slack", Kind = NoticeKind.Informed, To = Nobody.Id, Revision = request.Revision, At = request.ChangedAt }, request, Nobody, people));

    /// <summary>The message of a revision and level.</summary>
    /// <param name="mention">Ids of people to mention, while it asks.</param>
    public SlackMessage Decision(int revision, int level, IReadOnlyList<string> mention)
    {
        var at = level >= 1 && level <= request.Levels.Count ? request.Levels[level - 1] : null;
        if (revision != request.Revision || at is null) return Closed("Superseded", $"The request was changed and is now revision {request.Revision}. Reactions to this message no longer count.");
        if (request.Phase == Phase.Open && level == request.Level) return Asking(at, mention);
        if (request.Phase == Phase.Open) return Closed($"Level {level} of {request.Levels.Count} passed", $"{Approvals(level)} Level {request.Level} decides now, in a message of its own.");
        return Closed(SlackOutcome.Title(request), SlackOutcome.Of(request, _text, Approvals(level)));
    }

    /// <summary>The emergency's own message.</summary>
    public SlackMessage Emergency(IReadOnlyList<string> mention)
    {
        var emergency = request.Emergency!;
        var review = emergency.Review is { } verdict
            ? $"{verdict} by {Escaped(_text.NameAndId(emergency.ReviewedBy ?? ""))}, {NoticeText.At(emergency.ReviewedAt ?? request.ChangedAt)}."
            : $"A review is owed by {NoticeText.At(emergency.ReviewDueAt)}: {Page("sign in to review it, or to take the access away")}.";
        var ended = SlackOutcome.Ended(request, _text);
        var lead = $"{Mentions(mention)}*{Escaped(_text.Requester)} skipped approval* and has access until {NoticeText.At(request.Period.End)}.{(ended.Length > 0 ? " " + ended : "")}\n{review}";
        List<string> lines =
        [
            .. Facts(), $"Why it could not wait: {Cut(emergency.Justification, WhyLimit)}", $"Declared: {NoticeText.At(emergency.DeclaredAt)}",
            $"Denials of this request before: {Denials()}", $"Requests for the same that were denied in the 24 hours before: {emergency.RecentlyDenied.Count}",
        ];
        return new SlackMessage(
            $"EMERGENCY: {Escaped(_text.Requester)} skipped approval for {Escaped(_text.What)}.",
            [SlackBlocks.Heading("EMERGENCY ACCESS"), SlackBlocks.Words(lead), SlackBlocks.Written(string.Join('\n', lines)), SlackBlocks.Words(Page("Open the request"))]);
    }

    private SlackMessage Asking(Level level, IReadOnlyList<string> mention)
    {
        var how = WhyNotHere(level) is { } why
            ? $"❌ denies. {why}: {Page("sign in to approve")}."
            : "✅ approves, ❌ denies.";
        var revised = request.Revision > 1 ? $" The request was changed and is now revision {request.Revision}; earlier approvals no longer count." : "";
        var lead = $"{Mentions(mention)}Your decision is needed at level {level.Number} of {request.Levels.Count} ({NoticeText.Count(level.ApprovalsRequired, "approval")} needed).{revised}\n{how}";
        return new SlackMessage(
            $"Decision needed: {Escaped(_text.Requester)} asks for {Escaped(_text.What)}, {_text.When}.",
            [
                SlackBlocks.Heading(request.Levels.Count > 1 ? $"Decision needed, level {level.Number} of {request.Levels.Count}" : "Decision needed"),
                SlackBlocks.Words(lead), SlackBlocks.Written(string.Join('\n', Facts())), .. Changes(), SlackBlocks.Words(Page("Open the request")),
            ]);
    }

    private SlackMessage Closed(string title, string words) => new(
        $"{title}: {Escaped(_text.Requester)}, {Escaped(_text.What)}.",
        [SlackBlocks.Heading(title), SlackBlocks.Words(words), SlackBlocks.Written(string.Join('\n', Facts())), SlackBlocks.Words(Page("Open the request"))]);

    /// <summary>Why ✅ cannot approve here; null where it can.</summary>
    private string? WhyNotHere(Level level)
    {
        if (level.MinimumAssurance > Channel.SlackReaction) return "This level asks for more than a reaction to approve";
        if (StillToChoose.Role(request)) return "The role is still to be chosen";
        if (StillToChoose.Identity(request)) return "The identity is still to be chosen";
        return null;
    }

    private IEnumerable<string> Facts()
    {
        yield return $"Who: {Cut(_text.NameAndId(request.Requester), NameLimit)}";
        yield return $"Access: {Cut(_text.What, NameLimit * 2)}";
        if (request.Ask.Resources.Count > 1) yield return $"Resources: {Cut(string.Join(", ", request.Ask.Resources), NameLimit * 2)}";
        if (request.Change is { } change) yield return $"Change: {ChangeWords.Summary(change)}";
        if (request.Identity is { } identity) yield return $"Identity: {Cut(identity, NameLimit)}";
        yield return $"Why: {(request.Justification is { Length: > 0 } why ? Cut(why, WhyLimit) : "no justification was asked for")}";
        if (request.Ask.Reason is { } reason) yield return $"Reason: {Cut(reason, NameLimit)}";
        if (request.Ask.Ticket is { } ticket) yield return $"Ticket: {Cut(ticket, NameLimit)}";
        yield return $"When: {_text.When}";
        if (request.Revision > 1) yield return $"Revision: {request.Revision}";
    }

    // The lines of a document lie in a block of their own, so that none can pass itself off as a line of ours.
    private IEnumerable<System.Text.Json.Nodes.JsonObject> Changes() => ChangeWords.Text(request.Change, ChangedLines) is { } lines ? [SlackBlocks.Written(lines)] : [];

    private string Approvals(int level)
    {
        List<Review> reviews = [.. request.Reviews.Where(review => review.Counted && review.Level == level && review.Verdict == Verdict.Approve)];
        return reviews.Count == 0 ? "" : $"✅ Approved at level {level} by {string.Join(", ", reviews.Select(By))}.";
    }

    private string Denials()
    {
        List<Review> reviews = [.. request.Reviews.Where(static review => review.Verdict == Verdict.Deny)];
        return reviews.Count == 0 ? "none" : string.Join(", ", reviews.Select(review => $"{Cut(_text.NameAndId(review.By), NameLimit)}, {NoticeText.At(review.At)}"));
    }

    private string By(Review review) => $"{Escaped(_text.NameAndId(review.By))}, {NoticeText.At(review.At)}";

    private string Mentions(IReadOnlyList<string> ids)
    {
        var mentions = string.Join(' ', ids.Select(id => people.Find(id)?.SlackUserId).OfType<string>().Select(static user => $"<@{user}>"));
        return mentions.Length == 0 ? "" : mentions + "\n";
    }

    private string Page(string label) => SlackText.Link(NoticeMail.Page(address, request.Id), label);

    private static string Escaped(string text) => SlackText.Escape(text, NameLimit * 2);

    // Lines of people's own, so that none can pass itself off as another line of ours.
    private static string Cut(string text, int limit)
    {
        var line = text.ReplaceLineEndings(" ⏎ ");
        return line.Length <= limit ? line : line[..(char.IsHighSurrogate(line[limit - 2]) ? limit - 2 : limit - 1)] + "…";
    }
}
