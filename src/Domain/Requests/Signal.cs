using System.Text.Json.Serialization;
using AccessFunctions.Domain.Policy;

namespace AccessFunctions.Domain.Requests;

/// <summary>
/// Something that happened to a request: who, when, through which channel, and an id of its own. Facts the decision needs are read
/// by Application just before and travel inside (design, section 4, rule 6). The same id always gets the same answer (rule 9).
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(Submit), "submit")]
[JsonDerivedType(typeof(Approve), "approve")]
[JsonDerivedType(typeof(Deny), "deny")]
[JsonDerivedType(typeof(Cancel), "cancel")]
[JsonDerivedType(typeof(DeclareEmergency), "declareEmergency")]
[JsonDerivedType(typeof(Ratify), "ratify")]
[JsonDerivedType(typeof(Revoke), "revoke")]
[JsonDerivedType(typeof(Release), "release")]
[JsonDerivedType(typeof(Extend), "extend")]
[JsonDerivedType(typeof(DeadlineReached), "deadlineReached")]
[JsonDerivedType(typeof(ProvisionSucceeded), "provisionSucceeded")]
[JsonDerivedType(typeof(ProvisionFailed), "provisionFailed")]
[JsonDerivedType(typeof(ProvisionAwaitsPerson), "provisionAwaitsPerson")]
[JsonDerivedType(typeof(ExtendSucceeded), "extendSucceeded")]
[JsonDerivedType(typeof(ExtendFailed), "extendFailed")]
[JsonDerivedType(typeof(RevokeSucceeded), "revokeSucceeded")]
[JsonDerivedType(typeof(RevokeFailed), "revokeFailed")]
[JsonDerivedType(typeof(ReadBack), "readBack")]
[JsonDerivedType(typeof(ConfirmDone), "confirmDone")]
[JsonDerivedType(typeof(ConfirmRemoved), "confirmRemoved")]
[JsonDerivedType(typeof(SecretLooked), "secretLooked")]
[JsonDerivedType(typeof(RecordingViewed), "recordingViewed")]
[JsonDerivedType(typeof(NoticeDelivered), "noticeDelivered")]
[JsonDerivedType(typeof(DirectoryChanged), "directoryChanged")]
[JsonDerivedType(typeof(AccessReturned), "accessReturned")]
public abstract record Signal
{
    /// <summary>Unique per actor and request; a repeat is answered from the first.</summary>
    public required string Id { get; init; }

    /// <summary>The person id of the actor, or one of <see cref="SystemActors"/>.</summary>
    public required string By { get; init; }

    public required Channel Channel { get; init; }

    /// <summary>UTC instant at which the host took the signal; never earlier than the request's last.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The actor's network address, kept in the audit detail only.</summary>
    public string? Address { get; init; }
}

/// <summary>A signal a person sends about a request they can see; <see cref="Facts"/> say what that person is right now.</summary>
public abstract record PersonSignal : Signal
{
    public required ActorFacts Facts { get; init; }
}

/// <summary>A request is made. <see cref="Policy"/> is the copy that governs it for good.</summary>
public sealed record Submit : Signal
{
    public required string RequestId { get; init; }
    public required Ask Ask { get; init; }
    public required RequestPolicy Policy { get; init; }
    public required SubmitFacts Facts { get; init; }
}

/// <summary>An approver says yes, perhaps to a changed period, role or identity. Null leaves what is asked.</summary>
public sealed record Approve : PersonSignal
{
    public required int Revision { get; init; }

    /// <summary>The level the decision is bound to, from 1, where its channel asked for one; null: whichever decides now.</summary>
    public int? Level { get; init; }
    public string? Comment { get; init; }
    public DateTimeOffset? Start { get; init; }
    public DateTimeOffset? End { get; init; }
    public string? Role { get; init; }
    public string? Identity { get; init; }

    /// <summary>Identities linked to the requester on the platforms of the request, where <see cref="Identity"/> is given: any of them may be chosen.</summary>
    public IReadOnlyList<PlatformIdentity>? RequesterIdentities { get; init; }
}

/// <summary>An approver says no. Slack and bare replies carry no comment; the other channels must.</summary>
public sealed record Deny : PersonSignal
{
    public required int Revision { get; init; }

    /// <summary>As in <see cref="Approve.Level"/>.</summary>
    public int? Level { get; init; }
    public string? Comment { get; init; }
}

/// <summary>The requester, or an administrator, withdraws an open request.</summary>
public sealed record Cancel : PersonSignal;

/// <summary>The requester skips approval, with a second justification.</summary>
public sealed record DeclareEmergency : PersonSignal
{
    public required string Justification { get; init; }
    public required EmergencyFacts Emergency { get; init; }
}

/// <summary>An approver reviews an emergency after the fact.</summary>
public sealed record Ratify : PersonSignal
{
    public required EmergencyVerdict Verdict { get; init; }
    public string? Comment { get; init; }
}

/// <summary>An approver or an administrator takes access away before its end.</summary>
public sealed record Revoke : PersonSignal
{
    public required string Comment { get; init; }
}

