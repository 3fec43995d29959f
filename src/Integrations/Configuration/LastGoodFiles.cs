namespace AccessFunctions.Integrations.Configuration;

/// <summary>
/// Keeps the last good version of each configuration file outside the configuration, so that a host that starts on a broken file can go on: access
/// that is live has to end. Kept as written and readable by the owner only.
/// </summary>
/// <param name="folder">Where they are kept; null keeps nothing.</param>
internal sealed class LastGoodFiles(string? folder)
{
    /// <summary>What was kept of a file, or null.</summary>
    /// <param name="name">Its path relative to the configuration folder.</param>
    public byte[]? Find(string name) => folder is not null && File.Exists(PathOf(name)) ? File.ReadAllBytes(PathOf(name)) : null;

    /// <summary>Keeps a version in place of the one before.</summary>
    public void Keep(string name, byte[] bytes)
    {
        if (folder is null || (Find(name) is { } same && same.AsSpan().SequenceEqual(bytes))) return;
        var path = PathOf(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var aside = new FileStream(path + ".new", options))
        {
            aside.Write(bytes);
            aside.Flush(flushToDisk: true);
        }

        File.Move(path + ".new", path, overwrite: true);
    }

    /// <summary>Keeps it no longer.</summary>
    public void Forget(string name)
    {
        if (folder is not null) File.Delete(PathOf(name));
    }

    private string PathOf(string name) => Path.Combine(folder!, name);
}
