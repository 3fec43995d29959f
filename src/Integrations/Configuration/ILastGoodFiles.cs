namespace AccessFunctions.Integrations.Configuration;

/// <summary>
/// Keeps the last good version of each configuration file outside the configuration, so that a host that starts on a broken file can go on: access
/// that is live has to end. Calls come one at a time.
/// </summary>
public interface ILastGoodFiles
{
    /// <summary>What was kept of a file, exactly as it was read; null where nothing was.</summary>
    /// <param name="name">Its path relative to the configuration folder, with <c>/</c>.</param>
    byte[]? Find(string name);

    /// <summary>Keeps a version in place of the one before; nothing happens where it is that one.</summary>
    void Keep(string name, byte[] bytes);

    /// <summary>Keeps it no longer.</summary>
    void Forget(string name);
}
