using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using AccessFunctions.Application.Audit;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Json;
using AccessFunctions.Domain.Requests;
using Azure;
using Azure.Data.Tables;

namespace AccessFunctions.Functions.Storage;

/// <summary>
/// Makes checkpoints out of the streams that were marked as grown. Three steps, each of which can be repeated: add the checkpoint under its
/// number (of two processes one fails), note in each stream how far it is covered, forget the markers. The next one is made only after the
/// last is through.
/// </summary>
/// <param name="keys">Sign checkpoints; null: they are not signed.</param>
internal sealed class CheckpointTable(TableServiceClient tables, TimeProvider time, CheckpointKeys? keys)
{
    /// <summary>So many heads fit into a row; what is left comes into the next checkpoint.</summary>
    private const int MostHeads = 3000;
    private const int AtOnce = 16;

    /// <summary>So many are read at once to be sent: each may be nearly 1 MiB.</summary>
    private const int Page = 8;
    private const long LastNumber = 9_999_999_999;
    private const string Partition = "checkpoints";
    private const string Through = "Through";
    private readonly TableClient _table = tables.GetTableClient(StorageTables.AuditCheckpoints);
    private readonly Streams _streams = new(tables);
    private readonly AuditMarkers _markers = new(tables, time);

    /// <summary>All, in order.</summary>
    public async Task<IReadOnlyList<Checkpoint>> All(CancellationToken cancellation)
    {
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {Partition}");
        var all = new List<Checkpoint>();
        await foreach (var row in _table.QueryAsync<TableEntity>(filter, cancellationToken: cancellation)) all.Add(Read(row));
        all.Reverse();
        return all;
    }

    /// <summary>Those after a number, in order; no more of them are in memory than a page.</summary>
    public async IAsyncEnumerable<Checkpoint> After(long number, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var newest = await Newest(cancellation);
        for (var from = number; from < newest; from += Page)
        {
            var filter = TableClient.CreateQueryFilter($"PartitionKey eq {Partition} and RowKey lt {Key(from)} and RowKey ge {Key(from + Page)}");
            var page = new List<Checkpoint>(Page);
            await foreach (var row in _table.QueryAsync<TableEntity>(filter, cancellationToken: cancellation)) page.Add(Read(row));
            page.Reverse();
            foreach (var checkpoint in page) yield return checkpoint;
        }
    }

    /// <summary>True where there may be heads that it had no room for: the next can be made at once.</summary>
    public static bool IsFull(Checkpoint checkpoint) => checkpoint.Heads.Count > MostHeads - AtOnce;

    /// <summary>Makes the next; null where no head changed.</summary>
    public async Task<Checkpoint?> Make(CancellationToken cancellation)
    {
        using var signer = keys is null ? null : await keys.Open(cancellation);
        while (true)
        {
            var last = await Last(cancellation);
            if (last is { Through: false }) await Settle(last.Checkpoint, cancellation);
            var heads = await Grown(cancellation);
            if (heads.Count == 0) return null;
            var made = Checkpoints.Make((last?.Checkpoint.Number ?? 0) + 1, time.GetUtcNow(), heads, last?.Checkpoint.Root);
            if (signer is not null) made = signer.Sign(made);
            if (!await Add(made, cancellation)) continue;
            if (keys is not null) await keys.Stored(made, cancellation);
            await Settle(made, cancellation);
            return made;
        }
    }

    private async Task<bool> Add(Checkpoint made, CancellationToken cancellation)
    {
        try
        {
            await _table.AddEntityAsync(Row(made, through: false), cancellation);
            return true;
        }
        catch (RequestFailedException failure) when (StreamCommit.IsConflict(failure))
        {
            // Another process was first, or an earlier try of this one.
            return false;
        }
    }

