using Microsoft.Extensions.Logging;

namespace AccessFunctions.Integrations.Configuration;

/// <summary>
/// Calls back soon after files of a folder changed, once for many changes, and every half minute besides: some mounts report no changes.
/// </summary>
internal sealed partial class FolderWatch : IDisposable
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(30);
    private readonly string _folder;
    private readonly Func<Task> _read;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private FileSystemWatcher? _watcher;
    private volatile bool _disposed;

    public FolderWatch(string folder, TimeProvider time, Func<Task> read, ILogger logger)
    {
        (_folder, _read, _logger) = (folder, read, logger);
        _timer = time.CreateTimer(_ => _ = Run(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Start()
    {
        try
        {
            _watcher = new FileSystemWatcher(_folder)
            {
                IncludeSubdirectories = true,
                NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite | NotifyFilters.Size,
            };
            _watcher.Changed += (_, _) => Soon();
            _watcher.Created += (_, _) => Soon();
            _watcher.Deleted += (_, _) => Soon();
            _watcher.Renamed += (_, _) => Soon();
            _watcher.Error += (_, _) => Soon();
            _watcher.EnableRaisingEvents = true;
        }
        catch (Exception error) when (error is IOException or ArgumentException or PlatformNotSupportedException)
        {
            LogNotWatched(error);
        }

        // What changed between the first reading and now was not seen.
        Soon();
    }

    public void Dispose()
    {
        _disposed = true;
        _watcher?.Dispose();
        _timer.Dispose();
    }

    private void Soon()
    {
        if (!_disposed) _timer.Change(Quiet, Poll);
    }

    private async Task Run()
    {
        try
        {
            if (!_disposed) await _read();
        }
        catch (ObjectDisposedException) when (_disposed)
        {
            LogStopped();
        }
        catch (Exception error)
        {
            LogFailed(error);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The configuration folder cannot be watched; it is read every half minute.")]
    private partial void LogNotWatched(Exception error);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The configuration was being read when the host stopped.")]
    private partial void LogStopped();

    [LoggerMessage(Level = LogLevel.Error, Message = "The configuration could not be read again; what was in force stays in force.")]
    private partial void LogFailed(Exception error);
}
