namespace AccessFunctions.Integrations.Recordings;

/// <summary>A file among recordings.</summary>
/// <param name="Path">Relative, with slashes.</param>
/// <param name="Length">In bytes.</param>
/// <param name="Tag">Changes with the content.</param>
internal sealed record RecordingFile(string Path, long Length, string Tag, DateTimeOffset ModifiedAt);

/// <summary>Files that were listed.</summary>
/// <param name="More">There are others, which were not read.</param>
internal sealed record RecordingFiles(IReadOnlyList<RecordingFile> Files, bool More);

/// <summary>Where recordings lie. Failures are thrown as <see cref="Application.Ports.PlatformException"/>.</summary>
internal interface IRecordingSource
{
    /// <summary>Files that are no hidden ones, recordings and what is said beside them, in any order: all, or where they are many enough of those whose names come last.</summary>
    /// <param name="most">So many recordings are wanted.</param>
    /// <param name="cancellation">Ends the reading.</param>
    Task<RecordingFiles> List(int most, CancellationToken cancellation);

    /// <summary>One file; null where there is none, or none that may be read.</summary>
    Task<RecordingFile?> Find(string path, CancellationToken cancellation);

    /// <summary>Bytes of a file from a position on, as it was found; an error where it changed since.</summary>
    Task<Stream> Read(RecordingFile file, long from, long count, CancellationToken cancellation);
}
