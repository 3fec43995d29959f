using System.Text.Json.Serialization;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Domain.Policy;

/// <summary>
/// The part of an access group that governs one request, copied at submission: later edits of the group change new requests only
/// (design, section 4, rule 5). <see cref="PolicyMatch"/> makes it.
/// </summary>
public sealed record RequestPolicy
{
    public required string AccessGroup { get; init; }

    /// <summary>The effective mode, after approval windows.</summary>
    public required Mode Mode { get; init; }

    /// <summary>IANA time zone in which windows are read.</summary>
    public string TimeZone { get; init; } = "UTC";

    public IReadOnlyList<string> Reasons { get; init; } = [];
    public bool TicketRequired { get; init; }
    public string? TicketPattern { get; init; }
    public TimeSpan DefaultDuration { get; init; } = TimeSpan.FromHours(1);
    public TimeSpan MaxDuration { get; init; } = TimeSpan.FromHours(8);
    public TimeSpan MaxAdvance { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How far past the original end the requester may extend; zero: not at all.</summary>
    public TimeSpan ExtendUpTo { get; init; }

    /// <summary>Always at least one: a group without levels has its total counts as one level.</summary>
    public IReadOnlyList<LevelPolicy> Levels { get; init; } = [];
    public bool AddManager { get; init; }
    public bool ApproversMayChangePeriod { get; init; } = true;
    public bool AllowSelfApproval { get; init; }
    public TimeSpan LapseAfter { get; init; } = TimeSpan.FromHours(24);
    public TimeSpan? RemindEvery { get; init; }

    public IReadOnlyList<Window> AccessWindows { get; init; } = [];
    public IReadOnlyList<Window> ApprovalWindows { get; init; } = [];

    /// <summary>Freezes of every group that matched.</summary>
    public IReadOnlyList<Freeze> Freezes { get; init; } = [];

    public IReadOnlyList<string> Roles { get; init; } = [];
    public string? DefaultRole { get; init; }
    public IReadOnlyList<string> Identities { get; init; } = [];
    public bool AllowBatch { get; init; }

    public bool AllowEmergency { get; init; }
    public TimeSpan EmergencyReviewWithin { get; init; } = TimeSpan.FromHours(24);
    public bool FreezeBlocksEmergency { get; init; }

    /// <summary>As in <see cref="AccessRule.RevertAtEnd"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool RevertAtEnd { get; init; }
}

/// <summary>One level as the group writes it. References are <c>person</c>, <c>group:name</c>, <c>manager</c> or <c>role:Reviewer</c>.</summary>
public sealed record LevelPolicy
{
    public required IReadOnlyList<string> Approvers { get; init; }

    /// <summary>Who takes the seat of a manager the requester does not have.</summary>
    public IReadOnlyList<string> ManagerFallback { get; init; } = [];
    public int ApprovalsRequired { get; init; } = 1;
    public int DenialsRequired { get; init; } = 1;
    public TimeSpan? EscalateAfter { get; init; }
    public IReadOnlyList<string> EscalateTo { get; init; } = [];

    /// <summary>The weakest channel whose approval counts; a weaker one may still deny.</summary>
    public Channel MinimumAssurance { get; init; } = Channel.EmailReply;
}

/// <summary>
/// A recurring stretch of wall-clock time. <see cref="To"/> at or before <see cref="From"/> runs into the next day. Without days: every
/// day. <see cref="FirstDate"/> and <see cref="LastDate"/> bound the dates on which it begins, both included.
/// </summary>
public sealed record Window
{
    public IReadOnlyList<DayOfWeek> Days { get; init; } = [];
    public TimeOnly From { get; init; }
    public TimeOnly To { get; init; }
    public DateOnly? FirstDate { get; init; }
    public DateOnly? LastDate { get; init; }
}

/// <summary>A stretch in which no access may run.</summary>
public sealed record Freeze([property: JsonRequired] DateTimeOffset From, [property: JsonRequired] DateTimeOffset To, string? Why = null);
