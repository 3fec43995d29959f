using System.Runtime.CompilerServices;
using System.Text.Json;
using AccessFunctions.Application.Audit;
using AccessFunctions.Application.Ports;
using AccessFunctions.Application.Workflow;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Json;
using AccessFunctions.Domain.Requests;
using Azure;
using Azure.Data.Tables;

namespace AccessFunctions.Functions.Storage;

/// <summary>
/// Purges and pseudonymises in Azure Tables. A purge goes: chain its event; replace the stream's first row by the tombstone, by the version looked
/// at; remove index rows, then the stream's other rows; last the row by which the stream is found. It may break off after any step: from the
/// second on, listing what is due completes it.
/// </summary>
/// <param name="sinks">Nothing goes that one of these has not taken.</param>
public sealed class TableRetentionStore(TableServiceClient tables, ILegalHolds holds, IEnumerable<IAuditSink> sinks, TimeProvider time) : IRetentionStore
{
    private const int MostActions = 50;
    private const int Tries = 10;
    private const string Partition = "retention";
    private const string LastRunRow = "last-run";
    private const string Pseudonymised = "Pseudonymised";
    private readonly IReadOnlyList<string> _sinks = [.. sinks.Select(static sink => sink.Name)];
    private readonly TableClient _state = tables.GetTableClient(StorageTables.HostState);
    private readonly Streams _streams = new(tables);
    private readonly StreamAppend _append = new(tables, time);
    private readonly RequestIndexTable _index = new(tables);
    private readonly AuditIndexTable _auditIndex = new(tables);
    private readonly PurgedRemains _remains = new(tables);
    private readonly StoredNotices _notices = new(tables);

    /// <inheritdoc />
    public IAsyncEnumerable<string> Due(RetentionTask task, DateTimeOffset before, CancellationToken cancellation) => Transient.Read(
        task switch
        {
            RetentionTask.PurgeRequests => Requests(before, static _ => true, cancellation),
            RetentionTask.PseudonymiseRequests => Requests(before, static row => row.GetBoolean(nameof(IndexColumns.Pseudonymised)) is not true, cancellation),
            RetentionTask.PurgeEvents => Outside(before, static _ => true, cancellation),
            RetentionTask.PseudonymiseEvents => Outside(before, static row => row.GetBoolean(Pseudonymised) is not true, cancellation),
        },
        cancellation);

    /// <inheritdoc />
    public IAsyncEnumerable<string> Of(string person, CancellationToken cancellation) => Transient.Read(OfPerson(person, cancellation), cancellation);

    /// <inheritdoc />
    public Task<StreamStanding?> Look(string stream, CancellationToken cancellation) => Transient.Run(() => LookOnce(stream, cancellation), cancellation);

    /// <inheritdoc />
    public Task<bool> Purge(StreamStanding looked, Tombstone tombstone, AuditEvent record, CancellationToken cancellation) => Transient.Run(
        async () =>
        {
            // Claimed first: from here on nothing else changes the stream, so that what is on record is what happens.
            if (await Claim(looked, cancellation) is not { } row) return false;
            await Record(tombstone.RecordedIn, record, cancellation);
            foreach (var more in PurgedStream.More(tombstone)) await _streams.Table.UpsertEntityAsync(more, TableUpdateMode.Replace, cancellation);
            if (await ConditionalRows.Put(_streams.Table, PurgedStream.Row(tombstone, row), row.ETag, cancellation) is null) return false;
            await _remains.Remove(looked.Stream, cancellation);
            return true;
        },
        cancellation);

    /// <inheritdoc />
    public Task<int?> Pseudonymise(StreamStanding looked, string? person, AuditEvent record, string recordIn, CancellationToken cancellation) => Transient.Run(
        async () =>
        {
            if (await _streams.Row(looked.Stream, Streams.StateRow, null, cancellation) is not { } row || row.ETag.ToString() != looked.Version || PurgedStream.IsClaimed(row)) return (int?)null;
            var stored = StoredStream.Of(row);
            var all = person is null || stored.State?.Requester == person;
            var rows = await Detailed(looked.Stream, all ? null : person, cancellation);
            var next = stored.State is { } state ? Pseudonymisation.Without(state, person, record.At) : null;
            if (rows.Count > 0 || next is not null)
            {
                await Record(recordIn, record, cancellation);
                if (await Strip(looked.Stream, row, rows, cancellation) is not { } version) return null;
                row.ETag = version;
            }

            if (next is not null)
            {
                if (await ConditionalRows.Put(_streams.Table, (stored with { State = next }).Row(looked.Stream), row.ETag, cancellation) is null) return null;
                await _index.Update(stored.State, next, next, cancellation);
            }
            else if (stored.State is { } done && !Pseudonymisation.HasText(done))
            {
                // An earlier try may have broken off before its index rows.
                await _index.Update(null, done, done, cancellation);
            }
            else if (looked.RequestId is null && person is null)
            {
                await Note(looked.Stream, row.ETag, cancellation);
            }

            if (looked.RequestId is not null) await _notices.Strip(looked.Stream, all ? null : person, cancellation);
            return rows.Count > 0 || next is not null ? Math.Max(1, rows.Count) : 0;
        },
        cancellation);

