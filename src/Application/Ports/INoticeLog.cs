using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Application.Ports;

/// <summary>What became of each notice, by channel and reader. No addresses, and nothing of what was said.</summary>
public interface INoticeLog
{
    /// <summary>Keeps what a run of one notice led to. What was sent by an earlier run stays as it is; everything else is replaced.</summary>
    /// <param name="requestId">The request that it is about.</param>
    /// <param name="notice">The notice's id within the request.</param>
    /// <param name="outcomes">One for each channel and reader.</param>
    /// <param name="cancellation">Ends the call.</param>
    Task Keep(string requestId, string notice, IReadOnlyList<NoticeOutcome> outcomes, CancellationToken cancellation);

    /// <summary>All of a request, in order of their instants.</summary>
    Task<IReadOnlyList<NoticeOutcome>> Of(string requestId, CancellationToken cancellation);
}

/// <summary>What became of a notice for one reader through one channel.</summary>
/// <param name="To">The reader's id.</param>
/// <param name="Channel">The channel's name; null: the reader is no longer there, and no channel was tried.</param>
/// <param name="At">When it was tried, or taken.</param>
/// <param name="Why">Why the channel did not take it, without addresses; null where it did, or had nothing to do.</param>
public sealed record NoticeOutcome(NoticeKind Kind, string To, string? Channel, NoticeResult Result, DateTimeOffset At, string? Why = null);

/// <summary>How it went.</summary>
public enum NoticeResult
{
    /// <summary>The channel took it.</summary>
    Sent,

    /// <summary>The channel has no way to this reader, or nothing to tell them.</summary>
    NotSent,

    /// <summary>The channel did not take it; it is tried again.</summary>
    Waiting,
}
