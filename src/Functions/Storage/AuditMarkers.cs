using System.Runtime.CompilerServices;
using Azure;
using Azure.Data.Tables;

namespace AccessFunctions.Functions.Storage;

/// <summary>What grew since somebody looked: announced before the rows are written, forgotten when what was announced has been taken.</summary>
/// <param name="Announced">The sequence that the stream reaches, or would have reached.</param>
/// <param name="At">When that was announced.</param>
internal sealed record Marker(string Set, string Stream, long Announced, DateTimeOffset At, ETag Version);

/// <summary>
/// Marks streams as grown: one set for delivery, one for checkpoints. A marker may announce what never comes (its writer lost against
/// another, or died): after <see cref="Abandoned"/>, longer than any function runs, it is no longer believed.
/// </summary>
internal sealed class AuditMarkers(TableServiceClient tables, TimeProvider time)
{
    public const string Behind = "behind";
    public const string Checkpoint = "checkpoint";
    private static readonly TimeSpan Abandoned = TimeSpan.FromHours(1);
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(10);
    private readonly TableClient _table = tables.GetTableClient(StorageTables.AuditMarkers);

    /// <summary>Announces in both sets that a stream will reach a sequence.</summary>
    public Task Announce(string stream, long sequence, CancellationToken cancellation) =>
        Task.WhenAll(Announce(Behind, stream, sequence, cancellation), Announce(Checkpoint, stream, sequence, cancellation));

    /// <summary>All markers of a set, in no order.</summary>
    public async IAsyncEnumerable<Marker> All(string set, [EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var partition in TableKeys.Sharded(set))
        {
            var filter = TableClient.CreateQueryFilter($"PartitionKey eq {partition}");
            await foreach (var row in _table.QueryAsync<TableEntity>(filter, cancellationToken: cancellation)) yield return Read(set, row);
        }
    }

    public async Task<Marker?> Find(string set, string stream, CancellationToken cancellation)
    {
        var found = await _table.GetEntityIfExistsAsync<TableEntity>(TableKeys.Sharded(set, stream), TableKeys.Of(stream), cancellationToken: cancellation);
        return found.HasValue ? Read(set, found.Value!) : null;
    }

    /// <summary>Forgets a marker where all it announced was taken, or nothing more will come of it. One that was raised since stays.</summary>
    /// <param name="taken">The sequence up to which its rows were taken.</param>
    /// <param name="head">The stream's head, read after the marker.</param>
    public async Task Clear(Marker marker, long taken, long head, CancellationToken cancellation)
    {
        var over = taken >= marker.Announced || (taken >= head && time.GetUtcNow() - marker.At > Abandoned);
        if (!over) return;
        try
        {
            await _table.DeleteEntityAsync(TableKeys.Sharded(marker.Set, marker.Stream), TableKeys.Of(marker.Stream), marker.Version, cancellation);
        }
        catch (RequestFailedException failure) when (StreamCommit.IsConflict(failure))
        {
            // Raised meanwhile, or forgotten by another.
        }
    }

    private async Task Announce(string set, string stream, long sequence, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var row = new TableEntity(TableKeys.Sharded(set, stream), TableKeys.Of(stream)) { ["Stream"] = stream, ["Announced"] = sequence, ["At"] = now.UtcTicks };
        while (true)
        {
            try
            {
                if (await Find(set, stream, cancellation) is not { } marker)
                {
                    await _table.AddEntityAsync(row, cancellation);
                    return;
                }

                // An old one is written again even so: it may be about to be forgotten as abandoned.
                if (marker.Announced >= sequence && now - marker.At < Fresh) return;
                row["Announced"] = Math.Max(sequence, marker.Announced);
                await _table.UpdateEntityAsync(row, marker.Version, TableUpdateMode.Replace, cancellation);
                return;
            }
            catch (RequestFailedException failure) when (StreamCommit.IsConflict(failure))
            {
                // Another announced or forgot it meanwhile.
            }
        }
    }

    private static Marker Read(string set, TableEntity row) => new(
        set, row.GetString("Stream"), row.GetInt64("Announced") ?? 0, new DateTimeOffset(row.GetInt64("At") ?? 0, TimeSpan.Zero), row.ETag);
}