    /// <summary>Heads beyond what checkpoints cover. Markers that say nothing new are forgotten.</summary>
    private async Task<List<StreamHead>> Grown(CancellationToken cancellation)
    {
        var grown = new List<StreamHead>();
        await foreach (var batch in _markers.All(AuditMarkers.Checkpoint, cancellation).Chunk(AtOnce).WithCancellation(cancellation))
        {
            grown.AddRange((await Task.WhenAll(batch.Select(marker => Grown(marker, cancellation)))).OfType<StreamHead>());
            if (grown.Count > MostHeads - AtOnce) break;
        }

        return grown;
    }

    private async Task<StreamHead?> Grown(Marker marker, CancellationToken cancellation)
    {
        var head = await _streams.Head(marker.Stream, cancellation);
        var covered = await Covered(marker.Stream, cancellation);
        if (head is not null && head.Sequence > covered) return new StreamHead(marker.Stream, head.Sequence, head.Hash);
        await _markers.Clear(marker, covered, head?.Sequence ?? 0, cancellation);
        return null;
    }

    private async Task Settle(Checkpoint checkpoint, CancellationToken cancellation)
    {
        await Parallel.ForEachAsync(checkpoint.Heads, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation }, async (head, token) =>
        {
            await Cover(head, token);
            if (await _markers.Find(AuditMarkers.Checkpoint, head.Stream, token) is { } marker) await _markers.Clear(marker, head.Sequence, long.MaxValue, token);
        });
        await _table.UpsertEntityAsync(Row(checkpoint, through: true), TableUpdateMode.Replace, cancellation);
    }

    private async Task<long> Covered(string stream, CancellationToken cancellation) =>
        await _streams.Row(stream, Streams.CheckpointedRow, null, cancellation) is { } row ? row.GetInt64("Sequence") ?? 0 : 0;

    /// <summary>Never back: a slow run of an older checkpoint may come late.</summary>
    private async Task Cover(StreamHead head, CancellationToken cancellation)
    {
        var row = Streams.NewRow(head.Stream, Streams.CheckpointedRow);
        row["Sequence"] = head.Sequence;
        while (true)
        {
            try
            {
                var found = await _streams.Row(head.Stream, Streams.CheckpointedRow, null, cancellation);
                if (found is null) await _streams.Table.AddEntityAsync(row, cancellation);
                else if (found.GetInt64("Sequence") < head.Sequence) await _streams.Table.UpdateEntityAsync(row, found.ETag, TableUpdateMode.Replace, cancellation);
                return;
            }
            catch (RequestFailedException failure) when (StreamCommit.IsConflict(failure))
            {
                // Another run notes the same.
            }
        }
    }

    private async Task<Stored?> Last(CancellationToken cancellation)
    {
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {Partition}");
        await foreach (var row in _table.QueryAsync<TableEntity>(filter, maxPerPage: 1, cancellationToken: cancellation)) return new Stored(Read(row), row.GetBoolean(Through) is true);
        return null;
    }

    /// <summary>The highest number; 0 where there is none.</summary>
    private async Task<long> Newest(CancellationToken cancellation)
    {
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {Partition}");
        await foreach (var row in _table.QueryAsync<TableEntity>(filter, maxPerPage: 1, select: ["PartitionKey", "RowKey"], cancellationToken: cancellation))
            return LastNumber - long.Parse(row.RowKey, CultureInfo.InvariantCulture);
        return 0;
    }

    /// <summary>Counted down, so that the newest is the partition's first row.</summary>
    private static string Key(long number) => Math.Max(0, LastNumber - number).ToString("D10", CultureInfo.InvariantCulture);

    private static TableEntity Row(Checkpoint checkpoint, bool through)
    {
        var row = new TableEntity(Partition, Key(checkpoint.Number)) { [Through] = through };
        Chunks.Write(row, nameof(Checkpoint), JsonSerializer.SerializeToUtf8Bytes(checkpoint, DomainJson.Default.Checkpoint));
        return row;
    }

    private static Checkpoint Read(TableEntity row) =>
        JsonSerializer.Deserialize(Chunks.Read(row, nameof(Checkpoint)) ?? [], DomainJson.Default.Checkpoint) ?? throw new InvalidDataException("A stored checkpoint is empty.");

    private sealed record Stored(Checkpoint Checkpoint, bool Through);
}
