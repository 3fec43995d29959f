using AccessFunctions.Domain.Audit;

namespace AccessFunctions.Application.Ports;

/// <summary>
/// Purges and pseudonymises streams (<see cref="AuditRow.Stream"/>): a request with its chain, or a host's day. What may go is decided
/// elsewhere (<see cref="Retention"/>); a change is made only while the stream is as it was looked at.
/// </summary>
public interface IRetentionStore
{
    /// <summary>Streams that may have something to do, in no order: each is to be looked at. None is left out, but those under legal hold may be.</summary>
    /// <param name="task">What is to be done with them.</param>
    /// <param name="before">Only those that ended before this instant.</param>
    /// <param name="cancellation">Ends the listing.</param>
    IAsyncEnumerable<string> Due(RetentionTask task, DateTimeOffset before, CancellationToken cancellation);

    /// <summary>Streams with events of a person, or of requests of theirs, in no order, each once.</summary>
    IAsyncEnumerable<string> Of(string person, CancellationToken cancellation);

    /// <summary>A stream as it stands; null where it is not there, or was purged.</summary>
    Task<StreamStanding?> Look(string stream, CancellationToken cancellation);

    /// <summary>Puts a tombstone in the place of a stream, and removes what else is there of its request. Repeating it completes it.</summary>
    /// <param name="looked">As <see cref="Look"/> found it.</param>
    /// <param name="tombstone">What stays.</param>
    /// <param name="record">The event of it, chained to the stream that the tombstone names, durable before anything is removed.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <returns>False where the stream changed meanwhile: nothing was removed.</returns>
    Task<bool> Purge(StreamStanding looked, Tombstone tombstone, AuditEvent record, CancellationToken cancellation);

    /// <summary>Deletes details with their salts, and free text in the request's state.</summary>
    /// <param name="looked">As <see cref="Look"/> found it.</param>
    /// <param name="person">Only what this person did or wrote, and all of the requests that are theirs; null: everybody's.</param>
    /// <param name="record">The event of it, durable before anything is deleted.</param>
    /// <param name="recordIn">The stream that it is chained to.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <returns>How many events lost their detail; null where the stream changed meanwhile: nothing was deleted. Where there is nothing to delete, 0, and nothing is recorded.</returns>
    Task<int?> Pseudonymise(StreamStanding looked, string? person, AuditEvent record, string recordIn, CancellationToken cancellation);

    /// <summary>What the last run came to; null before the first.</summary>
    Task<RetentionRun?> LastRun(CancellationToken cancellation);

    /// <summary>Keeps that.</summary>
    Task Save(RetentionRun run, CancellationToken cancellation);
}

/// <summary>What is done with streams whose time is over.</summary>
public enum RetentionTask { PurgeRequests, PurgeEvents, PseudonymiseRequests, PseudonymiseEvents }

/// <summary>What a run came to.</summary>
/// <param name="At">When it ended.</param>
/// <param name="Requests">Requests purged.</param>
/// <param name="EventStreams">Days of hosts purged.</param>
/// <param name="Pseudonymised">Streams that lost their personal data.</param>
/// <param name="Kept">How many are kept beyond their time, by why.</param>
/// <param name="Complete">False where the time for it was over; the next run goes on.</param>
public sealed record RetentionRun(DateTimeOffset At, int Requests, int EventStreams, int Pseudonymised, IReadOnlyDictionary<KeptFor, int> Kept, bool Complete);
