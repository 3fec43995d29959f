namespace AccessFunctions.Integrations.Recordings;

/// <summary>A file among recordings.</summary>
/// <param name="Path">Relative, with slashes.</param>
/// <param name="Length">In bytes.</param>
/// <param name="Tag">Changes with the content.</param>
internal sealed record RecordingFile(string Path, long Length, string Tag, DateTimeOffset ModifiedAt);

/// <summary>Where recordings lie. Failures are thrown as <see cref="Application.Ports.PlatformException"/>.</summary>
internal interface IRecordingSource
{
    /// <summary>All files that are no hidden ones, recordings and what is said beside them, in any order.</summary>
    IAsyncEnumerable<RecordingFile> List(CancellationToken cancellation);

    /// <summary>One file; null where there is none, or none that may be read.</summary>
    Task<RecordingFile?> Find(string path, CancellationToken cancellation);

    /// <summary>Bytes of a file from a position on, as it was found; an error where it changed since.</summary>
    Task<Stream> Read(RecordingFile file, long from, long count, CancellationToken cancellation);
}
