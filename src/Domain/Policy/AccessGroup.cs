using System.Text.Json.Serialization;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Domain.Policy;

/// <summary>The policy document: who may ask for what, how it is decided, for how long (design, section 5).</summary>
public sealed record AccessGroup
{
    public required string Id { get; init; }
    public string? Name { get; init; }
    public string? Description { get; init; }

    /// <summary>Lower wins where the strictest effective modes are equal.</summary>
    public int Priority { get; init; } = 100;
    public string TimeZone { get; init; } = "UTC";

    /// <summary>References: <c>person</c>, <c>group:name</c>, or <c>everyone</c>.</summary>
    public IReadOnlyList<string> Members { get; init; } = [];

    /// <summary>Patterns such as <c>pg-prod/analytics*</c> or <c>vault/[#USERNAME#]/*</c>; <c>*</c> stays within a segment.</summary>
    public IReadOnlyList<string> Resources { get; init; } = [];

    /// <summary>The rule per access kind; a group silent on a kind takes no part in it.</summary>
    public IReadOnlyDictionary<AccessKind, AccessRule> Rules { get; init; } = new Dictionary<AccessKind, AccessRule>();

    public IReadOnlyList<string> Reasons { get; init; } = [];
    public bool TicketRequired { get; init; }
    public string? TicketPattern { get; init; }
    public TimeSpan? ReasonReuse { get; init; }
    public TimeSpan DefaultDuration { get; init; } = TimeSpan.FromHours(1);
    public TimeSpan MaxDuration { get; init; } = TimeSpan.FromHours(8);
    public TimeSpan MaxAdvance { get; init; } = TimeSpan.FromDays(30);
    public TimeSpan ExtendUpTo { get; init; }

    /// <summary>Levels in order. Without them, the four members below are the one list with total counts.</summary>
    public IReadOnlyList<LevelPolicy> Levels { get; init; } = [];
    public IReadOnlyList<string> Approvers { get; init; } = [];
    public int ApprovalsRequired { get; init; } = 1;
    public int DenialsRequired { get; init; } = 1;
    public IReadOnlyList<string> ManagerFallback { get; init; } = [];

    /// <summary>Adds the requester's manager as one more seat of level 1; the count stays.</summary>
    public bool AddManager { get; init; }
    public bool ApproversMayChangePeriod { get; init; } = true;
    public bool AllowSelfApproval { get; init; }
    public TimeSpan LapseAfter { get; init; } = TimeSpan.FromHours(24);
    public TimeSpan? RemindEvery { get; init; }

    public IReadOnlyList<Window> AccessWindows { get; init; } = [];
    public IReadOnlyList<Window> ApprovalWindows { get; init; } = [];
    public IReadOnlyList<Freeze> Freezes { get; init; } = [];

    public IReadOnlyList<string> Roles { get; init; } = [];
    public string? DefaultRole { get; init; }
    public IReadOnlyList<string> Identities { get; init; } = [];
    public bool AllowBatch { get; init; }

    public bool AllowEmergency { get; init; }
    public TimeSpan EmergencyReviewWithin { get; init; } = TimeSpan.FromHours(24);
    public bool FreezeBlocksEmergency { get; init; }

    /// <summary>The levels as decided by: the written ones, or the total list as a single level; none where nobody approves.</summary>
    public IReadOnlyList<LevelPolicy> EffectiveLevels() => Levels.Count > 0 ? Levels
        : Approvers.Count == 0 && !AddManager ? []
        : [new LevelPolicy { Approvers = Approvers, ManagerFallback = ManagerFallback, ApprovalsRequired = ApprovalsRequired, DenialsRequired = DenialsRequired }];
}

/// <summary>How one kind of access is decided.</summary>
public sealed record AccessRule([property: JsonRequired] Mode Mode)
{
    /// <summary>Of <see cref="AccessKind.Settings"/>: true: at the end of the period the document becomes what it was before; false: the change stays.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool RevertAtEnd { get; init; }
}
