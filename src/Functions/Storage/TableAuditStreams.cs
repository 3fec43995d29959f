using AccessFunctions.Application.Audit;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Functions.Audit;
using Azure;
using Azure.Data.Tables;

namespace AccessFunctions.Functions.Storage;

/// <summary>Audit rows to be sent, with a cursor for each sink beside them in the stream's own partition.</summary>
/// <param name="sinks">All sinks: a stream is behind until the last of them has caught up.</param>
public sealed class TableAuditStreams(TableServiceClient tables, IEnumerable<IAuditSink> sinks, TimeProvider time) : IAuditStreams
{
    private readonly IReadOnlyList<string> _sinks = [.. sinks.Select(static sink => sink.Name)];
    private readonly Streams _streams = new(tables);
    private readonly AuditMarkers _markers = new(tables, time);

    /// <inheritdoc />
    public Task<IReadOnlyList<AuditRow>> Rows(string stream, long after, int limit, CancellationToken cancellation) =>
        Transient.Run<IReadOnlyList<AuditRow>>(async () => await _streams.Rows(stream, after, limit, cancellation).ToListAsync(cancellation), cancellation);

    /// <inheritdoc />
    public Task<StreamCursor> Cursor(string sink, string stream, CancellationToken cancellation) => Transient.Run(() => Read(sink, stream, cancellation), cancellation);

    /// <inheritdoc />
    public Task<StreamCursor?> Advance(string sink, string stream, StreamCursor cursor, long sequence, CancellationToken cancellation) => Transient.Run<StreamCursor?>(
        async () =>
        {
            var row = Streams.NewRow(stream, Streams.CursorRow(sink));
            row["Sequence"] = sequence;
            try
            {
                if (cursor.Version is { } version) await _streams.Table.UpdateEntityAsync(row, new ETag(version), TableUpdateMode.Replace, cancellation);
                else await _streams.Table.AddEntityAsync(row, cancellation);
            }
            catch (RequestFailedException failure) when (StreamCommit.IsConflict(failure))
            {
                return null;
            }

            // A cursor that another moved on since is theirs.
            var now = await Read(sink, stream, cancellation);
            return now.Sequence == sequence ? now : null;
        },
        cancellation);

    /// <inheritdoc />
    public Task<AuditBacklog> Waiting(string sink, string stream, CancellationToken cancellation) => Transient.Run(
        async () =>
        {
            var cursor = await Read(sink, stream, cancellation);
            var rows = ((await _streams.Head(stream, cancellation))?.Sequence ?? 0) - cursor.Sequence;
            if (rows <= 0) return new AuditBacklog(0, null);
            var first = await _streams.Rows(stream, cursor.Sequence, 1, cancellation).FirstOrDefaultAsync(cancellation);
            return new AuditBacklog(rows, (first is null ? null : StoredEvent.Find(first)?.At) ?? time.GetUtcNow());
        },
        cancellation);

    /// <inheritdoc />
    public IAsyncEnumerable<string> Behind(CancellationToken cancellation) =>
        Transient.Read(_markers.All(AuditMarkers.Behind, cancellation).Select(static marker => marker.Stream), cancellation);

    /// <inheritdoc />
    public Task CaughtUp(string sink, string stream, CancellationToken cancellation) => Transient.Run(
        async () =>
        {
            if (await _markers.Find(AuditMarkers.Behind, stream, cancellation) is not { } marker) return;
            var head = await _streams.Head(stream, cancellation);
            var cursors = await Task.WhenAll(_sinks.Append(sink).Distinct(StringComparer.Ordinal).Select(name => Read(name, stream, cancellation)));
            await _markers.Clear(marker, cursors.Min(static cursor => cursor.Sequence), head?.Sequence ?? 0, cancellation);
        },
        cancellation);

    private async Task<StreamCursor> Read(string sink, string stream, CancellationToken cancellation) =>
        await _streams.Row(stream, Streams.CursorRow(sink), null, cancellation) is { } row ? new StreamCursor(row.GetInt64("Sequence") ?? 0, row.ETag.ToString()) : new StreamCursor(0, null);
}
