using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Domain.Audit;

/// <summary>How long things are kept; null: for good.</summary>
/// <param name="Requests">A request, with its audit chain, from when it was finished.</param>
/// <param name="Events">What happened outside requests, from the day it happened.</param>
/// <param name="PersonalData">Free text, names and addresses in either, from the same instants.</param>
public sealed record RetentionRules(TimeSpan? Requests = null, TimeSpan? Events = null, TimeSpan? PersonalData = null)
{
    /// <summary>The shortest time: answers are kept as long, and histories of orchestrations less.</summary>
    public static TimeSpan Shortest { get; } = TimeSpan.FromDays(30);
}

/// <summary>Why something is kept beyond its time.</summary>
public enum KeptFor
{
    /// <summary>Its time is not over.</summary>
    NotYet,

    /// <summary>Something can still follow: a phase before the end, a review owed, a notice not sent.</summary>
    Unfinished,

    /// <summary>It, or for a host's stream a request it tells of, is under legal hold.</summary>
    LegalHold,

    /// <summary>No checkpoint covers all of it yet.</summary>
    NotCheckpointed,

    /// <summary>An audit sink has not taken all of it yet.</summary>
    NotDelivered,

    /// <summary>Its chain does not verify: it is evidence.</summary>
    Damaged,

    /// <summary>It holds the events of retention itself.</summary>
    NotPurged,
}

/// <summary>A stream as it stands, for the decision whether it may go.</summary>
public sealed record StreamStanding
{
    public required string Stream { get; init; }

    /// <summary>The request whose stream it is; null for a host's.</summary>
    public string? RequestId { get; init; }

    /// <summary>From when its keeping time runs: the end of the request, or of the day; null while it goes on.</summary>
    public required DateTimeOffset? EndedAt { get; init; }
    public required bool Held { get; init; }
    public required bool Checkpointed { get; init; }
    public required bool Delivered { get; init; }

    /// <summary>False where its chain does not verify.</summary>
    public required bool Sound { get; init; }

    /// <summary>The rows' hashes in order of sequence, lower-case hex.</summary>
    public required IReadOnlyList<string> Hashes { get; init; }

    /// <summary>When its newest event happened.</summary>
    public required DateTimeOffset NewestAt { get; init; }

    /// <summary>Changes with everything that was looked at.</summary>
    public required string Version { get; init; }
}

/// <summary>Decides what may go.</summary>
public static class Retention
{
    /// <summary>From when the keeping time of a finished request runs: its end, or the review that it owed where that came later.</summary>
    public static DateTimeOffset EndedAt(AccessRequest request)
    {
        var ended = request.ClosedAt ?? request.ChangedAt;
        return request.Emergency?.ReviewedAt is { } reviewed && reviewed > ended ? reviewed : ended;
    }

    /// <summary>Why a stream may not be purged; null: it may.</summary>
    /// <param name="standing">The stream.</param>
    /// <param name="before">Streams that ended before this instant have been kept long enough.</param>
    public static KeptFor? HindersPurge(StreamStanding standing, DateTimeOffset before) => standing switch
    {
        _ when Tombstone.HoldsRecords(standing.Stream) => KeptFor.NotPurged,
        { Held: true } => KeptFor.LegalHold,
        { EndedAt: null } => KeptFor.Unfinished,
        { EndedAt: var ended } when ended >= before => KeptFor.NotYet,
        { Delivered: false } => KeptFor.NotDelivered,
        { Checkpointed: false } => KeptFor.NotCheckpointed,
        { Sound: false } => KeptFor.Damaged,
        _ => null,
    };

    /// <summary>Why personal data of a stream may not be deleted; null: it may. Chains verify without it, so no checkpoint is waited for.</summary>
    /// <param name="standing">The stream.</param>
    /// <param name="before">As for a purge; null: at once, because somebody asked for it.</param>
    public static KeptFor? HindersPseudonymising(StreamStanding standing, DateTimeOffset? before) => standing switch
    {
        _ when Tombstone.HoldsRecords(standing.Stream) => KeptFor.NotPurged,
        { Held: true } => KeptFor.LegalHold,
        { EndedAt: null, RequestId: not null } => KeptFor.Unfinished,
        { EndedAt: var ended } when before is not null && !(ended < before) => KeptFor.NotYet,
        { Delivered: false } => KeptFor.NotDelivered,
        { Sound: false } => KeptFor.Damaged,
        _ => null,
    };
}
