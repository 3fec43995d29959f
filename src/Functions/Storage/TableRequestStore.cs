using System.Text.Json;
using AccessFunctions.Domain.Json;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Functions.Requests;
using Azure;
using Azure.Data.Tables;

namespace AccessFunctions.Functions.Storage;

/// <summary>
/// Requests in Azure Tables. A save goes: read what is stored; announce the stream and name its events in the audit index; write snapshot,
/// answer and audit rows in one transaction by the version read; then the index rows. It may break off after any step: run again, it finds
/// what is done and does the rest.
/// </summary>
public sealed class TableRequestStore(TableServiceClient tables, TimeProvider time) : IRequestStore
{
    private const int Tries = 30;
    private readonly Streams _streams = new(tables);
    private readonly StreamAppend _append = new(tables, time);
    private readonly RequestIndexTable _index = new(tables);

    /// <inheritdoc />
    public Task<AccessRequest?> Find(string requestId, CancellationToken cancellation) =>
        Transient.Run(async () => (await _streams.Find(requestId, cancellation)).State, cancellation);

    /// <inheritdoc />
    public Task<bool> IsPurged(string requestId, CancellationToken cancellation) => Transient.Run(
        async () => await _streams.Row(requestId, Streams.StateRow, PurgedStream.Columns, cancellation) is { } row && PurgedStream.Is(row), cancellation);

    /// <inheritdoc />
    public Task<KeptAnswer?> Answer(string requestId, string actor, string signalId, CancellationToken cancellation) =>
        Transient.Run(() => Kept(requestId, actor, signalId, cancellation), cancellation);

    /// <inheritdoc />
    public Task<IReadOnlyList<Notify>> Notices(string requestId, CancellationToken cancellation) => Transient.Run<IReadOnlyList<Notify>>(
        async () => StoredNotices.Read(await _streams.Row(requestId, Streams.NoticesRow, null, cancellation)), cancellation);

    /// <inheritdoc />
    public Task<Saved> Save(SaveOrder order, CancellationToken cancellation) => Transient.Run(() => Write(order, cancellation), cancellation);

    private async Task<Saved> Write(SaveOrder order, CancellationToken cancellation)
    {
        for (var tries = 0; tries < Tries; tries++)
        {
            var answered = order.Answer is { } given ? await Kept(order.RequestId, given.Actor, given.SignalId, cancellation) : null;
            // Read after the answer: one that is there has a snapshot at least as new.
            var stored = await _streams.Find(order.RequestId, cancellation);
            // Nobody hears more than that: who submits is told before, and all else is refused without a snapshot.
            if (stored.IsPurged) return new Saved(null, Applied: false) { Repeated = true };
            if (stored.IsClaimed) throw new TransientException("The request is being purged.");
            if (answered is not null && !Same(answered, order.Answer!)) return new Saved(stored.State, Applied: false) { Repeated = true };
            if (answered is not null || IsStored(order, stored)) return await Complete(order, stored.State, cancellation);
            // A state from before its words were taken out would bring them back.
            if (stored.Sequence != (order.Before?.Sequence ?? 0) || stored.State?.PseudonymisedAt != order.Before?.PseudonymisedAt) return new Saved(stored.State, Applied: false);
            if (await Commit(order, stored, cancellation) is { } now) return await Complete(order, now.State, cancellation);
        }

        throw new TransientException("Others keep writing the request.");
    }

    private static bool IsStored(SaveOrder order, StoredStream stored) =>
        order.State is { } decided && !OnlyAnswers(order) && stored.Saves.Contains(StoredStream.Save(decided), StringComparer.Ordinal);

    private static bool Same(KeptAnswer kept, KeptAnswer given) => kept.Sequence == given.Sequence && kept.Content.AsSpan().SequenceEqual(given.Content);

    /// <summary>Nothing was decided; what is missing is the answer to the signal.</summary>
    private static bool OnlyAnswers(SaveOrder order) => order.Events.Count == 0 && (order.State?.Sequence ?? 0) == (order.Before?.Sequence ?? 0);

    /// <summary>Writes the decision, or only the answer where nothing was decided.</summary>
    /// <returns>The stream as it is now; null where another writer was first.</returns>
    private async Task<StoredStream?> Commit(SaveOrder order, StoredStream stored, CancellationToken cancellation)
    {
        List<TableTransactionAction> answer = order.Answer is { } given ? [new(TableTransactionActionType.Add, AnswerRow(order.RequestId, given))] : [];
        if (!OnlyAnswers(order))
        {
            List<TableTransactionAction> with = order.Notices is { } notices ? [.. answer, new(TableTransactionActionType.UpsertReplace, StoredNotices.Row(order.RequestId, notices))] : answer;
            return await _append.Try(order.RequestId, stored, order.State, order.Events, with, cancellation);
        }

        if (answer.Count == 0) return stored;
        try
        {
            await _streams.Table.SubmitTransactionAsync(answer, cancellation);
            return stored;
        }
        catch (RequestFailedException failure) when (StreamCommit.IsConflict(failure))
        {
            return null;
        }
    }

    private async Task<Saved> Complete(SaveOrder order, AccessRequest? stored, CancellationToken cancellation)
    {
        await _index.Update(order.Before, order.State, stored, cancellation);
        return new Saved(stored, Applied: true);
    }

    private async Task<KeptAnswer?> Kept(string requestId, string actor, string signalId, CancellationToken cancellation)
    {
        if (await _streams.Row(requestId, Streams.AnswerRow(actor, signalId), null, cancellation) is not { } row) return null;
        var refusal = Chunks.Read(row, nameof(KeptAnswer.Refusal)) is { } json ? JsonSerializer.Deserialize(json, DomainJson.Default.Refusal) : null;
        return new KeptAnswer(
            row.GetString(nameof(KeptAnswer.Actor)), row.GetString(nameof(KeptAnswer.SignalId)), row.GetBinary(nameof(KeptAnswer.Content)), refusal,
            row.GetInt64(nameof(KeptAnswer.Sequence)) ?? 0, new DateTimeOffset(row.GetInt64(nameof(KeptAnswer.At)) ?? 0, TimeSpan.Zero));
    }

    private static TableEntity AnswerRow(string requestId, KeptAnswer answer)
    {
        var row = Streams.NewRow(requestId, Streams.AnswerRow(answer.Actor, answer.SignalId));
        row[nameof(KeptAnswer.Actor)] = answer.Actor;
        row[nameof(KeptAnswer.SignalId)] = answer.SignalId;
        row[nameof(KeptAnswer.Content)] = answer.Content;
        row[nameof(KeptAnswer.Sequence)] = answer.Sequence;
        row[nameof(KeptAnswer.At)] = answer.At.UtcTicks;
        if (answer.Refusal is { } refusal) Chunks.Write(row, nameof(KeptAnswer.Refusal), JsonSerializer.SerializeToUtf8Bytes(refusal, DomainJson.Default.Refusal));
        return row;
    }
}
