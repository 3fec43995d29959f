using System.Collections.ObjectModel;

namespace AccessFunctions.Domain.Audit;

/// <summary>
/// One step, as it will be chained: opaque ids and words of the domain only. Names, e-mails, addresses and free text go into
/// <see cref="Detail"/>, which is stored apart with a random salt so that it can be deleted without breaking the chain (design, section 9).
/// </summary>
public sealed record AuditEvent
{
    /// <summary>Stable dotted name, for example <c>access.request.approved</c>.</summary>
    public required string Type { get; init; }

    /// <summary>UTC instant of the step.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Person id or <c>system:…</c>; <c>anonymous</c> where nobody was known.</summary>
    public required string Actor { get; init; }

    public required string Channel { get; init; }

    /// <summary>False where the step was refused or failed.</summary>
    public required bool Succeeded { get; init; }

    /// <summary>The id of the signal that caused it; null in host streams.</summary>
    public string? SignalId { get; init; }
    public string? RequestId { get; init; }
    public string? Requester { get; init; }
    public int? Revision { get; init; }
    public int? Level { get; init; }
    public string? Phase { get; init; }
    public string? Outcome { get; init; }

    /// <summary>The refusal's reason, or another stable word for why.</summary>
    public string? Reason { get; init; }
    public string? Kind { get; init; }
    public string? Resource { get; init; }
    public string? Role { get; init; }
    public string? Identity { get; init; }
    public string? GrantId { get; init; }
    public bool Emergency { get; init; }
    public DateTimeOffset? PeriodStart { get; init; }
    public DateTimeOffset? PeriodEnd { get; init; }
    public AuditDetail? Detail { get; init; }
}

/// <summary>What may identify a person or quote one; kept apart from the chained bytes.</summary>
public sealed record AuditDetail
{
    public string? Address { get; init; }
    public string? Text { get; init; }

    /// <summary>Further named texts, for example the ticket or a changed document.</summary>
    public IReadOnlyDictionary<string, string> More { get; init; } = ReadOnlyDictionary<string, string>.Empty;
}
