namespace AccessFunctions.Application.Ports;

/// <summary>
/// Small rows that channels keep between a message and its answer: hashed reply tokens, which chat message stands for which decision, events
/// taken and not yet handled. Platforms that issue certificates keep in it what they issued and revoked, recordings which grants were given and ended; the directory,
/// the people and groups that sources told of. Rows lie in sets; a set is read whole, so it stays small. Never secrets.
/// </summary>
public interface IChannelStore
{
    /// <summary>The row, or null.</summary>
    Task<ChannelRow?> Find(string set, string key, CancellationToken cancellation);

    /// <summary>All rows of a set, in ordinal order of their keys.</summary>
    Task<IReadOnlyList<ChannelRow>> All(string set, CancellationToken cancellation);

    /// <summary>Adds a row; durable when it returns.</summary>
    /// <param name="set">The set, 1 to 200 characters.</param>
    /// <param name="key">The row's name in its set, 1 to 200 characters.</param>
    /// <param name="value">Text of at most 800 KiB as UTF-8.</param>
    /// <param name="keepUntil">From when on the row may be purged; it is found until it is.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <returns>False where there is one already; it stays as it is.</returns>
    Task<bool> Add(string set, string key, string value, DateTimeOffset keepUntil, CancellationToken cancellation);

    /// <summary>Replaces a row that is still as it was read.</summary>
    /// <returns>False where it was replaced or removed meanwhile.</returns>
    Task<bool> Replace(string set, ChannelRow read, string value, DateTimeOffset keepUntil, CancellationToken cancellation);

    /// <summary>Removes a row; nothing where there is none.</summary>
    Task Remove(string set, string key, CancellationToken cancellation);

    /// <summary>Makes several writes of a set together; durable when it returns.</summary>
    /// <param name="set">The set that all of them are in.</param>
    /// <param name="writes">1 to 50, of different rows, of at most 2 MiB as UTF-8 together.</param>
    /// <param name="keepUntil">From when on the rows that are written may be purged.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <returns>False where a row is not as it was read, or is there where it was to be added: then none of them was made.</returns>
    Task<bool> Write(string set, IReadOnlyList<ChannelWrite> writes, DateTimeOffset keepUntil, CancellationToken cancellation);

    /// <summary>Removes rows whose time is over.</summary>
    /// <returns>How many.</returns>
    Task<int> Purge(DateTimeOffset now, CancellationToken cancellation);
}

/// <summary>A row as it was read. <see cref="Version"/> is opaque and changes with every replacement.</summary>
public sealed record ChannelRow(string Key, string Value, string Version);

/// <summary>One of several writes that are made together.</summary>
/// <param name="Key">The row's name in its set.</param>
/// <param name="Read">The row as it was read; null: it is added.</param>
/// <param name="Value">What it holds then; null removes it.</param>
public sealed record ChannelWrite(string Key, ChannelRow? Read, string? Value);