/// <summary>The requester gives access back before its end.</summary>
public sealed record Release : PersonSignal;

/// <summary>The requester asks for a later end of access that is active.</summary>
public sealed record Extend : PersonSignal
{
    public required DateTimeOffset End { get; init; }
}

/// <summary>The host's timer: some deadline of this request has passed. What is due is read off the state.</summary>
public sealed record DeadlineReached : Signal;

/// <summary>The outcome of one attempt of one platform effect.</summary>
public abstract record EffectOutcome : Signal
{
    public required string GrantId { get; init; }

    /// <summary>The number of the attempt that this reports; an outcome of an attempt no longer awaited still counts where access may exist.</summary>
    public required int Attempt { get; init; }
}

/// <summary>The access is on the platform. <see cref="AlreadyHeld"/> names through what it was there before (standing access, never removed).</summary>
public sealed record ProvisionSucceeded : EffectOutcome
{
    public string? AlreadyHeld { get; init; }

    /// <summary>The login name the requester uses, where the platform made or named one. Never a secret.</summary>
    public string? Login { get; init; }
}

/// <summary>The attempt failed or timed out; it may still have changed the platform. <see cref="Permanent"/>: trying again cannot help.</summary>
public sealed record ProvisionFailed : EffectOutcome
{
    public required string Error { get; init; }
    public bool Permanent { get; init; }
}

/// <summary>A person has to do it (the manual platform); one of <see cref="Fulfillers"/> confirms.</summary>
public sealed record ProvisionAwaitsPerson : EffectOutcome
{
    public required IReadOnlyList<string> Fulfillers { get; init; }
}

/// <summary>The platform holds the new end.</summary>
public sealed record ExtendSucceeded : EffectOutcome;

/// <summary>The platform did not take the new end; the old one holds.</summary>
public sealed record ExtendFailed : EffectOutcome
{
    public required string Error { get; init; }
}

/// <summary>The platform says the access is removed; a read-back has yet to prove it.</summary>
public sealed record RevokeSucceeded : EffectOutcome;

/// <summary>The removal failed or timed out and will be tried again, for ever.</summary>
public sealed record RevokeFailed : EffectOutcome
{
    public required string Error { get; init; }
}

/// <summary>What a look at the platform found.</summary>
public enum Finding
{
    /// <summary>Nothing of this grant remains.</summary>
    Gone,

    /// <summary>Something of this grant is still there, or the look failed: remove again.</summary>
    StillThere,

    /// <summary>No machine can tell; a named person confirms (<see cref="ConfirmRemoved"/>).</summary>
    AwaitsPerson,
}

/// <summary>The outcome of a read-back. <see cref="Proof"/> says what was looked at and what remains through others.</summary>
public sealed record ReadBack : EffectOutcome
{
    public required Finding Finding { get; init; }
    public required string Proof { get; init; }

    /// <summary>Who may confirm a removal no machine can prove; administrators always may.</summary>
    public IReadOnlyList<string> Fulfillers { get; init; } = [];
}

/// <summary>A named fulfiller confirms that access on a manual platform was given.</summary>
public sealed record ConfirmDone : PersonSignal
{
    public required string GrantId { get; init; }
    public string? Comment { get; init; }
}

/// <summary>A named person confirms a removal that no machine can prove.</summary>
public sealed record ConfirmRemoved : PersonSignal
{
    public required string GrantId { get; init; }
    public string? Comment { get; init; }
}

/// <summary>The requester is about to see a secret; recorded before the bytes leave.</summary>
public sealed record SecretLooked : PersonSignal
{
    public required string GrantId { get; init; }
}

/// <summary>The requester is about to see a recording through its link; recorded before the bytes leave.</summary>
public sealed record RecordingViewed : PersonSignal
{
    public required string GrantId { get; init; }
}

/// <summary>A notice reached its reader's channel. Only the emergency's notice to approvers is awaited (design, section 7).</summary>
public sealed record NoticeDelivered : Signal
{
    public required NoticeKind Kind { get; init; }
    public required string To { get; init; }
}

/// <summary>People came or went: who may still decide, level by level, and whether the requester is still here.</summary>
public sealed record DirectoryChanged : Signal
{
    public required bool RequesterActive { get; init; }

    /// <summary>Active members of each level now, by level; the request's own lists only shrink to these.</summary>
    public required IReadOnlyList<IReadOnlyList<string>> Approvers { get; init; }

    /// <summary>The same for each level's escalation list.</summary>
    public required IReadOnlyList<IReadOnlyList<string>> EscalateTo { get; init; }

    /// <summary>Who takes the seats of approvers who left altogether, and not just a group: at most one for each.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<Handover>? Handovers { get; init; }
}

/// <summary>Access that was proven gone was found on its platform again: it outlived its request, so it is removed and looked for once more.</summary>
public sealed record AccessReturned : Signal
{
    public required string GrantId { get; init; }

    /// <summary>What the platform was found to say. No secrets.</summary>
    public required string Evidence { get; init; }
}
