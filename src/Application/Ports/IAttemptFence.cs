namespace AccessFunctions.Application.Ports;

/// <summary>
/// One attempt at a time on a grant, in whatever process of the host: while one is inside, even one that was given up, no other touches the
/// platform for this grant. So no look proves access gone that a late attempt then gives.
/// </summary>
public interface IAttemptFence
{
    /// <summary>Enters, at once or after waiting while the token lasts; leaving (dispose) lets the next attempt in.</summary>
    /// <returns>Null where an earlier attempt is still inside.</returns>
    /// <exception cref="OperationCanceledException">The token fired while waiting for an earlier attempt.</exception>
    Task<IAsyncDisposable?> Enter(string grantId, CancellationToken cancellation);
}
