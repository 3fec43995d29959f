using System.Collections.ObjectModel;
using AccessFunctions.Domain.Audit;

namespace AccessFunctions.Domain.Requests;

/// <summary>
/// What a signal led to: the state to keep, the effects to run, the events to chain. A refused signal still yields a state (it was
/// seen), never an effect of its own; effects in a refused decision come from deadlines that were due first.
/// </summary>
/// <param name="State">The request after the signal; null only where a submission was refused or no request exists.</param>
/// <param name="Effects">In order.</param>
/// <param name="Events">In order; at least one unless the signal is a repeat.</param>
/// <param name="Refusal">Why the signal itself was refused; null where it was accepted.</param>
/// <param name="Repeated">The signal had been answered before; nothing is to be written.</param>
public sealed record Decision(
    AccessRequest? State,
    IReadOnlyList<Effect> Effects,
    IReadOnlyList<AuditEvent> Events,
    Refusal? Refusal = null,
    bool Repeated = false);

/// <summary>Why a signal or an ask was refused, as data. <see cref="Errors"/> maps field names to messages.</summary>
public sealed record Refusal(RefusalReason Reason, string Detail)
{
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Errors { get; init; } = ReadOnlyDictionary<string, IReadOnlyList<string>>.Empty;
}

/// <summary>Every reason; the Api maps each to one problem type and status (<c>docs/errors.md</c>).</summary>
public enum RefusalReason
{
    NotFound,
    InvalidAsk,
    NoRule,
    SeveralGroups,
    Unsolvable,
    AlreadySubmitted,
    NoActionsAvailable,
    NotNow,
    SelfReview,
    NotAnApprover,
    NotTheRequester,
    NotPermitted,
    NotActive,
    AlreadySettled,
    AlreadyDecided,
    NotYourLevel,
    StaleRevision,
    AssuranceTooLow,
    CommentRequired,
    RoleRequired,
    RoleNotOffered,
    IdentityRequired,
    IdentityNotAllowed,
    PeriodNotChangeable,
    PeriodInvalid,
    PeriodPassed,
    OutsideWindows,
    EmergencyNotAllowed,
    EmergencyDebt,
    ReviewNotOwed,
    ExtensionNotAllowed,
    EmergencyInForce,
    ApprovalRequired,
}
