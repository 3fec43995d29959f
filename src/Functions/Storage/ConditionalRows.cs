using Azure;
using Azure.Data.Tables;

namespace AccessFunctions.Functions.Storage;

/// <summary>
/// Writes rows under a condition. A client tries again by itself where an answer gets lost, and then is refused by its own first write;
/// so each write carries a mark, and finding it means that the write took effect.
/// </summary>
internal static class ConditionalRows
{
    private const string Mark = "Write";

    /// <summary>The row; null where there is none.</summary>
    /// <exception cref="Requests.TransientException">The service did not answer.</exception>
    public static Task<TableEntity?> Find(TableClient table, string partition, string row, CancellationToken cancellation) => Transient.Run(async () =>
    {
        var found = await table.GetEntityIfExistsAsync<TableEntity>(partition, row, cancellationToken: cancellation);
        return found.HasValue ? found.Value : null;
    }, cancellation);

    /// <summary>Adds the row, or replaces the version that is named.</summary>
    /// <param name="ifMatch">The version to replace; null adds.</param>
    /// <returns>The version that was written; null where another one is there (or none is, where one was to be replaced).</returns>
    /// <exception cref="Requests.TransientException">The service did not answer: it may have happened or not.</exception>
    public static Task<ETag?> Put(TableClient table, TableEntity row, ETag? ifMatch, CancellationToken cancellation) => Transient.Run<ETag?>(async () =>
    {
        var mark = Guid.NewGuid().ToString("N");
        row[Mark] = mark;
        try
        {
            var response = ifMatch is { } version
                ? await table.UpdateEntityAsync(row, version, TableUpdateMode.Replace, cancellation)
                : await table.AddEntityAsync(row, cancellation);
            return response.Headers.ETag;
        }
        catch (RequestFailedException refused) when (IsCondition(refused))
        {
            var now = await table.GetEntityIfExistsAsync<TableEntity>(row.PartitionKey, row.RowKey, [Mark], cancellation);
            return now.HasValue && now.Value!.GetString(Mark) == mark ? now.Value.ETag : null;
        }
    }, cancellation);

    /// <summary>Makes several writes of one partition together.</summary>
    /// <param name="rows">Each with the version that it replaces or removes; null adds it. The first is not removed.</param>
    /// <returns>False where a row is not of its version, or is there already: then none of them was made.</returns>
    /// <exception cref="Requests.TransientException">The service did not answer: all of it may have happened, or nothing.</exception>
    public static Task<bool> PutAll(TableClient table, IReadOnlyList<(TableEntity Row, ETag? IfMatch, bool Removes)> rows, CancellationToken cancellation) => Transient.Run(async () =>
    {
        var (first, mark) = (rows[0].Row, Guid.NewGuid().ToString("N"));
        foreach (var (row, _, removes) in rows)
        {
            if (!removes) row[Mark] = mark;
        }

        try
        {
            await table.SubmitTransactionAsync(rows.Select(static row => Action(row.Row, row.IfMatch, row.Removes)), cancellation);
            return true;
        }
        catch (RequestFailedException refused) when (IsCondition(refused))
        {
            var now = await table.GetEntityIfExistsAsync<TableEntity>(first.PartitionKey, first.RowKey, [Mark], cancellation);
            return now.HasValue && now.Value!.GetString(Mark) == mark;
        }
    }, cancellation);

    private static TableTransactionAction Action(TableEntity row, ETag? ifMatch, bool removes) => (ifMatch, removes) switch
    {
        ({ } version, true) => new(TableTransactionActionType.Delete, row, version),
        ({ } version, false) => new(TableTransactionActionType.UpdateReplace, row, version),
        (null, false) => new(TableTransactionActionType.Add, row),
        (null, true) => throw new ArgumentException("What is not there is not removed.", nameof(removes)),
    };

    /// <summary>Deletes the version that is named; true where no row is left, false where another version is there.</summary>
    /// <exception cref="Requests.TransientException">The service did not answer: it may have happened or not.</exception>
    public static Task<bool> Delete(TableClient table, TableEntity row, ETag ifMatch, CancellationToken cancellation) => Transient.Run(async () =>
    {
        try
        {
            await table.DeleteEntityAsync(row.PartitionKey, row.RowKey, ifMatch, cancellation);
            return true;
        }
        catch (RequestFailedException refused) when (IsCondition(refused))
        {
            return false;
        }
    }, cancellation);

    private static bool IsCondition(RequestFailedException failure) =>
        failure is { Status: 412 } or { Status: 409, ErrorCode: "EntityAlreadyExists" } or { Status: 404, ErrorCode: "ResourceNotFound" };
}
