using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Functions.Requests;

/// <summary>Snapshots of requests, the answers to their signals, and their audit chains: all of one request in one place, changed together.</summary>
public interface IRequestStore
{
    /// <summary>The request as last saved, or null.</summary>
    Task<AccessRequest?> Find(string requestId, CancellationToken cancellation);

    /// <summary>True where there was a request of that id, and it was purged.</summary>
    Task<bool> IsPurged(string requestId, CancellationToken cancellation);

    /// <summary>The answer to a signal; null where it has not been answered.</summary>
    Task<KeptAnswer?> Answer(string requestId, string actor, string signalId, CancellationToken cancellation);

    /// <summary>The notices that were last stored with the request (<see cref="SaveOrder.Notices"/>); empty where there are none.</summary>
    Task<IReadOnlyList<Notify>> Notices(string requestId, CancellationToken cancellation) => Task.FromResult<IReadOnlyList<Notify>>([]);

    /// <summary>
    /// Makes a decision durable: chains its events, then writes snapshot, notices, answer and audit rows in one transaction, then the index rows.
    /// Repeating it completes it and doubles nothing; a stale one writes nothing (<see cref="Saved.Applied"/>).
    /// </summary>
    /// <exception cref="TransientException">The store did not answer; run it again.</exception>
    Task<Saved> Save(SaveOrder order, CancellationToken cancellation);
}

/// <summary>Signals whose senders were told that they will be settled (HTTP 202), until they are.</summary>
public interface IUnsettledSignals
{
    /// <summary>Keeps one; nothing happens where it is kept already.</summary>
    Task Add(string requestId, Signal signal, CancellationToken cancellation);

    /// <summary>All that are kept, in no order.</summary>
    IAsyncEnumerable<UnsettledSignal> All(CancellationToken cancellation);

    /// <summary>Counts a try that did not settle one; nothing happens where it is no longer kept.</summary>
    Task Tried(UnsettledSignal kept, DateTimeOffset at, CancellationToken cancellation);

    /// <summary>Forgets one.</summary>
    Task Remove(string requestId, Signal signal, CancellationToken cancellation);
}

/// <summary>A signal that is kept until it is settled.</summary>
public sealed record UnsettledSignal(string RequestId, Signal Signal)
{
    /// <summary>How often it was handed over again and not settled.</summary>
    public int Tries { get; init; }

    /// <summary>When that was first; null: never.</summary>
    public DateTimeOffset? FirstTry { get; init; }

    /// <summary>When that was last; null: never.</summary>
    public DateTimeOffset? LastTry { get; init; }
}

/// <summary>Something outside did not answer, or not in time. Activities that throw this are run again; what is thrown else is not.</summary>
public sealed class TransientException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What did not answer; no secrets, because it is kept in histories.</param>
    public TransientException(string message, Exception? inner = null) : base(message, inner)
    {
    }
}