    /// <summary>Marks the stream as being purged, by the version that was looked at.</summary>
    /// <returns>Its first row as it is then; null where something changed since.</returns>
    private async Task<TableEntity?> Claim(StreamStanding looked, CancellationToken cancellation)
    {
        var claim = PurgedStream.Claimed(looked.Stream);
        try
        {
            await _streams.Table.UpdateEntityAsync(claim, new ETag(looked.Version), TableUpdateMode.Merge, cancellation);
        }
        catch (RequestFailedException failure) when (StreamCommit.IsConflict(failure))
        {
            // Another was first, or this try, and its answer was lost.
        }

        return await _streams.Row(looked.Stream, Streams.StateRow, null, cancellation) is { } row && PurgedStream.ClaimOf(row) == PurgedStream.ClaimOf(claim) ? row : null;
    }

    /// <inheritdoc />
    public async Task<RetentionRun?> LastRun(CancellationToken cancellation) =>
        await ConditionalRows.Find(_state, Partition, LastRunRow, cancellation) is { } row ? JsonSerializer.Deserialize<RetentionRun>(row.GetString("Json"), DomainJson.Default.Options) : null;

    /// <inheritdoc />
    public Task Save(RetentionRun run, CancellationToken cancellation) => Transient.Run(
        () => _state.UpsertEntityAsync(
            new TableEntity(Partition, LastRunRow) { ["Json"] = JsonSerializer.Serialize(run, DomainJson.Default.Options) }, TableUpdateMode.Replace, cancellation),
        cancellation);

    /// <summary>Finished requests by their index rows; purges that broke off are completed on the way.</summary>
    private async IAsyncEnumerable<string> Requests(DateTimeOffset before, Func<TableEntity, bool> wanted, [EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var partition in new[] { Status.Closed, Status.Denied }.Select(RequestIndexRows.Status).SelectMany(TableKeys.Sharded))
        {
            var filter = TableClient.CreateQueryFilter($"PartitionKey eq {partition} and ClosedAt lt {before.UtcTicks}");
            await foreach (var row in _index.Table.QueryAsync<TableEntity>(filter, cancellationToken: cancellation))
            {
                var id = row.GetString(nameof(IndexColumns.Id));
                if (await _remains.Complete(id, cancellation))
                    await _index.Table.DeleteEntityAsync(row.PartitionKey, row.RowKey, ETag.All, cancellation);
                else if (wanted(row))
                    yield return id;
            }
        }
    }

    /// <summary>Days of hosts, by their names, and submissions that were refused, which left a chain and no request.</summary>
    private async IAsyncEnumerable<string> Outside(DateTimeOffset before, Func<TableEntity, bool> wanted, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var hosts = TableClient.CreateQueryFilter($"PartitionKey ge {HostStream.Prefix} and PartitionKey lt {"host;"} and RowKey eq {Streams.StateRow}");
        string[] columns = ["PartitionKey", "RowKey", Pseudonymised, .. PurgedStream.Columns];
        await foreach (var row in _streams.Table.QueryAsync<TableEntity>(hosts, select: columns, cancellationToken: cancellation))
        {
            var stream = row.GetString("Stream");
            if (PurgedStream.Is(row))
            {
                if (!PurgedStream.IsCleared(row)) await _remains.Remove(stream, cancellation);
            }
            else if (HostStream.EndOf(stream) < before && wanted(row))
            {
                yield return stream;
            }
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var name in _auditIndex.Refused(before, cancellation))
        {
            var stream = AuditIndexTable.Named(name).Stream;
            if (!seen.Add(stream)) continue;
            if (await _streams.Row(stream, Streams.StateRow, ["Sequence", Pseudonymised, .. PurgedStream.Columns], cancellation) is not { } row) continue;
            if (PurgedStream.Is(row))
            {
                _ = await _remains.Complete(stream, cancellation);
                await _auditIndex.Forget(name, cancellation);
            }
            else if ((row.GetInt64("Sequence") ?? 0) == 0 && wanted(row))
            {
                yield return stream;
            }
        }
    }

    private async IAsyncEnumerable<string> OfPerson(string person, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var requests = TableClient.CreateQueryFilter($"PartitionKey eq {RequestIndexRows.Requester(person)}");
        await foreach (var row in _index.Table.QueryAsync<TableEntity>(requests, cancellationToken: cancellation))
        {
            var id = row.GetString(nameof(IndexColumns.Id));
            if ((await _streams.Find(id, cancellation)).State is { } state && Pseudonymisation.HasText(state) && seen.Add(id)) yield return id;
        }

        // What is done already is left out, so that asking again gets further.
        await foreach (var name in _auditIndex.Of(person, cancellation))
        {
            var (stream, sequence) = AuditIndexTable.Named(name);
            if (!seen.Contains(stream) && await _streams.Row(stream, Streams.AuditRow(sequence), [nameof(AuditRow.Salt)], cancellation) is { } row
                && row.ContainsKey(nameof(AuditRow.Salt)) && row[nameof(AuditRow.Salt)] is not null && seen.Add(stream))
            {
                yield return stream;
            }
        }
    }

