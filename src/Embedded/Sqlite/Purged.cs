using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Embedded.Sqlite;

/// <summary>What is left of streams that were purged.</summary>
internal static class Purged
{
    private const string Columns = "stream, purged_at, recorded_in, hashes";

    /// <summary>Answers who submits with a key under which a request was made that is purged: it cannot be made a second time.</summary>
    public static Refusal Refusal { get; } = new(RefusalReason.AlreadySubmitted, "A request made with this Idempotency-Key was removed after its keeping time. Ask again with a new key.");

    public static Tombstone? Find(Session session, string stream) => session.One($"SELECT {Columns} FROM tombstones WHERE stream = ?1", Read, stream);

    /// <summary>A page of them by name, after the given one.</summary>
    public static List<Tombstone> After(Session session, string stream, int limit) =>
        session.Query($"SELECT {Columns} FROM tombstones WHERE stream > ?1 ORDER BY stream LIMIT ?2", Read, stream, limit);

    private static Tombstone Read(Statement row) => new()
    {
        Stream = row.GetString(0),
        PurgedAt = new DateTimeOffset(row.GetInt64(1), TimeSpan.Zero),
        RecordedIn = row.GetString(2),
        Hashes = row.GetBytes(3),
    };
}
