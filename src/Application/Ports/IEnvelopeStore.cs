namespace AccessFunctions.Application.Ports;

/// <summary>
/// Keeps sealed envelopes by name: bytes it cannot read. The host implements it on its own store (a SQLite table, blobs on Azure);
/// sealing and opening is <see cref="ISecretStore"/>'s business. Names compare ordinally and are at most <see cref="MaxNameLength"/> long.
/// </summary>
public interface IEnvelopeStore
{
    /// <summary>The longest name, in UTF-16 units.</summary>
    const int MaxNameLength = 400;

    /// <summary>The envelope, or null where there is none.</summary>
    Task<byte[]?> Get(string name, CancellationToken cancellation);

    /// <summary>Stores or replaces; durable when it returns.</summary>
    Task Put(string name, ReadOnlyMemory<byte> envelope, CancellationToken cancellation);

    /// <summary>Stores only where there is none yet, as one step; durable when it returns.</summary>
    /// <returns>True where this call stored it; false where one was there, which is then left as it is.</returns>
    Task<bool> Insert(string name, ReadOnlyMemory<byte> envelope, CancellationToken cancellation);

    /// <summary>Deletes; nothing happens where there is none.</summary>
    Task Delete(string name, CancellationToken cancellation);

    /// <summary>The names that begin with <paramref name="prefix"/> (compared ordinally), in ordinal order; all names for an empty one.</summary>
    Task<IReadOnlyList<string>> Names(string prefix, CancellationToken cancellation);
}
