using System.Text.Json.Serialization;
using AccessFunctions.Application;
using AccessFunctions.Application.Directory;
using AccessFunctions.Application.Inventory;
using AccessFunctions.Application.Ports;

namespace AccessFunctions.Api.Views;

/// <summary>Whose an identity shall be.</summary>
public sealed record IdentityLinkBody
{
    /// <summary>A person id.</summary>
    public required string Person { get; init; }
}

/// <summary>A user, role or group on a platform.</summary>
/// <param name="Id">For <c>/api/identities/{id}/link</c>.</param>
/// <param name="Kind">Null where only the directory names it.</param>
/// <param name="People">Whose it is; people who left too.</param>
/// <param name="Link">How it came to be theirs; null: it is nobody's.</param>
/// <param name="Orphan">Somebody can sign in as it, and it is no active person's.</param>
/// <param name="Admin">Rights of its own over the whole platform.</param>
/// <param name="AdminThrough">Roles with such rights that it has or can become.</param>
/// <param name="Managed">This product made it, or works as it.</param>
/// <param name="FactsAt">How old what is said here may be; null: the platform did not name it.</param>
public sealed record IdentityView(
    string Id, string Platform, string Name, IdentityKind? Kind, string? Email, IReadOnlyList<PersonRef> People, LinkKind? Link, bool Orphan, IReadOnlyList<string> Admin,
    IReadOnlyList<string> AdminThrough, bool Managed, DateTimeOffset? FactsAt)
{
    public static IdentityView Of(FoundIdentity found) => new(
        found.Id, found.Identity.Platform, found.Identity.Name, found.Fact?.Kind, found.Fact?.Email, [.. found.People.Select(static person => new PersonRef(person.Id, person.Name))], found.Link,
        found.IsOrphan, found.Fact?.Admin ?? [], found.AdminThrough, found.Fact is { Managed: true }, found.FactsAt);
}

/// <summary>One way in which somebody has access to something.</summary>
/// <param name="Person">Null: the identity is nobody's, or stands for everyone.</param>
/// <param name="Privileges">In the platform's words; of a grant that is not among the facts, the kind or the role that was asked for.</param>
/// <param name="Grantable">Of these, those that can be passed on.</param>
/// <param name="Via">From the identity to the one that was given the privileges; empty: not among the facts.</param>
/// <param name="SetRole">What the identity has to become first; null: nothing.</param>
/// <param name="Everyone">True: every identity of the platform has it.</param>
/// <param name="Grant">The grant that gave it; null: it stands by itself.</param>
/// <param name="Until">When that grant ends.</param>
/// <param name="FactsAt">How old the facts may be; null: the answer is the grant's alone.</param>
public sealed record AccessView(
    PersonRef? Person, string Platform, string? Identity, string? IdentityId, string Resource, IReadOnlyList<string> Privileges, IReadOnlyList<string> Grantable, IReadOnlyList<string> Via, string? SetRole,
    bool Everyone, string? Grant, string? Request, DateTimeOffset? Until, DateTimeOffset? FactsAt)
{
    public static AccessView Of(IPeople people, AccessAnswer answer) => new(
        answer.Person is { } person ? PersonRef.Of(people, person) : null, answer.Platform, answer.Identity,
        answer.Identity is { } identity ? IdentityIds.Of(new Domain.Requests.PlatformIdentity(answer.Platform, identity)) : null,
        answer.Resource, answer.Privileges, answer.Grantable, answer.Via, answer.SetRole, answer.Everyone, answer.Grant, answer.Request, answer.Until, answer.FactsAt);
}

/// <summary>How far ingesting a platform got.</summary>
/// <param name="Waiting">Somebody asked for a run that has not begun.</param>
/// <param name="By">Who the run is for; a <c>system:</c> id on schedule.</param>
/// <param name="Ended">Null while it runs.</param>
/// <param name="Error">Why it stopped; the next run goes on.</param>
/// <param name="Seen">What the run read so far.</param>
/// <param name="Written">Facts it found new or different.</param>
/// <param name="Removed">Facts it found gone.</param>
/// <param name="FactsAt">How old the facts may be; null: no run was completed.</param>
/// <param name="Facts">What the last completed run found.</param>
public sealed record IngestionView(
    IngestState State, bool Waiting, PersonRef? By, DateTimeOffset? Started, DateTimeOffset? Ended, string? Error, FactCounts Seen, int Written, int Removed, DateTimeOffset? FactsAt, FactCounts? Facts)
{
    public static IngestionView Of(IPeople people, IngestProgress progress) => new(
        progress.State, progress.Asked is not null, progress.By is { } by ? PersonRef.Of(people, by) : null, progress.Started, progress.Ended, progress.Error, progress.Seen, progress.Written,
        progress.Removed, progress.FactsAt, progress.Facts);
}

/// <summary>A resource that was found on a platform.</summary>
/// <param name="Type">In the platform's words.</param>
public sealed record FoundResourceView(string Resource, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Type, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Description);

/// <summary>How a platform differs from what was given here, and lasts.</summary>
/// <param name="Request">The request it is about; null: none is.</param>
/// <param name="Evidence">What the platform was found to say.</param>
/// <param name="Since">When it was first seen.</param>
/// <param name="Standing">True: it was there when the platform was first compared.</param>
public sealed record DifferenceView(
    Drift Drift, string Platform, string Resource, string? Identity, string? Role, string? Request, string? Grant, string Evidence, DateTimeOffset Since, bool Standing)
{
    public static DifferenceView Of(Difference one) =>
        new(one.Drift, one.Platform, one.Resource, one.Identity, one.Role, one.RequestId, one.GrantId, one.Evidence, one.Since, one.Standing);
}

/// <summary>What the last comparison of a platform with requests and ledger came to.</summary>
/// <param name="Looked">Grants that were looked at.</param>
/// <param name="Different">Of these, how many differ.</param>
/// <param name="Failed">Of how many the platform said nothing.</param>
/// <param name="Left">Grants that wait for the next run.</param>
/// <param name="Ungranted">Access that no grant explains, as far as facts tell.</param>
/// <param name="FactsAt">How old these facts are; null: there were none.</param>
public sealed record ComparisonView(DateTimeOffset At, int Looked, int Different, int Failed, int Left, int Ungranted, DateTimeOffset? FactsAt)
{
    public static ComparisonView Of(ReconcileResult result) => new(result.At, result.Looked, result.Different, result.Failed, result.Left, result.Ungranted, result.FactsAt);
}
