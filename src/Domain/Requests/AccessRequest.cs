using System.Text.Json.Serialization;
using AccessFunctions.Domain.Policy;

namespace AccessFunctions.Domain.Requests;

/// <summary>
/// One ask, from submission to proof of removal: everything <see cref="Decider"/> needs to answer the next signal, and nothing secret.
/// Deadlines are not stored; <see cref="Deadlines"/> reads them off this.
/// </summary>
public sealed record AccessRequest
{
    private Phase _phase;
    private long _sequence = 1;
    private int _level;
    private IReadOnlyList<Level> _levels = [];
    private IReadOnlyList<Grant> _grants = [];
    private InFlight? _inFlight;
    private DateTimeOffset _changedAt;
    private DateTimeOffset? _closedAt;
    private IReadOnlyList<SeenSignal> _seen = [];

    public required string Id { get; init; }
    public required Phase Phase { get => _phase; init => _phase = value; }
    public Outcome? Outcome { get; init; }

    /// <summary>Raised when an approver changes what is asked; decisions name the revision they are about.</summary>
    public int Revision { get; init; } = 1;

    /// <summary>One up with every signal taken, refused ones too; a stale write never overwrites a newer sequence.</summary>
    public long Sequence { get => _sequence; init => _sequence = value; }

    public required string Requester { get; init; }
    public required Ask Ask { get; init; }

    /// <summary>The role that will be provisioned, once chosen.</summary>
    public string? Role { get; init; }

    /// <summary>The identity an approver chose; null: each grant goes to the requester's own on its platform.</summary>
    public string? Identity { get; init; }

    public required string? Justification { get; init; }
    public required Period Period { get; init; }

    /// <summary>The end before the first extension; null where there was none.</summary>
    public DateTimeOffset? OriginalEnd { get; init; }
    public required RequestPolicy Policy { get; init; }

    /// <summary>The level that decides now, from 1; 0 where none does.</summary>
    public int Level { get => _level; init => _level = value; }
    public IReadOnlyList<Level> Levels { get => _levels; init => _levels = value; }
    public IReadOnlyList<Review> Reviews { get; init; } = [];
    public IReadOnlyList<Grant> Grants { get => _grants; init => _grants = value; }
    public Emergency? Emergency { get; init; }

    /// <summary>The change of settings that is asked for; null for every other kind of access.</summary>
    public SettingsChange? Change { get; init; }
    public Extension? Extension { get; init; }

    /// <summary>The one platform effect that may be running; the next is issued only after its outcome.</summary>
    public InFlight? InFlight { get => _inFlight; init => _inFlight = value; }

    /// <summary>Who settled the request's approval or ended its access, for "already settled by".</summary>
    public Settlement? Settled { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The instant of the last signal or deadline that changed this state.</summary>
    public required DateTimeOffset ChangedAt { get => _changedAt; init => _changedAt = value; }
    public DateTimeOffset? ClosedAt { get => _closedAt; init => _closedAt = value; }

    /// <summary>The last 64 signals and how each was answered.</summary>
    public IReadOnlyList<SeenSignal> Seen { get => _seen; init => _seen = value; }

    /// <summary>Head of the request's audit chain as the last append returned it; set by the host that appended.</summary>
    public AuditHead? AuditHead { get; init; }

    /// <summary>When free text was last taken out of this (<see cref="Pseudonymisation"/>); null: never.</summary>
    public DateTimeOffset? PseudonymisedAt { get; init; }

    // What nearly every step of a decision moves is set in place, since copying a state is most of what a step costs. Only a turn may do
    // so, on the copy that it made itself and that nobody else has seen; to everyone else a state never changes.
    internal void Set(IReadOnlyList<Level> levels, int level) => (_levels, _level) = (levels, level);

    internal void Set(IReadOnlyList<Grant> grants, InFlight? running) => (_grants, _inFlight) = (grants, running);

    internal void Set(Phase phase, DateTimeOffset? closedAt) => (_phase, _closedAt) = (phase, closedAt);

    internal void Set(long sequence, DateTimeOffset changedAt, IReadOnlyList<SeenSignal> seen) => (_sequence, _changedAt, _seen) = (sequence, changedAt, seen);
}

/// <summary>
/// A signal this request has answered. <see cref="Refused"/> is null where it was accepted. An id is its actor's own: two people may choose
/// the same one, and nobody can use up an id that the host will send.
/// </summary>
public sealed record SeenSignal(string Id, string By, long Sequence, RefusalReason? Refused);

/// <summary>The newest link of a chain: its sequence from 1 and its SHA-256 in lower-case hex.</summary>
public sealed record AuditHead(long Sequence, string Hash);

/// <summary>When access may be used. <see cref="Fixed"/>: an approver set it; otherwise it floats (design, section 4, rule 7).</summary>
public sealed record Period(DateTimeOffset Start, DateTimeOffset End, bool Fixed = false)
{
    [JsonIgnore]
    public TimeSpan Length => End - Start;
}

/// <summary>
/// One level's frozen seats. The lists only shrink, but for escalation, which adds <see cref="EscalateTo"/> once, and for stand-ins who take the seats of
/// approvers who left.
/// </summary>
public sealed record Level
{
    public required int Number { get; init; }
    public required IReadOnlyList<string> Approvers { get; init; }
    public IReadOnlyList<string> EscalateTo { get; init; } = [];
    public required int ApprovalsRequired { get; init; }
    public required int DenialsRequired { get; init; }
    public TimeSpan? EscalateAfter { get; init; }
    public Channel MinimumAssurance { get; init; } = Channel.EmailReply;
    public DateTimeOffset? OpenedAt { get; init; }
    public DateTimeOffset? EscalatedAt { get; init; }
    public DateTimeOffset? RemindedAt { get; init; }

