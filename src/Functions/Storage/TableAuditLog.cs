using System.Runtime.CompilerServices;
using AccessFunctions.Application.Audit;
using AccessFunctions.Application.Ports;
using AccessFunctions.Application.Workflow;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Functions.Audit;
using AccessFunctions.Functions.Requests;
using Azure.Data.Tables;

namespace AccessFunctions.Functions.Storage;

/// <summary>
/// The audit trail in Azure Tables. This process has a stream of its own for each day, to which it appends one event after another; one
/// instance serves the process.
/// </summary>
/// <param name="keys">Sign checkpoints; null: they are not signed.</param>
public sealed class TableAuditLog(TableServiceClient tables, HostStream host, TimeProvider time, CheckpointKeys? keys = null) : IAuditLog, ICheckpoints, IDisposable
{
    private const int Tries = 10;
    private const int AtOnce = 32;

    /// <summary>Events looked at for one page where no index says what is asked for.</summary>
    private const int Looked = 200;
    private readonly SemaphoreSlim _oneByOne = new(1, 1);
    private readonly Streams _streams = new(tables);
    private readonly StreamAppend _append = new(tables, time);
    private readonly AuditIndexTable _index = new(tables);
    private readonly CheckpointTable _checkpoints = new(tables, time, keys);

    /// <inheritdoc />
    public async Task Append(AuditEvent happened, CancellationToken cancellation)
    {
        await _oneByOne.WaitAsync(cancellation);
        try
        {
            await Transient.Run(() => AppendNext(host.At(time.GetUtcNow()), happened, cancellation), cancellation);
        }
        finally
        {
            _oneByOne.Release();
        }
    }

    /// <inheritdoc />
    public Task<IReadOnlyList<AuditRow>> Stream(string stream, CancellationToken cancellation) =>
        Transient.Run<IReadOnlyList<AuditRow>>(async () => await _streams.Rows(stream, 0, null, cancellation).ToListAsync(cancellation), cancellation);

    /// <inheritdoc />
    public Task<Page<AuditRow>> List(AuditFilter filter, string? cursor, int limit, CancellationToken cancellation)
    {
        var range = new KeyRange(NewestFirst.RowKey(cursor), filter.From, filter.To);
        return Transient.Run(
            async () =>
            {
                if (range.Empty) return new Page<AuditRow>([], null);
                var (rows, keys) = (new List<AuditRow>(limit + 1), new List<string>(limit + 1));
                var looked = AuditMatching.ReadsEvents(filter) ? new Looking(Math.Max(Looked, limit + 1)) : null;
                await foreach (var (key, row) in Matching(filter, range, limit + 1, looked, cancellation))
                {
                    rows.Add(row);
                    keys.Add(key);
                    if (rows.Count > limit) return new Page<AuditRow>(rows[..limit], NewestFirst.Cursor(keys[limit - 1]));
                }

                return new Page<AuditRow>(rows, looked?.Until is { } last ? NewestFirst.Cursor(last) : null);
            },
            cancellation);
    }

    /// <inheritdoc />
    public IAsyncEnumerable<AuditRow> Export(CancellationToken cancellation) => Transient.Read(_streams.All(cancellation), cancellation);

    /// <inheritdoc />
    public IAsyncEnumerable<Tombstone> Tombstones(CancellationToken cancellation) => Transient.Read(_streams.Tombstones(cancellation), cancellation);

    /// <inheritdoc />
    public Task<IReadOnlyList<Checkpoint>> Checkpoints(CancellationToken cancellation) => Transient.Run(() => _checkpoints.All(cancellation), cancellation);

    /// <inheritdoc />
    public IAsyncEnumerable<Checkpoint> CheckpointsAfter(long number, CancellationToken cancellation) => Transient.Read(_checkpoints.After(number, cancellation), cancellation);

    /// <inheritdoc />
    public Task<Checkpoint?> MakeCheckpoint(CancellationToken cancellation) => Transient.Run(() => _checkpoints.Make(cancellation), cancellation);

    /// <inheritdoc />
    public void Dispose() => _oneByOne.Dispose();

    private async Task AppendNext(string stream, AuditEvent happened, CancellationToken cancellation)
    {
        var before = await _streams.Find(stream, cancellation);
        for (var tries = 0; tries < Tries; tries++)
        {
            if (await _append.Try(stream, before, null, [happened], [], cancellation) is not null) return;
            // Nobody else writes here: what is new can only be this event, stored by a try whose answer was lost.
            var now = await _streams.Find(stream, cancellation);
            if (now.Head is { } head && head.Sequence == (before.Head?.Sequence ?? 0) + 1 && await Row(stream, head.Sequence, cancellation) is { } row && AuditLink.SameEvent(row, happened)) return;
            before = now;
        }

        throw new TransientException("The host's audit stream could not be written.");
    }

    private async IAsyncEnumerable<(string Key, AuditRow Row)> Matching(
        AuditFilter filter, KeyRange range, int expected, Looking? looked, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var (partitions, condition) = AuditIndexTable.Choose(filter);
        var size = Math.Clamp(expected, 1, AtOnce);
        var named = NewestFirst.Read(_index.Table, [.. partitions.Select(partition => (partition, condition))], range, looked?.Most ?? expected, cancellation);
        await foreach (var hints in Until(named, looked, cancellation).Chunk(size).WithCancellation(cancellation))
        {
            // One head per stream; read first, so that every row up to it is there.
            var heads = new Dictionary<string, Task<AuditHead?>>(StringComparer.Ordinal);
            foreach (var (stream, _) in hints.Select(AuditIndexTable.Named)) heads.TryAdd(stream, _streams.Head(stream, cancellation));
            var rows = await Task.WhenAll(hints.Select(async hint =>
            {
                var (stream, sequence) = AuditIndexTable.Named(hint);
                return await heads[stream] is { } head && sequence <= head.Sequence ? await Row(stream, sequence, cancellation) : null;
            }));
            foreach (var (hint, row) in hints.Zip(rows))
            {
                if (row is not null && Says(row, hint.RowKey, filter)) yield return (hint.RowKey, row);
            }
        }
    }

    private static async IAsyncEnumerable<TableEntity> Until(IAsyncEnumerable<TableEntity> rows, Looking? looked, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var row in rows.WithCancellation(cancellation))
        {
            yield return row;
            if (looked?.Took(row.RowKey) is true) yield break;
        }
    }

    private async Task<AuditRow?> Row(string stream, long sequence, CancellationToken cancellation) =>
        await _streams.Row(stream, Streams.AuditRow(sequence), null, cancellation) is { } row ? AuditEntity.Read(row) : null;

    /// <summary>False where the audit row is another than the index row was written for.</summary>
    private static bool Says(AuditRow row, string key, AuditFilter filter)
    {
        AuditEvent said;
        try
        {
            said = AuditBody.Read(row).Event;
        }
        catch (FormatException)
        {
            return true; // Damaged: shown, so that it is not hidden by the damage.
        }

        return said.At.UtcTicks == TableKeys.Instant(key)?.UtcTicks
            && (filter.Actor is null || said.Actor == filter.Actor)
            && (filter.Type is null || said.Type == filter.Type)
            && filter.Types?.Contains(said.Type, StringComparer.Ordinal) is not false
            && (filter.Kind is null || said.Kind == filter.Kind)
            && (filter.Resource is null || (said.Resource == filter.Resource && row.Stream.StartsWith(HostStream.Prefix, StringComparison.Ordinal)))
            && (filter.Emergency is null || said.Emergency == filter.Emergency)
            && (filter.RequestId is null || said.RequestId == filter.RequestId || row.Stream == filter.RequestId);
    }
}
