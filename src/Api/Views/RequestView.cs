using AccessFunctions.Application.Ports;
using AccessFunctions.Application.Settings;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Api.Views;

/// <summary>A person as answers name them.</summary>
public sealed record PersonRef(string Id, string Name)
{
    /// <summary>The name as the directory has it now; the id where it knows none (people removed, <c>system:…</c>).</summary>
    public static PersonRef Of(IPeople people, string id) => new(id, people.Find(id)?.Name ?? id);
}

public sealed record PeriodView(DateTimeOffset Start, DateTimeOffset End);

/// <summary>A declared emergency.</summary>
/// <param name="Review">Null while owed.</param>
public sealed record EmergencyView(
    string Justification, DateTimeOffset DeclaredAt, DateTimeOffset ReviewDueAt, EmergencyVerdict? Review, PersonRef? ReviewedBy, DateTimeOffset? ReviewedAt);

/// <summary>A level, and how far it has got.</summary>
/// <param name="Approvals">Counted ones of the present revision.</param>
public sealed record LevelView(int Level, IReadOnlyList<PersonRef> Approvers, int ApprovalsRequired, int DenialsRequired, int Approvals, int Denials);

/// <summary>A change of settings, as it is shown to those who decide and as it is applied.</summary>
/// <param name="Base">The version it was made against; null: the document is new.</param>
/// <param name="Before">What the document said at that version; null: it is new.</param>
/// <param name="After">What it will say; null: it goes.</param>
/// <param name="Sha256">Of <paramref name="After"/> in UTF-8, as the audit trail names it.</param>
public sealed record ChangeView(string? Base, string? Before, string? After, string Sha256)
{
    internal static ChangeView? Of(SettingsChange? change) => change is null ? null : new(change.Base, change.Before, change.After, ChangeWords.Hash(change));
}

/// <summary>One approver's decision.</summary>
/// <param name="OnBehalfOf">Whose seat a stand-in filled; null where it was their own.</param>
/// <param name="Counted">False: superseded.</param>
public sealed record ReviewView(
    PersonRef By, PersonRef? OnBehalfOf, Verdict Verdict, int Level, int Revision, Channel Channel, DateTimeOffset At, string? Comment, bool Counted);

/// <summary>The access of one resource.</summary>
/// <param name="Login">The login name to use, where the platform made or named one.</param>
/// <param name="AlreadyHeld">Through what the access stood before; it is then never removed.</param>
/// <param name="Proof">What was looked at when it was proven gone.</param>
public sealed record GrantView(
    string Id, string Resource, GrantState State, string? Identity, string? Login, string? AlreadyHeld, IReadOnlyList<PersonRef> Fulfillers,
    DateTimeOffset? GrantedAt, DateTimeOffset? RevokedAt, DateTimeOffset? ProvenGoneAt, string? Proof);

/// <summary>A request as every answer shows it (design, section 10).</summary>
/// <param name="Actions">What this caller may do now.</param>
/// <param name="Change">The change of settings that is asked for; null for every other kind.</param>
/// <param name="PseudonymisedAt">When free text was taken out of it; null: never.</param>
public sealed record RequestView(
    string Id, Status Status, Phase Phase, Outcome? Outcome, int Revision, long Sequence,
    PersonRef Requester, IReadOnlyList<string> Resources, AccessKind Kind, string? Role, string? Identity, IReadOnlyDictionary<string, string> Parameters,
    string? Justification, string? Reason, string? Ticket, PeriodView Period, string AccessGroup,
    EmergencyView? Emergency, int Level, IReadOnlyList<LevelView> Levels, IReadOnlyList<ReviewView> Reviews, IReadOnlyList<GrantView> Grants,
    IReadOnlyList<string> Actions, DateTimeOffset CreatedAt, DateTimeOffset? ClosedAt, DateTimeOffset? PseudonymisedAt, ChangeView? Change)
{
    /// <summary>Shows a request.</summary>
    /// <param name="people">Gives ids their names.</param>
    /// <param name="actions">What the caller may do.</param>
    public static RequestView Of(AccessRequest request, IPeople people, IReadOnlyList<string> actions) => new(
        request.Id, request.Phase.Status(), request.Phase, request.Outcome, request.Revision, request.Sequence,
        PersonRef.Of(people, request.Requester), request.Ask.Resources, request.Ask.Kind,
        request.Role ?? request.Ask.Role, request.Identity, request.Ask.Parameters,
        request.Justification, request.Ask.Reason, request.Ask.Ticket, new PeriodView(request.Period.Start, request.Period.End), request.Policy.AccessGroup,
        Of(request.Emergency, people), request.Level, [.. request.Levels.Select(level => Of(level, request, people))],
        [.. request.Reviews.Select(review => Of(review, people))], [.. request.Grants.Select(grant => Of(grant, people))],
        actions, request.CreatedAt, request.ClosedAt, request.PseudonymisedAt, ChangeView.Of(request.Change));

    private static EmergencyView? Of(Emergency? emergency, IPeople people) => emergency is null ? null : new(
        emergency.Justification, emergency.DeclaredAt, emergency.ReviewDueAt, emergency.Review,
        emergency.ReviewedBy is { } by ? PersonRef.Of(people, by) : null, emergency.ReviewedAt);

    private static LevelView Of(Level level, AccessRequest request, IPeople people) => new(
        level.Number, [.. level.Approvers.Select(id => PersonRef.Of(people, id))], level.ApprovalsRequired, level.DenialsRequired,
        Count(request, level, Verdict.Approve), Count(request, level, Verdict.Deny));

    private static int Count(AccessRequest request, Level level, Verdict verdict) =>
        request.Reviews.Count(review => review.Counted && review.Level == level.Number && review.Verdict == verdict);

    private static ReviewView Of(Review review, IPeople people) => new(
        PersonRef.Of(people, review.By), review.Seat == review.By ? null : PersonRef.Of(people, review.Seat),
        review.Verdict, review.Level, review.Revision, review.Channel, review.At, review.Comment, review.Counted);

    private static GrantView Of(Grant grant, IPeople people) => new(
        grant.Id, grant.Resource, grant.State, grant.Identity, grant.Login, grant.AlreadyHeld, [.. grant.Fulfillers.Select(id => PersonRef.Of(people, id))],
        grant.GrantedAt, grant.RevokedAt, grant.ProvenGoneAt, grant.Proof);
}

/// <summary>One page of a list; <see cref="Next"/> is the cursor of the next one, null at the end.</summary>
public sealed record ListView<T>(IReadOnlyList<T> Items, string? Next);

/// <summary>Taken, and not settled yet (202): look at <c>Location</c>.</summary>
public sealed record PendingView(string Id);
