using System.Security.Cryptography;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Domain.Audit;

/// <summary>
/// What is left of a stream that was purged after its keeping time: the hash of each of its rows, so that checkpoints and copies held
/// elsewhere can still be compared with it. That it was purged, and with which hashes, is an event in a stream that is never purged
/// (<see cref="Record"/>): a tombstone that no such event tells of is a finding.
/// </summary>
public sealed record Tombstone
{
    private const string StreamName = "stream";
    private const string EventsName = "events";
    private const string HeadName = "head";
    private const string DigestName = "digest";
    private const string NewestName = "newest";

    /// <summary>What the names of streams end with that hold the events of purges and of pseudonymising.</summary>
    public const string RecordsSuffix = ":retention";

    /// <summary>The stream that was purged.</summary>
    public required string Stream { get; init; }

    /// <summary>UTC instant of the purge.</summary>
    public required DateTimeOffset PurgedAt { get; init; }

    /// <summary>The stream that holds the event of the purge.</summary>
    public required string RecordedIn { get; init; }

    /// <summary>SHA-256 of each row, 32 bytes each, in order of sequence.</summary>
    public required byte[] Hashes { get; init; }

    /// <summary>Makes one.</summary>
    /// <param name="hashes">The rows' hashes in order of sequence, lower-case hex.</param>
    /// <exception cref="FormatException">A hash is none.</exception>
    public static Tombstone Of(string stream, IEnumerable<string> hashes, DateTimeOffset at, string recordedIn) => new()
    {
        Stream = stream,
        PurgedAt = at.ToUniversalTime(),
        RecordedIn = recordedIn,
        Hashes = [.. hashes.SelectMany(Convert.FromHexString)],
    };

    /// <summary>How many rows there were.</summary>
    public long Events() => Hashes.Length / AuditLink.HashLength;

    /// <summary>The hash that a row had, lower-case hex; null where there was no such row.</summary>
    public string? HashAt(long sequence) => sequence >= 1 && sequence <= Events()
        ? Convert.ToHexStringLower(Hashes.AsSpan((int)(sequence - 1) * AuditLink.HashLength, AuditLink.HashLength))
        : null;

    /// <summary>The last row's sequence and hash; null where the tombstone holds no hash.</summary>
    public AuditHead? Head() => HashAt(Events()) is { } hash ? new AuditHead(Events(), hash) : null;

    /// <summary>SHA-256 of the hashes, lower-case hex.</summary>
    public string Digest() => Convert.ToHexStringLower(SHA256.HashData(Hashes));

    /// <summary>True where a stream's name says that it holds the events of retention; such streams are kept for good, details and all.</summary>
    public static bool HoldsRecords(string stream) => stream.EndsWith(RecordsSuffix, StringComparison.Ordinal);

    /// <summary>The event of the purge.</summary>
    /// <param name="requestId">The request whose stream it was; null for a host's stream.</param>
    /// <param name="newest">When the stream's newest event happened.</param>
    public AuditEvent Record(string? requestId, DateTimeOffset newest) => new()
    {
        Type = EventTypes.Host.Purged,
        At = PurgedAt,
        Actor = SystemActors.Retention,
        Channel = nameof(Channel.System),
        Succeeded = true,
        RequestId = requestId,
        Resource = $"stream/{Stream}",
        Reason = "retention",
        Detail = new AuditDetail
        {
            More = new Dictionary<string, string>
            {
                [StreamName] = Stream,
                [EventsName] = Events().ToString(System.Globalization.CultureInfo.InvariantCulture),
                [HeadName] = Head()?.Hash ?? AuditLink.Origin,
                [DigestName] = Digest(),
                [NewestName] = newest.ToUniversalTime().ToString("O", System.Globalization.CultureInfo.InvariantCulture),
            },
        },
    };

    /// <summary>Which purge a row tells of: the stream and its digest. Null where it tells of none, or its detail is not there.</summary>
    internal static (string Stream, string Digest)? Recorded(AuditRow row)
    {
        if (!HoldsRecords(row.Stream) || row.Detail is null) return null;
        try
        {
            var told = AuditBody.Read(row).Event;
            return told.Type == EventTypes.Host.Purged && told.Detail is { } detail
                && detail.More.TryGetValue(StreamName, out var stream) && detail.More.TryGetValue(DigestName, out var digest)
                ? (stream, digest)
                : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
