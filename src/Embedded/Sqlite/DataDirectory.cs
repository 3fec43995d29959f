using System.Globalization;

namespace AccessFunctions.Embedded.Sqlite;

/// <summary>
/// The one directory a host keeps everything in, held by one process at a time. The lock is the operating system's and ends with the
/// process, however it ends.
/// </summary>
public sealed class DataDirectory : IDisposable
{
    private const string HolderFile = "process";
    private readonly FileStream _lock;

    private DataDirectory(string path, FileStream held)
    {
        Path = path;
        _lock = held;
    }

    /// <summary>Its full path.</summary>
    public string Path { get; }

    /// <summary>The store's file in a data directory.</summary>
    public static string DatabaseFile(string path) => System.IO.Path.Combine(path, "access.db");

    /// <summary>A path inside.</summary>
    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Creates the directory where it is missing, readable by its owner only, and takes its lock.</summary>
    /// <exception cref="DataDirectoryException">Another process holds it.</exception>
    public static DataDirectory Take(string path)
    {
        var full = System.IO.Path.GetFullPath(path);
        if (!System.IO.Directory.Exists(full))
        {
            if (OperatingSystem.IsWindows()) System.IO.Directory.CreateDirectory(full);
            else System.IO.Directory.CreateDirectory(full, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        var file = System.IO.Path.Combine(full, "lock");
        FileStream held;
        try
        {
            held = new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);
        }
        catch (IOException inner) when (System.IO.File.Exists(file))
        {
            throw new DataDirectoryException($"The data directory {full} is in use by another process{Holder(full)}. Stop it, or name another directory with --data.", inner);
        }

        // Beside the lock, because a locked file cannot be read by the one who wants to know.
        System.IO.File.WriteAllText(System.IO.Path.Combine(full, HolderFile), Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        return new DataDirectory(full, held);
    }

    /// <summary>Lets the next process in.</summary>
    public void Dispose() => _lock.Dispose();

    private static string Holder(string path)
    {
        var file = System.IO.Path.Combine(path, HolderFile);
        return System.IO.File.Exists(file) && int.TryParse(System.IO.File.ReadAllText(file), CultureInfo.InvariantCulture, out var process) ? $" (process {process})" : "";
    }
}

/// <summary>The data directory cannot be used; the message says why and what to do.</summary>
public sealed class DataDirectoryException : Exception
{
    /// <summary>Creates the exception.</summary>
    public DataDirectoryException(string message, Exception? inner = null) : base(message, inner)
    {
    }
}

/// <summary>What a data directory holds: a demo's data or real data. Marked when it is made, for good.</summary>
public enum DataKind
{
    Real,
    Demo,
}
