using System.Globalization;
using AccessFunctions.Application;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Api.Pages.Groups;

/// <summary>A part of a policy in words.</summary>
public sealed record GroupSection(string Heading, IReadOnlyList<PageFact> Facts);

/// <summary>An access group for people who do not read JSON.</summary>
internal static class GroupWords
{
    /// <summary>The group's name, or its id where it has none.</summary>
    public static string Name(AccessGroup group) => group.Name is { Length: > 0 } name ? name : group.Id;

    /// <summary>The kinds of access it rules, each with how it is decided.</summary>
    public static string Rules(AccessGroup group) => group.Rules.Count == 0 ? "Nothing" : string.Join(", ", group.Rules.OrderBy(static rule => rule.Key).Select(static rule => $"{rule.Key}: {Word(rule.Value.Mode)}{(rule.Value.RevertAtEnd ? ", reverted at the end" : "")}"));

    /// <summary>Who decides, level by level.</summary>
    public static string Deciders(AccessGroup group, IPeople people) => group.EffectiveLevels() is { Count: > 0 } levels
        ? string.Join(", then ", levels.Select(level => $"{level.ApprovalsRequired} of {People(level.Approvers, people)}"))
        : "Nobody";

    /// <summary>All of it, without what it says nothing about.</summary>
    public static IReadOnlyList<GroupSection> Sections(AccessGroup group, IPeople people)
    {
        IReadOnlyList<GroupSection> all =
        [
            new("Who may ask for what", Facts(
                ("Members", People(group.Members, people)), ("Resources", string.Join(", ", group.Resources)), ("How it is decided", Rules(group)),
                ("Roles", string.Join(", ", group.Roles)), ("Role where none is chosen", group.DefaultRole), ("Identities", string.Join(", ", group.Identities)))),
            new("What is asked", Facts(
                ("Reasons", string.Join(", ", group.Reasons)), ("Ticket", Ticket(group)), ("No second justification within", Length(group.ReasonReuse)))),
            .. group.EffectiveLevels().Select((level, index) => Level(group, level, index + 1, people)),
            new("Decisions", Facts(
                ("The requester's manager", group.AddManager ? "decides too, at level 1" : null),
                ("Approvers may change the period", YesNo(group.ApproversMayChangePeriod)), ("Own requests", group.AllowSelfApproval ? "may be approved by oneself" : "are never decided by oneself"),
                ("Lapses without a decision after", Length(group.LapseAfter)), ("Reminders every", Length(group.RemindEvery)), ("Several at once", YesNo(group.AllowBatch)))),
            new("How long", Facts(
                ("Where nothing is asked", Length(group.DefaultDuration)), ("At most", Length(group.MaxDuration)), ("Asked ahead at most", Length(group.MaxAdvance)),
                ("May be extended by", group.ExtendUpTo > TimeSpan.Zero ? Length(group.ExtendUpTo) : "nothing"))),
            new("When", Facts(
                ("Time zone", group.TimeZone), ("Access may be used", Windows(group.AccessWindows) ?? "always"), ("Approval is needed", Windows(group.ApprovalWindows) ?? "always"),
                ("No access during", string.Join("; ", group.Freezes.Select(static freeze => $"{RequestWords.At(freeze.From)} to {RequestWords.At(freeze.To)}{(freeze.Why is null ? "" : $" ({freeze.Why})")}"))))),
            new("Emergency", Facts(
                ("Emergency access", group.AllowEmergency ? "allowed" : "not allowed"),
                ("Review within", group.AllowEmergency ? Length(group.EmergencyReviewWithin) : null), ("A freeze holds it too", group.AllowEmergency ? YesNo(group.FreezeBlocksEmergency) : null))),
        ];
        return [.. all.Where(static section => section.Facts.Count > 0)];
    }

    private static GroupSection Level(AccessGroup group, LevelPolicy level, int number, IPeople people) => new(
        group.Levels.Count > 0 ? $"Level {number}" : "Who decides", Facts(
            ("Approvers", People(level.Approvers, people)), ("In place of a missing manager", People(level.ManagerFallback, people)),
            ("Needed", $"{RequestWords.Count(level.ApprovalsRequired, "approval")}, or {RequestWords.Count(level.DenialsRequired, "denial")}"),
            ("Escalates", level.EscalateAfter is { } after ? $"after {Duration.Format(after)} to {People(level.EscalateTo, people)}" : null),
            ("Approvals count from", Word(level.MinimumAssurance))));

    private static List<PageFact> Facts(params (string Label, string? Value)[] facts) =>
        [.. facts.Where(static fact => !string.IsNullOrEmpty(fact.Value)).Select(static fact => new PageFact(fact.Label, fact.Value!))];

    private static string People(IReadOnlyList<string> references, IPeople people) => string.Join(", ", references.Select(reference => Reference(reference, people)));

    /// <summary>A person by name and id; by id where the directory knows no name.</summary>
    internal static string Person(string id, IPeople people) => people.Find(id) is { Name.Length: > 0 } person ? $"{person.Name} ({id})" : id;

    private static string Reference(string reference, IPeople people) => reference switch
    {
        Approvers.Everyone => "everyone",
        Approvers.Manager => "the requester's manager",
        _ when reference.StartsWith(Approvers.GroupPrefix, StringComparison.Ordinal) => $"the group {reference[Approvers.GroupPrefix.Length..]}",
        _ when reference.StartsWith(Approvers.RolePrefix, StringComparison.Ordinal) => $"holders of the role {reference[Approvers.RolePrefix.Length..]}",
        _ => Person(reference, people),
    };

    private static string? Ticket(AccessGroup group) => (group.TicketRequired, group.TicketPattern) switch
    {
        (true, { } pattern) => $"required, such as {pattern}",
        (true, null) => "required",
        (false, { } pattern) => $"where given, such as {pattern}",
        _ => null,
    };

    private static string? Windows(IReadOnlyList<Window> windows) => windows.Count == 0 ? null : string.Join("; ", windows.Select(static window =>
        $"{(window.Days.Count == 0 ? "every day" : string.Join(", ", window.Days))} {Time(window.From)} to {Time(window.To)}"
        + (window.FirstDate is { } first ? $" from {Date(first)}" : "") + (window.LastDate is { } last ? $" until {Date(last)}" : "")));

    private static string Time(TimeOnly time) => time.ToString("HH:mm", CultureInfo.InvariantCulture);

    private static string Date(DateOnly date) => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string? Length(TimeSpan? length) => length is { } span ? Duration.Format(span) : null;

    private static string YesNo(bool value) => value ? "yes" : "no";

    internal static string Word(Mode mode) => mode switch
    {
        Mode.Allow => "given at once",
        Mode.Justify => "given with a justification",
        Mode.Approve => "approved by people",
    };

    private static string? Word(Channel channel) => channel switch
    {
        Channel.EmailReply or Channel.System => "replies by mail upwards",
        Channel.SlackReaction => "reactions in Slack upwards",
        Channel.EmailLink => "links in mails upwards",
        Channel.SignedIn => "people who are signed in only",
    };
}
