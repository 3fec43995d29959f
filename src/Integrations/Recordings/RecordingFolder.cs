using System.Globalization;
using AccessFunctions.Application.Ports;

namespace AccessFunctions.Integrations.Recordings;

/// <summary>Recordings in a folder of this machine. Links out of the folder are not followed, hidden files and folders are not seen.</summary>
internal sealed class RecordingFolder(string platform, string folder) : IRecordingSource
{
    private static readonly EnumerationOptions Seen = new()
    {
        AttributesToSkip = FileAttributes.Hidden | FileAttributes.System | FileAttributes.ReparsePoint,
        IgnoreInaccessible = true,
        RecurseSubdirectories = true,
        ReturnSpecialDirectories = false,
    };

    private readonly string _root = Path.GetFullPath(folder);

    /// <inheritdoc/>
    public async Task<RecordingFiles> List(int most, CancellationToken cancellation)
    {
        // Disks may be slow; the caller's thread does not wait for them.
        await Task.Yield();
        if (!Directory.Exists(_root)) throw new PlatformException($"{platform}: the folder of recordings is not there, or may not be read.");
        List<RecordingFile> files = [];
        foreach (var file in new DirectoryInfo(_root).EnumerateFiles("*", Seen))
        {
            cancellation.ThrowIfCancellationRequested();
            if (RecordingOf(file) is { } found) files.Add(found);
        }

        return new RecordingFiles(files, More: false);
    }

    /// <inheritdoc/>
    public Task<RecordingFile?> Find(string path, CancellationToken cancellation)
    {
        if (!RecordingFormats.IsPlain(path)) return Task.FromResult<RecordingFile?>(null);
        FileSystemInfo? at = null;
        var segments = path.Split('/');
        var whole = _root;
        for (var i = 0; i < segments.Length; i++)
        {
            // Each step on the way, not only the last: a link anywhere leads elsewhere.
            whole = Path.Combine(whole, segments[i]);
            at = i == segments.Length - 1 ? new FileInfo(whole) : new DirectoryInfo(whole);
            if (!at.Exists || at.Attributes.HasFlag(FileAttributes.ReparsePoint)) return Task.FromResult<RecordingFile?>(null);
        }

        return Task.FromResult(at is FileInfo file ? RecordingOf(file) : null);
    }

    /// <inheritdoc/>
    public async Task<Stream> Read(RecordingFile file, long from, long count, CancellationToken cancellation)
    {
        if (await Find(file.Path, cancellation) is not { } now || now.Tag != file.Tag) throw new PlatformException($"{platform}: the recording changed while it was read.");
        try
        {
            var stream = new FileStream(Path.Combine(_root, file.Path), new FileStreamOptions
            {
                Mode = FileMode.Open,
                Access = FileAccess.Read,
                Share = FileShare.ReadWrite | FileShare.Delete,
                Options = FileOptions.Asynchronous | FileOptions.SequentialScan,
                BufferSize = 0,
            });
            stream.Position = from;
            return stream;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new PlatformException($"{platform}: the recording cannot be read.", inner: failure);
        }
    }

    private RecordingFile? RecordingOf(FileInfo file)
    {
        var path = Path.GetRelativePath(_root, file.FullName).Replace(Path.DirectorySeparatorChar, '/');
        if (!RecordingFormats.IsPlain(path)) return null;
        var tag = string.Create(CultureInfo.InvariantCulture, $"{file.Length:x}-{file.LastWriteTimeUtc.Ticks:x}");
        return new RecordingFile(path, file.Length, tag, DateTimeOffset.FromUnixTimeSeconds(new DateTimeOffset(file.LastWriteTimeUtc).ToUnixTimeSeconds()));
    }
}
