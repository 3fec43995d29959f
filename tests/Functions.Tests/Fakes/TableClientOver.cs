using System.Runtime.CompilerServices;
using Azure;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;

namespace AccessFunctions.Functions.Tests.Fakes;

/// <summary>
/// The asynchronous members of a <see cref="TableClient"/>, brought down to the few calls that a service answers. Entities are
/// <see cref="TableEntity"/>; the synchronous members are not there.
/// </summary>
internal abstract class TableClientOver(string name) : TableClient
{
    public override string Name => name;

    protected abstract Task CreateTable(CancellationToken cancellation);
    protected abstract Task DropTable(CancellationToken cancellation);

    /// <summary>One write. A default ETag on the action means unconditional.</summary>
    protected abstract Task<Response> Write(TableTransactionAction action, CancellationToken cancellation);

    /// <summary>The entity; fails with 404 where it or the table is not there.</summary>
    protected abstract Task<TableEntity> Read(string partition, string row, string[]? select, CancellationToken cancellation);

    /// <summary>One page of a query, and the token of the next.</summary>
    protected abstract Task<(IReadOnlyList<TableEntity> Rows, string? Next)> Page(string? filter, string[]? select, int? size, string? token, CancellationToken cancellation);

    /// <summary>All or nothing.</summary>
    protected abstract Task<IReadOnlyList<Response>> Transact(IReadOnlyList<TableTransactionAction> actions, CancellationToken cancellation);

    public override async Task<Response<TableItem>> CreateAsync(CancellationToken cancellationToken = default)
    {
        await CreateTable(cancellationToken);
        return Response.FromValue(new TableItem(Name), new TableResponse(204));
    }

    public override async Task<Response<TableItem>> CreateIfNotExistsAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            return await CreateAsync(cancellationToken);
        }
        catch (RequestFailedException exists) when (exists.ErrorCode == "TableAlreadyExists")
        {
            return Response.FromValue(new TableItem(Name), new TableResponse(409));
        }
    }

    public override async Task<Response> DeleteAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            await DropTable(cancellationToken);
            return new TableResponse(204);
        }
        catch (RequestFailedException gone) when (gone.Status == 404)
        {
            return new TableResponse(404);
        }
    }

    public override Task<Response> AddEntityAsync<T>(T entity, CancellationToken cancellationToken = default) =>
        Write(new TableTransactionAction(TableTransactionActionType.Add, entity), cancellationToken);

    public override Task<Response> UpdateEntityAsync<T>(T entity, ETag ifMatch, TableUpdateMode mode = TableUpdateMode.Merge, CancellationToken cancellationToken = default)
    {
        if (ifMatch == default) throw new ArgumentException("An update says which version it changes, or ETag.All.", nameof(ifMatch));
        return Write(new TableTransactionAction(mode == TableUpdateMode.Merge ? TableTransactionActionType.UpdateMerge : TableTransactionActionType.UpdateReplace, entity, ifMatch), cancellationToken);
    }

    public override Task<Response> UpsertEntityAsync<T>(T entity, TableUpdateMode mode = TableUpdateMode.Merge, CancellationToken cancellationToken = default) =>
        Write(new TableTransactionAction(mode == TableUpdateMode.Merge ? TableTransactionActionType.UpsertMerge : TableTransactionActionType.UpsertReplace, entity), cancellationToken);

    // The real client gives the 404 back as a response: deleting what is not there is no error.
    public override async Task<Response> DeleteEntityAsync(string partitionKey, string rowKey, ETag ifMatch = default, CancellationToken cancellationToken = default)
    {
        try
        {
            return await Write(new TableTransactionAction(TableTransactionActionType.Delete, new TableEntity(partitionKey, rowKey), ifMatch), cancellationToken);
        }
        catch (RequestFailedException gone) when (gone.Status == 404)
        {
            return new TableResponse(404);
        }
    }

    public override Task<Response> DeleteEntityAsync(ITableEntity entity, ETag ifMatch = default, CancellationToken cancellationToken = default) =>
        DeleteEntityAsync(entity.PartitionKey, entity.RowKey, ifMatch, cancellationToken);

    public override async Task<Response<T>> GetEntityAsync<T>(string partitionKey, string rowKey, IEnumerable<string>? select = null, CancellationToken cancellationToken = default) =>
        Response.FromValue(As<T>(await Read(partitionKey, rowKey, select?.ToArray(), cancellationToken)), new TableResponse(200));

    public override async Task<NullableResponse<T>> GetEntityIfExistsAsync<T>(
        string partitionKey, string rowKey, IEnumerable<string>? select = null, CancellationToken cancellationToken = default)
    {
        try
        {
            return await GetEntityAsync<T>(partitionKey, rowKey, select, cancellationToken);
        }
        catch (RequestFailedException missing) when (missing is { Status: 404, ErrorCode: "ResourceNotFound" })
        {
            return new NoValue<T>();
        }
    }

    public override AsyncPageable<T> QueryAsync<T>(string? filter = null, int? maxPerPage = null, IEnumerable<string>? select = null, CancellationToken cancellationToken = default) =>
        new Pages<T>(this, filter, maxPerPage, select?.ToArray(), cancellationToken);

    public override async Task<Response<IReadOnlyList<Response>>> SubmitTransactionAsync(IEnumerable<TableTransactionAction> transactionActions, CancellationToken cancellationToken = default)
    {
        var actions = transactionActions.ToList();
        if (actions.Count == 0) throw new InvalidOperationException("A transaction has at least one action.");
        return Response.FromValue(await Transact(actions, cancellationToken), new TableResponse(202));
    }

    private static T As<T>(TableEntity entity) => entity is T wanted ? wanted : throw new NotSupportedException($"Entities are read as {nameof(TableEntity)} here.");

    private sealed class Pages<T>(TableClientOver table, string? filter, int? size, string[]? select, CancellationToken cancellation) : AsyncPageable<T>(cancellation)
        where T : class, ITableEntity
    {
        public override async IAsyncEnumerable<Page<T>> AsPages(string? continuationToken = null, int? pageSizeHint = null)
        {
            await foreach (var page in Walk(continuationToken, pageSizeHint ?? size, CancellationToken)) yield return page;
        }

        public override async IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default)
        {
            using var both = CancellationTokenSource.CreateLinkedTokenSource(CancellationToken, cancellationToken);
            await foreach (var page in Walk(null, size, both.Token))
                foreach (var entity in page.Values)
                    yield return entity;
        }

        private async IAsyncEnumerable<Page<T>> Walk(string? token, int? wanted, [EnumeratorCancellation] CancellationToken stop)
        {
            do
            {
                var (rows, next) = await table.Page(filter, select, wanted, token, stop);
                yield return Page<T>.FromValues([.. rows.Select(As<T>)], next, new TableResponse(200));
                token = next;
            }
            while (token is not null);
        }
    }
}
