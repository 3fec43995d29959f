namespace AccessFunctions.Application.Ports;

/// <summary>What a run of <see cref="Reconciler"/> leaves for the next. The host stores it: processes end between two runs.</summary>
public interface IReconcileMemory
{
    /// <summary>Everything that was left.</summary>
    Task<Reconciled> Load(CancellationToken cancellation);

    /// <summary>Remembers that a difference was audited; nothing happens where that is known.</summary>
    /// <param name="key">The reconciler's own name for it: any text, at most some hundred characters.</param>
    /// <param name="cancellation">Ends the call.</param>
    Task AddReported(string key, CancellationToken cancellation);

    /// <summary>Forgets one that has ended; nothing happens where it is not known.</summary>
    Task RemoveReported(string key, CancellationToken cancellation);

    /// <summary>Replaces what the last comparison of a platform came to.</summary>
    Task SaveResult(string platform, ReconcileResult result, CancellationToken cancellation);

    /// <summary>Replaces the place on a platform; null: there is none any more.</summary>
    Task SavePlace(string platform, ReconcilePlace? place, CancellationToken cancellation);
}

/// <summary>What earlier runs left.</summary>
/// <param name="Reported">Differences that were audited and have not been seen to end.</param>
/// <param name="Places">Where looking stopped, by platform; those that were finished are not in it.</param>
public sealed record Reconciled(IReadOnlyCollection<string> Reported, IReadOnlyDictionary<string, ReconcilePlace> Places)
{
    /// <summary>What the last comparison of each platform came to.</summary>
    public IReadOnlyDictionary<string, ReconcileResult> Results { get; init; } = new Dictionary<string, ReconcileResult>();
}

/// <summary>What comparing a platform with requests and ledger came to.</summary>
/// <param name="At">When it ended.</param>
/// <param name="Looked">Grants that were looked at.</param>
/// <param name="Different">Differences that last, those of earlier runs too.</param>
/// <param name="Failed">Of these, how many the platform gave no answer about.</param>
/// <param name="Left">Grants that wait for the next run.</param>
public sealed record ReconcileResult(DateTimeOffset At, int Looked, int Different, int Failed, int Left);

/// <summary>Where looking at a platform stopped.</summary>
/// <param name="Last">The last that was looked at, by the reconciler's own name for it; null: nothing was.</param>
/// <param name="At">When that was. Who waits longest is looked at first.</param>
public sealed record ReconcilePlace(string? Last, DateTimeOffset At);
