using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Application.Ports;

/// <summary>A platform that holds recordings of sessions and shows them through links: <c>GET /recordings/{token}</c>.</summary>
public interface IRecordings
{
    /// <summary>The field of the released secret that holds the link.</summary>
    const string LinkField = "link";

    /// <summary>True where the grant was given and has not ended: its links may be opened.</summary>
    Task<bool> Gives(PlatformOrder order, CancellationToken cancellation);

    /// <summary>The recording of a grant, to be read in parts; null where the grant gives nothing, or the recording is gone.</summary>
    /// <exception cref="PlatformException">Where it lies does not answer.</exception>
    Task<Recording?> Open(PlatformOrder order, CancellationToken cancellation);
}

/// <summary>A recording as it lies there now.</summary>
/// <param name="Resource"><c>platform/path</c>.</param>
/// <param name="ContentType">From a fixed table; never one that a browser would run.</param>
/// <param name="Length">In bytes.</param>
/// <param name="Tag">Changes with the content: visible ASCII without quotes.</param>
/// <param name="ModifiedAt">Whole seconds, UTC.</param>
/// <param name="Read">Reads bytes from a position on: a stream of at least that many, of the content with this tag, or an error.</param>
public sealed record Recording(
    string Resource, string ContentType, long Length, string Tag, DateTimeOffset ModifiedAt, RecordingAbout About, Func<long, long, CancellationToken, Task<Stream>> Read);

/// <summary>What is said beside a recording, as far as it is said.</summary>
public sealed record RecordingAbout
{
    /// <summary>Nothing is said.</summary>
    public static RecordingAbout Nothing { get; } = new();

    /// <summary>Who worked in the session.</summary>
    public string? User { get; init; }

    /// <summary>The machine it ran on.</summary>
    public string? Host { get; init; }

    /// <summary>The system it was on, where that is another word than the machine.</summary>
    public string? Platform { get; init; }
    public DateTimeOffset? Started { get; init; }
    public DateTimeOffset? Ended { get; init; }
    public string? Description { get; init; }
}