    /// <summary>Stand-ins who took the seats of approvers who left; null: none did.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<Handover>? Handovers { get; init; }
}

/// <summary>The seat of a person who left is from now on their stand-in's.</summary>
public sealed record Handover(string From, string To);

/// <summary>One approver's decision. <see cref="Seat"/> differs from <see cref="By"/> for a stand-in. An uncounted one was superseded.</summary>
public sealed record Review
{
    public required string By { get; init; }
    public required string Seat { get; init; }
    public required Verdict Verdict { get; init; }
    public required int Level { get; init; }
    public required int Revision { get; init; }
    public required Channel Channel { get; init; }
    public required DateTimeOffset At { get; init; }
    public string? Comment { get; init; }
    public required bool Counted { get; init; }
}

/// <summary>Who settled what, and when.</summary>
public sealed record Settlement(string By, DateTimeOffset At);

/// <summary>The declared emergency; stays for good. <see cref="Review"/> is null while owed.</summary>
public sealed record Emergency
{
    public required string Justification { get; init; }
    public required DateTimeOffset DeclaredAt { get; init; }
    public required DateTimeOffset ReviewDueAt { get; init; }
    public EmergencyVerdict? Review { get; init; }
    public string? ReviewedBy { get; init; }
    public DateTimeOffset? ReviewedAt { get; init; }

    /// <summary>When the first approver was reached; null: none yet.</summary>
    public DateTimeOffset? NoticeReachedAt { get; init; }

    /// <summary>Administrators were told that no approver was reached in time.</summary>
    public bool NoticeAlerted { get; init; }

    /// <summary>Administrators were told that the review is overdue.</summary>
    public bool ReviewAlerted { get; init; }
    public IReadOnlyList<string> RecentlyDenied { get; init; } = [];
}

/// <summary>A later end that the platform is being told; the old one holds until every grant has it.</summary>
public sealed record Extension(DateTimeOffset End, int Done);

/// <summary>Which kind of platform effect is running.</summary>
public enum Work { Provision, Extend, Revoke, ReadBack }

/// <summary>The running attempt.</summary>
public sealed record InFlight(Work Work, string GrantId, int Attempt);

/// <summary>Where one resource's access stands.</summary>
public enum GrantState
{
    /// <summary>Nothing was tried yet.</summary>
    Pending,

    /// <summary>At least one attempt was made; the platform may have changed.</summary>
    Attempted,

    /// <summary>A fulfiller has been asked to give it.</summary>
    AwaitingFulfiller,

    /// <summary>The access is there, and this request put it there.</summary>
    Granted,

    /// <summary>The access was there before (standing); it is never removed.</summary>
    AlreadyHeld,

    /// <summary>The platform was told to remove it; proof is outstanding.</summary>
    Removed,

    /// <summary>A person must confirm the removal.</summary>
    AwaitingRemoval,

    /// <summary>Proven gone, or never there.</summary>
    Gone,
}

/// <summary>The provisioned access of one resource.</summary>
public sealed record Grant
{
    /// <summary>Unique and stable: every platform effect is idempotent by it.</summary>
    public required string Id { get; init; }
    public required string Resource { get; init; }
    public required GrantState State { get; init; }

    /// <summary>The identity it goes to; null where the platform makes one (an ephemeral login).</summary>
    public string? Identity { get; init; }

    /// <summary>Attempts made of any work, so that each effect and its outcome have a number of their own.</summary>
    public int Attempts { get; init; }

    /// <summary>Failures in a row of the present work.</summary>
    public int Failures { get; init; }
    public DateTimeOffset? RetryAt { get; init; }
    public DateTimeOffset? GrantedAt { get; init; }
    public DateTimeOffset? RevokedAt { get; init; }
    public DateTimeOffset? ProvenGoneAt { get; init; }
    public string? Proof { get; init; }
    public string? AlreadyHeld { get; init; }
    public string? Login { get; init; }
    public IReadOnlyList<string> Fulfillers { get; init; } = [];
    public DateTimeOffset? RemindAt { get; init; }
    public string? LastError { get; init; }

    /// <summary>A late success came while a removal or a look was running: what that found no longer holds.</summary>
    public bool Resurfaced { get; init; }
}
