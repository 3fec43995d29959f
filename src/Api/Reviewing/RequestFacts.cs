using AccessFunctions.Api.Pages;
using AccessFunctions.Application;
using AccessFunctions.Application.Ports;
using AccessFunctions.Application.Settings;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Api.Reviewing;

/// <summary>A request as a page lists it: who, what, why, how long, where it stands, who said what.</summary>
internal static class RequestFacts
{
    /// <summary>The label of the fact that tells instants, for pages that tell them in the reader's zone.</summary>
    public const string When = "When";

    /// <summary>The facts, in the order of reading.</summary>
    public static IReadOnlyList<PageFact> Of(AccessRequest request, IPeople people)
    {
        List<PageFact> facts = [.. Asked(request, people)];
        facts.Add(new("Status", RequestWords.Standing(request)));
        if (Level(request) is { } level) facts.Add(level);
        if (request.Revision > 1) facts.Add(new("Revision", $"{request.Revision}"));
        if (request.Settled is { } settled) facts.Add(new("Settled by", $"{NameAndId(people, settled.By)}, {RequestWords.At(settled.At)}"));
        if (request.Emergency is { } emergency) facts.AddRange(Emergency(emergency, people));
        facts.AddRange(request.Reviews.Select(review => Review(review, people)));
        facts.Add(new("Access group", request.Policy.AccessGroup));
        return facts;
    }

    /// <summary>Only who asks for what, why and how long.</summary>
    public static IReadOnlyList<PageFact> Asked(AccessRequest request, IPeople people)
    {
        List<PageFact> facts = [new("Who", NameAndId(people, request.Requester)), new("Access", RequestWords.What(request))];
        if (request.Ask.Resources.Count > 1) facts.Add(new("Resources", string.Join(", ", request.Ask.Resources)));
        if (request.Ask.Kind == AccessKind.Role && RequestWords.Role(request) is null) facts.Add(new("Role", "left to the reviewer"));
        if (request.Identity is { } identity) facts.Add(new("Identity", identity));
        if (request.Change is { } change) facts.Add(new("Change", ChangeWords.Summary(change)));
        else if (request.Ask.Parameters.Count > 0) facts.Add(new("Parameters", string.Join(", ", request.Ask.Parameters.Select(static pair => $"{pair.Key} = {pair.Value}"))));
        facts.Add(request.Justification is { Length: > 0 } why ? new("Why", why, Quoted: true) : new("Why", "no justification was asked for"));
        if (request.Ask.Reason is { } reason) facts.Add(new("Reason", reason));
        if (request.Ask.Ticket is { } ticket) facts.Add(new("Ticket", ticket));
        facts.Add(new(When, RequestWords.When(request)));
        return facts;
    }

    /// <summary>A person's name; the id where nobody is found, and "the system" for the host itself.</summary>
    public static string Name(IPeople people, string id) =>
        id.StartsWith(SystemActors.Prefix, StringComparison.Ordinal) ? "the system" : people.Find(id) is { Name.Length: > 0 } person ? person.Name : id;

    /// <summary>The name, and the id where that is another word.</summary>
    public static string NameAndId(IPeople people, string id) => Name(people, id) is var name && (name == id || id.StartsWith(SystemActors.Prefix, StringComparison.Ordinal)) ? name : $"{name} ({id})";

    private static PageFact? Level(AccessRequest request)
    {
        if (request.Phase != Phase.Open || request.Level < 1 || request.Level > request.Levels.Count) return null;
        var level = request.Levels[request.Level - 1];
        var approvals = request.Reviews.Count(review => review.Counted && review.Level == level.Number && review.Verdict == Verdict.Approve);
        return new("Level", $"{level.Number} of {request.Levels.Count}, {approvals} of {RequestWords.Count(level.ApprovalsRequired, "approval")} so far");
    }

    /// <summary>What is known of a declared emergency.</summary>
    public static IEnumerable<PageFact> Emergency(Emergency emergency, IPeople people)
    {
        yield return new("Emergency", $"declared {RequestWords.At(emergency.DeclaredAt)}");
        yield return new("Why it could not wait", emergency.Justification, Quoted: true);
        yield return new("Review", emergency.Review is { } verdict
            ? $"{verdict} by {(emergency.ReviewedBy is { } by ? NameAndId(people, by) : "an approver")}"
            : $"owed by {RequestWords.At(emergency.ReviewDueAt)}");
    }

    private static PageFact Review(Review review, IPeople people)
    {
        var standIn = review.Seat == review.By ? "" : $" in the seat of {Name(people, review.Seat)}";
        var superseded = review.Counted ? "" : " (no longer counts)";
        var label = $"{Name(people, review.By)}{standIn} {(review.Verdict == Verdict.Approve ? "approved" : "denied")}";
        var comment = string.IsNullOrWhiteSpace(review.Comment) ? "" : $": {review.Comment}";
        return new(label, $"level {review.Level}, {RequestWords.At(review.At)}{superseded}{comment}", Quoted: comment.Length > 0);
    }
}
