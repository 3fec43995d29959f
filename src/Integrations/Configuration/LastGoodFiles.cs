namespace AccessFunctions.Integrations.Configuration;

/// <summary>Keeps them in a folder, as written and readable by the owner only.</summary>
/// <param name="folder">Made where it is not there.</param>
public sealed class LastGoodFiles(string folder) : ILastGoodFiles
{
    /// <inheritdoc/>
    public byte[]? Find(string name) => File.Exists(PathOf(name)) ? File.ReadAllBytes(PathOf(name)) : null;

    /// <inheritdoc/>
    public void Keep(string name, byte[] bytes)
    {
        if (Find(name) is { } same && same.AsSpan().SequenceEqual(bytes)) return;
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

    /// <inheritdoc/>
    public void Forget(string name) => File.Delete(PathOf(name));

    private string PathOf(string name) => Path.Combine(folder, name);
}
