using AccessFunctions.Domain.Audit;

namespace AccessFunctions.Embedded.Sqlite;

/// <summary>What is left of streams that were purged.</summary>
internal static class Purged
{
    private const string Columns = "stream, purged_at, recorded_in, hashes";

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
