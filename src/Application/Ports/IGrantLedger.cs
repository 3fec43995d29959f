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
    /// <summary>Grants that hold the privilege now, oldest first.</summary>
    IReadOnlyList<LedgerHolder> Holders { get; }

    /// <summary>Through what the privilege stood before the first holder; null: it did not.</summary>
    string? Standing { get; }

    /// <summary>Adds a holder; the first one also records <paramref name="standing"/>. Nothing happens where the grant already holds.</summary>
    Task Add(LedgerHolder holder, string? standing, CancellationToken cancellation);

    /// <summary>Removes a holder; with the last one the standing record goes too. Nothing happens where it does not hold.</summary>
    Task Remove(string grantId, CancellationToken cancellation);
}

/// <summary>One live grant.</summary>
public sealed record LedgerHolder(string GrantId, string RequestId, string Person);
