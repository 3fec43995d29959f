namespace AccessFunctions.Application.Ports;

/// <summary>
/// Keeps secrets encrypted at rest (SQLite envelopes on a single machine, Key Vault on Azure). Names are paths such as
/// <c>vault/db-admin</c> or <c>grants/{grantId}</c>. Values never appear in logs, state or audit.
/// </summary>
public interface ISecretStore
{
    /// <summary>The value, or null where there is none.</summary>
    Task<byte[]?> Get(string name, CancellationToken cancellation);

    /// <summary>Stores or replaces; durable when it returns.</summary>
    Task Put(string name, ReadOnlyMemory<byte> value, CancellationToken cancellation);

    /// <summary>Stores unless a value is there already, and returns the value that is kept: how a repeated run gets the same secret.</summary>
    Task<byte[]> GetOrAdd(string name, ReadOnlyMemory<byte> value, CancellationToken cancellation);

    /// <summary>Forgets; nothing happens where there is none.</summary>
    Task Delete(string name, CancellationToken cancellation);

    /// <summary>The names that begin with <paramref name="prefix"/>, in ordinal order.</summary>
    Task<IReadOnlyList<string>> Names(string prefix, CancellationToken cancellation);
}
