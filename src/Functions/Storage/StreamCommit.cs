using AccessFunctions.Domain.Audit;
using Azure;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;

namespace AccessFunctions.Functions.Storage;

/// <summary>
/// Writes what a stream has next in one transaction: its first row by the version read, audit rows, and what goes with them. More audit
/// rows than a transaction holds are written ahead, the earliest first, in transactions that each claim the first row again: they do not
/// count before the head covers them, and no two writers can mix theirs.
/// </summary>
internal sealed class StreamCommit(Streams streams)
{
    // The service's limits are 100 actions and 4 MiB as JSON, where bytes take a third more.
    private const int MostActions = 100;
    private const int MostBytes = 2_500_000;

    /// <summary>Commits.</summary>
    /// <param name="stored">The stream as it was read.</param>
    /// <param name="next">The stream as it will be.</param>
    /// <param name="more">Goes into the same transaction.</param>
    /// <returns>False where another writer was first, or an earlier try of this one: look again.</returns>
    public async Task<bool> Try(
        string stream, StoredStream stored, StoredStream next, IReadOnlyList<AuditRow> rows, IReadOnlyList<TableTransactionAction> more, CancellationToken cancellation)
    {
        var (state, audit) = (next.Row(stream), rows.Select(AuditEntity.Of).ToList());
        var last = Last(audit, MostActions - 1 - more.Count, MostBytes - Bytes(state) - more.Sum(static action => Bytes(action.Entity)));
        for (var written = 0; written < audit.Count - last;)
        {
            var count = First(audit, written, audit.Count - last - written);
            if (await Ahead(stream, stored, audit.GetRange(written, count), cancellation) is not { } claimed) return false;
            (stored, written) = (claimed, written + count);
        }

        var first = stored.Version is { } version
            ? new TableTransactionAction(TableTransactionActionType.UpdateReplace, state, version)
            : new TableTransactionAction(TableTransactionActionType.Add, state);
        return await Submit([first, .. more, .. audit.TakeLast(last).Select(row => Put(row, stored))], cancellation);
    }

    /// <summary>True where the service says that a row is there, is not there, or has another version than expected.</summary>
    public static bool IsConflict(RequestFailedException failure) =>
        failure.Status is 404 or 409 or 412 && failure.ErrorCode != TableErrorCode.TableNotFound && failure.ErrorCode != TableErrorCode.TableBeingDeleted;

    private async Task<StoredStream?> Ahead(string stream, StoredStream stored, List<TableEntity> rows, CancellationToken cancellation)
    {
        var writer = Guid.NewGuid().ToString("N");
        var claim = StoredStream.Ahead(stream, writer, Math.Max(stored.Written, AuditEntity.Sequence(rows[^1])));
        var first = stored.Version is { } version
            ? new TableTransactionAction(TableTransactionActionType.UpdateMerge, claim, version)
            : new TableTransactionAction(TableTransactionActionType.Add, claim);
        if (!await Submit([first, .. rows.Select(row => Put(row, stored))], cancellation)) return null;
        var now = await streams.Find(stream, cancellation);
        return now.Writer == writer ? now : null;
    }

    /// <summary>Audit rows are only ever added; over one that was written ahead and never counted, the next writer writes its own.</summary>
    private static TableTransactionAction Put(TableEntity row, StoredStream stored) =>
        new(AuditEntity.Sequence(row) <= stored.Written ? TableTransactionActionType.UpsertReplace : TableTransactionActionType.Add, row);

    private async Task<bool> Submit(IReadOnlyList<TableTransactionAction> actions, CancellationToken cancellation)
    {
        try
        {
            await streams.Table.SubmitTransactionAsync(actions, cancellation);
            return true;
        }
        catch (RequestFailedException failure) when (IsConflict(failure))
        {
            return false;
        }
    }

    /// <summary>How many of the last rows fit.</summary>
    private static int Last(List<TableEntity> rows, int actions, int bytes)
    {
        var count = 0;
        while (count < rows.Count && count < actions && (bytes -= Bytes(rows[^(count + 1)])) >= 0) count++;
        return count;
    }

    /// <summary>How many rows of so many fit into a transaction of their own, beside the claim; at least one.</summary>
    private static int First(List<TableEntity> rows, int from, int most)
    {
        var (count, bytes) = (1, MostBytes - Bytes(rows[from]));
        while (count < most && count < MostActions - 1 && (bytes -= Bytes(rows[from + count])) >= 0) count++;
        return count;
    }

    private static int Bytes(ITableEntity entity) =>
        500 + ((TableEntity)entity).Sum(static column => 50 + (column.Value switch { byte[] bytes => bytes.Length, string text => text.Length * 3, _ => 20 }));
}
