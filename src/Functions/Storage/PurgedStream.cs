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
    private const string Number = "Events";
    private const string Claim = "PurgeClaimed";

    /// <summary>So many hashes are in the first row, which may hold a snapshot besides; the others in rows of their own, so many in each.</summary>
    private const int Inline = 1000;
    private const int PerRow = 25_000;
    private const int HashLength = 32;

    /// <summary>What tells such a row from others.</summary>
    public static IReadOnlyList<string> Columns { get; } = ["Stream", PurgedAt, RecordedIn, Cleared, Number, .. Chunks.Columns(Hashes)];

    /// <summary>True where a purge has begun, and the tombstone is yet to come.</summary>
    public static bool IsClaimed(TableEntity row) => row.ContainsKey(Claim) && row[Claim] is not null && !Is(row);

    /// <summary>The change that says: this stream is being purged.</summary>
    public static TableEntity Claimed(string stream)
    {
        var row = Streams.NewRow(stream, Streams.StateRow);
        row[Claim] = Guid.NewGuid().ToString("N");
        return row;
    }

    /// <summary>The claim that a row carries.</summary>
    public static string? ClaimOf(TableEntity row) => row.ContainsKey(Claim) ? row.GetString(Claim) : null;

    /// <summary>Rows for the hashes that the first row has no room for; to be written before it.</summary>
    public static IEnumerable<TableEntity> More(Tombstone tombstone) => tombstone.Hashes.Skip(Inline * HashLength).Chunk(PerRow * HashLength).Select((hashes, number) =>
    {
        var row = Streams.NewRow(tombstone.Stream, Streams.HashRow(number));
        Chunks.Write(row, Hashes, hashes);
        return row;
    });

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
        row[Number] = tombstone.Events();
        Chunks.Write(row, Hashes, [.. tombstone.Hashes.Take(Inline * HashLength)]);
        return row;
    }

    /// <summary>True where further rows hold hashes.</summary>
    public static bool HasMore(TableEntity row) => row.GetInt64(Number) > Inline;

    /// <summary>The tombstone.</summary>
    /// <param name="more">The further rows, in order.</param>
    public static Tombstone Read(TableEntity row, IEnumerable<TableEntity> more) => new()
    {
        Stream = row.GetString("Stream"),
        PurgedAt = new DateTimeOffset(row.GetInt64(PurgedAt) ?? 0, TimeSpan.Zero),
        RecordedIn = row.GetString(RecordedIn),
        Hashes = [.. Chunks.Read(row, Hashes) ?? [], .. more.SelectMany(static next => Chunks.Read(next, Hashes) ?? [])],
    };
}
