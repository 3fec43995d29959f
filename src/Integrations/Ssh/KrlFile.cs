using AccessFunctions.Application.Ports;

namespace AccessFunctions.Integrations.Ssh;

/// <summary>The list of revoked keys in a file of this machine, always whole, never older than what was written before.</summary>
internal sealed class KrlFile(string path)
{
    private readonly Lock _lock = new();
    private long _written;

    public string Path { get; } = path;

    /// <summary>Writes an edition.</summary>
    /// <returns>False where the file holds it already, or a later one.</returns>
    /// <exception cref="PlatformException">Transient: the file cannot be written.</exception>
    public bool Write(long number, byte[] content)
    {
        lock (_lock)
        {
            if (number < _written) return false;
            try
            {
                _written = number;
                if (File.Exists(Path) && File.ReadAllBytes(Path).AsSpan().SequenceEqual(content)) return false;
                var beside = Path + ".new";
                File.WriteAllBytes(beside, content);
                if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(beside, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
                File.Move(beside, Path, overwrite: true);
                return true;
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                throw new PlatformException($"The list of revoked keys cannot be written to {Path}: {failure.Message}", inner: failure);
            }
        }
    }
}