    private async Task<StreamStanding?> LookOnce(string stream, CancellationToken cancellation)
    {
        // First of all, so that a hold that is placed from here on makes a purge by this version fail.
        if (await _streams.Row(stream, Streams.StateRow, null, cancellation) is not { } first || PurgedStream.Is(first)) return null;
        var (stored, held) = (StoredStream.Of(first), (await holds.All(cancellation)).Select(static hold => hold.RequestId).ToHashSet(StringComparer.Ordinal));
        if (stored.Head is not { } head) return null;
        var (chain, hashes, newest, isHeld) = (new ChainVerifier(), new List<string>(), DateTimeOffset.MinValue, held.Contains(stream));
        await foreach (var row in _streams.Rows(stream, 0, (int)Math.Min(int.MaxValue, head.Sequence), cancellation))
        {
            chain.Add(row);
            hashes.Add(row.Hash);
            if (StoredEvent.Find(row) is not { } happened) continue;
            newest = happened.At > newest ? happened.At : newest;
            isHeld = isHeld || (happened.RequestId is { } request && held.Contains(request));
        }

        chain.Expect(new StreamHead(stream, head.Sequence, head.Hash));
        return new StreamStanding
        {
            Stream = stream,
            RequestId = stored.State?.Id,
            EndedAt = stored.State is { } state ? RequestIndex.IsUnfinished(state) ? null : Retention.EndedAt(state) : HostStream.EndOf(stream) ?? newest,
            Held = isHeld,
            Checkpointed = await At(stream, Streams.CheckpointedRow, cancellation) >= head.Sequence,
            Delivered = (await Task.WhenAll(_sinks.Select(sink => At(stream, Streams.CursorRow(sink), cancellation)))).All(sequence => sequence >= head.Sequence),
            Sound = chain.Findings.Count == 0,
            Hashes = hashes,
            NewestAt = newest,
            Version = first.ETag.ToString(),
        };
    }

    private async Task<long> At(string stream, string row, CancellationToken cancellation) =>
        await _streams.Row(stream, row, ["Sequence"], cancellation) is { } found ? found.GetInt64("Sequence") ?? 0 : 0;

    private async Task Record(string stream, AuditEvent record, CancellationToken cancellation)
    {
        for (var tries = 0; tries < Tries; tries++)
        {
            if (await _append.Try(stream, await _streams.Find(stream, cancellation), null, [record], [], cancellation) is not null) return;
        }

        throw new Requests.TransientException("The stream of retention could not be written.");
    }

    /// <summary>Rows with a detail: everybody's, or where somebody is named theirs.</summary>
    private async Task<List<AuditRow>> Detailed(string stream, string? person, CancellationToken cancellation) =>
        await _streams.Rows(stream, 0, null, cancellation)
            .Where(row => (row.Detail is not null || row.Salt is not null) && (person is null || StoredEvent.Find(row)?.Actor == person))
            .ToListAsync(cancellation);

    /// <summary>Replaces rows by the same without detail and salt, each batch by the version of the first row.</summary>
    /// <returns>The first row's version; null where another writer came between.</returns>
    private async Task<ETag?> Strip(string stream, TableEntity first, List<AuditRow> rows, CancellationToken cancellation)
    {
        var version = first.ETag;
        foreach (var batch in rows.Chunk(MostActions))
        {
            var claim = Streams.NewRow(stream, Streams.StateRow);
            claim["Stripped"] = Guid.NewGuid().ToString("N");
            try
            {
                await _streams.Table.SubmitTransactionAsync(
                    [
                        new TableTransactionAction(TableTransactionActionType.UpdateMerge, claim, version),
                        .. batch.Select(static row => new TableTransactionAction(TableTransactionActionType.UpsertReplace, AuditEntity.Of(row with { Detail = null, Salt = null }))),
                    ],
                    cancellation);
            }
            catch (RequestFailedException failure) when (StreamCommit.IsConflict(failure))
            {
                return null;
            }

            if (await _streams.Row(stream, Streams.StateRow, ["Stripped"], cancellation) is not { } now || now.GetString("Stripped") != claim.GetString("Stripped")) return null;
            version = now.ETag;
        }

        return version;
    }

    /// <summary>Notes that a stream outside of requests has no details left: its day is over, so none will come.</summary>
    private async Task Note(string stream, ETag version, CancellationToken cancellation)
    {
        var row = Streams.NewRow(stream, Streams.StateRow);
        row[Pseudonymised] = true;
        try
        {
            await _streams.Table.UpdateEntityAsync(row, version, TableUpdateMode.Merge, cancellation);
        }
        catch (RequestFailedException failure) when (StreamCommit.IsConflict(failure))
        {
            // It is looked at again by the next run.
        }
    }
}
