using AccessFunctions.Domain.Audit;
using Azure.Data.Tables;

namespace AccessFunctions.Functions.Storage;

/// <summary>The first row of a stream that was purged. It has no head, so that no row of the stream counts any more, and keeps the hashes.</summary>
internal static class PurgedStream
{
    private const string PurgedAt = "PurgedAt";
    private const string RecordedIn = "RecordedIn";
    private const string Hashes = "Hashes";
    private const string Cleared = "Cleared";

    /// <summary>What tells such a row from others.</summary>
    public static IReadOnlyList<string> Columns { get; } = ["Stream", PurgedAt, RecordedIn, Cleared, .. Chunks.Columns(Hashes)];

    public static bool Is(TableEntity row) => row.ContainsKey(PurgedAt) && row[PurgedAt] is not null;

    /// <summary>True where nothing else of the stream is left to be removed.</summary>
    public static bool IsCleared(TableEntity row) => row.GetBoolean(Cleared) is true;

    /// <summary>Makes the row.</summary>
    /// <param name="before">The row it replaces; its snapshot stays until all that it names was removed. Null: that was.</param>
    public static TableEntity Row(Tombstone tombstone, TableEntity? before)
    {
        var row = Streams.NewRow(tombstone.Stream, Streams.StateRow);
        if (before is not null)
        {
            foreach (var column in StoredStream.SnapshotColumns.Where(before.ContainsKey)) row[column] = before[column];
        }

        (row[PurgedAt], row[RecordedIn], row[Cleared]) = (tombstone.PurgedAt.UtcTicks, tombstone.RecordedIn, before is null);
        Chunks.Write(row, Hashes, tombstone.Hashes);
        return row;
    }

    public static Tombstone Read(TableEntity row) => new()
    {
        Stream = row.GetString("Stream"),
        PurgedAt = new DateTimeOffset(row.GetInt64(PurgedAt) ?? 0, TimeSpan.Zero),
        RecordedIn = row.GetString(RecordedIn),
        Hashes = Chunks.Read(row, Hashes) ?? [],
    };
}
