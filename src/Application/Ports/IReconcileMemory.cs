namespace AccessFunctions.Application.Ports;

/// <summary>What a run of <see cref="Reconciler"/> leaves for the next. The host stores it: processes end between two runs.</summary>
public interface IReconcileMemory
{
    /// <summary>Everything that was left.</summary>
    Task<Reconciled> Load(CancellationToken cancellation);

    /// <summary>Remembers a difference that was audited; one that is known is replaced.</summary>
    /// <param name="key">The reconciler's own name for it: any text, at most some hundred characters.</param>
    /// <param name="difference">What it is, for those who oversee.</param>
    /// <param name="cancellation">Ends the call.</param>
    Task AddReported(string key, Difference difference, CancellationToken cancellation);

    /// <summary>Forgets one that has ended; nothing happens where it is not known.</summary>
    Task RemoveReported(string key, CancellationToken cancellation);

    /// <summary>Replaces what the last comparison of a platform came to.</summary>
    Task SaveResult(string platform, ReconcileResult result, CancellationToken cancellation);

    /// <summary>Replaces the place on a platform; null: there is none any more.</summary>
    Task SavePlace(string platform, ReconcilePlace? place, CancellationToken cancellation);
}

/// <summary>What earlier runs left.</summary>
/// <param name="Reported">Differences that were audited and have not been seen to end, by key.</param>
/// <param name="Places">Where looking stopped, by platform; those that were finished are not in it.</param>
public sealed record Reconciled(IReadOnlyDictionary<string, Difference> Reported, IReadOnlyDictionary<string, ReconcilePlace> Places)
{
    /// <summary>What the last comparison of each platform came to.</summary>
    public IReadOnlyDictionary<string, ReconcileResult> Results { get; init; } = new Dictionary<string, ReconcileResult>();

    /// <summary>The differences for those who oversee: the newest first, what stood before last.</summary>
    public IEnumerable<Difference> InOrder() => Ordered().Select(static pair => pair.Value);

    /// <summary>The same with their keys, by which those of one time are in order.</summary>
    public IEnumerable<KeyValuePair<string, Difference>> Ordered() =>
        Reported.OrderBy(static pair => pair.Value.Standing).ThenByDescending(static pair => pair.Value.Since).ThenBy(static pair => pair.Key, StringComparer.Ordinal);
}

/// <summary>What comparing a platform with requests and ledger came to.</summary>
/// <param name="At">When it ended.</param>
/// <param name="Looked">Grants that were looked at.</param>
/// <param name="Different">Differences that last, those of earlier runs too.</param>
/// <param name="Failed">Of these, how many the platform gave no answer about.</param>
/// <param name="Left">Grants that wait for the next run.</param>
/// <param name="Ungranted">Access that no grant explains, as far as the facts tell.</param>
/// <param name="FactsAt">How old the facts are that this is from; null: there were none.</param>
/// <param name="Rules">Names what was looked for in them: some letters and digits.</param>
public sealed record ReconcileResult(DateTimeOffset At, int Looked, int Different, int Failed, int Left, int Ungranted = 0, DateTimeOffset? FactsAt = null, string? Rules = null);

/// <summary>How a platform differs from what was given here, and lasts.</summary>
/// <param name="RequestId">The request it is about; null: none is.</param>
/// <param name="Role">What the identity is a member of, or was given; null: none.</param>
/// <param name="Evidence">What the platform was found to say. No secrets.</param>
/// <param name="Since">When it was first seen.</param>
/// <param name="Standing">True: it was there when the platform was first compared.</param>
public sealed record Difference(
    Drift Drift, string Platform, string? RequestId, string? GrantId, string Resource, string? Identity, string? Role, string Evidence, DateTimeOffset Since, bool Standing = false);

/// <summary>Where looking at a platform stopped.</summary>
/// <param name="Last">The last that was looked at, by the reconciler's own name for it; null: nothing was.</param>
/// <param name="At">When that was. Who waits longest is looked at first.</param>
public sealed record ReconcilePlace(string? Last, DateTimeOffset At);
