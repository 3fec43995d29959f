namespace AccessFunctions.Application.Ports;

/// <summary>Requests that are kept, whatever their keeping time.</summary>
public interface ILegalHolds
{
    /// <summary>The hold of a request; null where there is none.</summary>
    Task<LegalHold?> Find(string requestId, CancellationToken cancellation);

    /// <summary>All holds, the newest first.</summary>
    Task<IReadOnlyList<LegalHold>> All(CancellationToken cancellation);

    /// <summary>Places a hold, or replaces the one that is there. Once it returned, no purge takes the request.</summary>
    /// <returns>False where there is no such request.</returns>
    Task<bool> Place(LegalHold hold, CancellationToken cancellation);

    /// <summary>Lifts a hold.</summary>
    /// <returns>False where there was none.</returns>
    Task<bool> Lift(string requestId, CancellationToken cancellation);
}

/// <summary>Why a request is kept, who said so, and since when.</summary>
public sealed record LegalHold(string RequestId, string Reason, string By, DateTimeOffset At);
