namespace AccessFunctions.Application.Ports;

/// <summary>
/// Remembers who holds a shared privilege, and whether it stood there before anyone asked here. One entry per
/// (platform, <see cref="SharedPrivilege.Key"/>); entered by one caller at a time.
/// </summary>
public interface IGrantLedger
{
    /// <summary>Waits for the entry and returns it; leaving (dispose) lets the next caller in.</summary>
    Task<ILedgerEntry> Enter(string platform, string key, CancellationToken cancellation);
}

/// <summary>An entered entry. Every change is durable when the call returns.</summary>
public interface ILedgerEntry : IAsyncDisposable
{
    /// <summary>Grants that hold the privilege now or whose removal is not proven yet (<see cref="LedgerHolder.Leaving"/>), oldest first.</summary>
    IReadOnlyList<LedgerHolder> Holders { get; }

    /// <summary>Through what the privilege stood before the first holder; null: it did not.</summary>
    string? Standing { get; }

    /// <summary>Adds a holder; the first one also records <paramref name="standing"/>. Nothing happens where the grant already holds.</summary>
    Task Add(LedgerHolder holder, string? standing, CancellationToken cancellation);

    /// <summary>
    /// Marks a holder as leaving, for good: others no longer count on it to keep the privilege, but until its removal is proven the
    /// ledger knows that it was given. Nothing happens where the grant does not hold.
    /// </summary>
    Task Leave(string grantId, CancellationToken cancellation);

    /// <summary>Removes a holder, once proven gone; with the last one the standing record goes too. Nothing happens where it does not hold.</summary>
    Task Remove(string grantId, CancellationToken cancellation);
}

/// <summary>One grant that holds a shared privilege.</summary>
/// <param name="Leaving">Its access has ended; the proof is outstanding. False when it is added.</param>
public sealed record LedgerHolder(string GrantId, string RequestId, string Person, bool Leaving = false);
