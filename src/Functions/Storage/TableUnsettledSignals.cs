using System.Runtime.CompilerServices;
using System.Text.Json;
using AccessFunctions.Domain.Json;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Functions.Requests;
using Azure;
using Azure.Data.Tables;

namespace AccessFunctions.Functions.Storage;

/// <summary>Signals that were accepted and are not settled yet: few, in a table of their own that is read from end to end.</summary>
public sealed class TableUnsettledSignals(TableServiceClient tables) : IUnsettledSignals
{
    private readonly TableClient _table = tables.GetTableClient(StorageTables.UnsettledSignals);

    /// <inheritdoc />
    public Task Add(string requestId, Signal signal, CancellationToken cancellation) => Transient.Run(
        async () =>
        {
            var row = new TableEntity(TableKeys.Of(requestId), Key(signal)) { ["Request"] = requestId };
            Chunks.Write(row, nameof(Signal), JsonSerializer.SerializeToUtf8Bytes(signal, DomainJson.Default.Signal));
            try
            {
                await _table.AddEntityAsync(row, cancellation);
            }
            catch (RequestFailedException failure) when (StreamCommit.IsConflict(failure))
            {
                // Kept already.
            }
        },
        cancellation);

    /// <inheritdoc />
    public IAsyncEnumerable<UnsettledSignal> All(CancellationToken cancellation) => Transient.Read(Read(cancellation), cancellation);

    /// <inheritdoc />
    public Task Tried(UnsettledSignal kept, DateTimeOffset at, CancellationToken cancellation) => Transient.Run(
        async () =>
        {
            var row = new TableEntity(TableKeys.Of(kept.RequestId), Key(kept.Signal))
            {
                [nameof(UnsettledSignal.Tries)] = kept.Tries + 1,
                [nameof(UnsettledSignal.FirstTry)] = kept.FirstTry ?? at,
                [nameof(UnsettledSignal.LastTry)] = at,
            };
            try
            {
                await _table.UpdateEntityAsync(row, ETag.All, TableUpdateMode.Merge, cancellation);
            }
            catch (RequestFailedException failure) when (failure.Status == 404)
            {
                // Settled meanwhile.
            }
        },
        cancellation);

    /// <inheritdoc />
    public Task Remove(string requestId, Signal signal, CancellationToken cancellation) =>
        Transient.Run(() => _table.DeleteEntityAsync(TableKeys.Of(requestId), Key(signal), ETag.All, cancellation), cancellation);

    private async IAsyncEnumerable<UnsettledSignal> Read([EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var row in _table.QueryAsync<TableEntity>(filter: (string?)null, cancellationToken: cancellation))
        {
            var signal = JsonSerializer.Deserialize(Chunks.Read(row, nameof(Signal)) ?? [], DomainJson.Default.Signal) ?? throw new InvalidDataException("A kept signal is empty.");
            yield return new UnsettledSignal(row.GetString("Request"), signal)
            {
                Tries = row.GetInt32(nameof(UnsettledSignal.Tries)) ?? 0,
                FirstTry = row.GetDateTimeOffset(nameof(UnsettledSignal.FirstTry)),
                LastTry = row.GetDateTimeOffset(nameof(UnsettledSignal.LastTry)),
            };
        }
    }

    /// <summary>Actor and id name a signal; the row is that of its answer.</summary>
    private static string Key(Signal signal) => Streams.AnswerRow(signal.By, signal.Id);
}
