using System.Collections.Immutable;
using System.Text;
using Azure;
using Azure.Data.Tables;

namespace AccessFunctions.Functions.Tests.Fakes;

/// <summary>One table of a <see cref="FakeTableService"/>.</summary>
internal sealed class FakeTable(FakeTableService service, string name) : TableClientOver(name)
{
    private const int PageSize = 1000;
    private static readonly ImmutableSortedDictionary<(string Partition, string Row), FakeRow> Empty =
        ImmutableSortedDictionary.Create<(string Partition, string Row), FakeRow>(Comparer<(string Partition, string Row)>.Create(static (a, b) =>
            string.CompareOrdinal(a.Partition, b.Partition) is var order and not 0 ? order : string.CompareOrdinal(a.Row, b.Row)));

    private readonly Lock _lock = new();
    private ImmutableSortedDictionary<(string Partition, string Row), FakeRow>? _rows;

    public override string AccountName => service.AccountName;
    public override Uri Uri => new(service.Uri, Name);
    public bool Created => _rows is not null;

    /// <summary>What is stored now.</summary>
    private ImmutableSortedDictionary<(string Partition, string Row), FakeRow> Rows => _rows ?? throw TableErrors.NoTable(Name);

    protected override Task CreateTable(CancellationToken cancellation) => Call(TableOperation.CreateTable, [], () => _rows = _rows is null ? Empty : throw TableErrors.TableExists(), cancellation);

    protected override Task DropTable(CancellationToken cancellation) => Call<object?>(TableOperation.DeleteTable, [], () =>
    {
        _ = Rows;
        return _rows = null;
    }, cancellation);

    protected override Task<Response> Write(TableTransactionAction action, CancellationToken cancellation)
    {
        var operation = action.ActionType switch
        {
            TableTransactionActionType.Add => TableOperation.Add,
            TableTransactionActionType.UpdateMerge or TableTransactionActionType.UpdateReplace => TableOperation.Update,
            TableTransactionActionType.UpsertMerge or TableTransactionActionType.UpsertReplace => TableOperation.Upsert,
            _ => TableOperation.Delete,
        };
        var taken = Taken(action);
        return Call(operation, [(taken.Partition, taken.Row)], () =>
        {
            (_rows, var response) = Applied(Rows, action, taken);
            return response;
        }, cancellation);
    }

    protected override Task<TableEntity> Read(string partition, string row, string[]? select, CancellationToken cancellation) =>
        Call(TableOperation.Get, [(partition, row)], () => Rows.TryGetValue((partition, row), out var found) ? found.Entity(select) : throw TableErrors.NoEntity(), cancellation);

    protected override Task<(IReadOnlyList<TableEntity> Rows, string? Next)> Page(string? filter, string[]? select, int? size, string? token, CancellationToken cancellation) =>
        Call<(IReadOnlyList<TableEntity>, string?)>(TableOperation.Query, [], () =>
        {
            if (size is <= 0 or > PageSize) throw TableErrors.Invalid($"A page has 1 to {PageSize} entities.");
            var matches = ODataFilter.Parse(filter);
            var from = token is null ? default((string, string)?) : Key(token);
            var page = new List<TableEntity>();
            foreach (var (key, row) in Rows)
            {
                if (from is { } start && Empty.KeyComparer.Compare(key, start) < 0 || !matches(row)) continue;
                if (page.Count == (size ?? PageSize)) return (page, Token(key));
                page.Add(row.Entity(select));
            }
            return (page, null);
        }, cancellation);

    protected override Task<IReadOnlyList<Response>> Transact(IReadOnlyList<TableTransactionAction> actions, CancellationToken cancellation)
    {
        var taken = actions.Select(Taken).ToList();
        return Call<IReadOnlyList<Response>>(TableOperation.Transaction, [.. taken.Select(row => (row.Partition, row.Row))], () =>
        {
            CheckTransaction(actions, taken);
            var (rows, responses) = (Rows, new List<Response>());
            for (var index = 0; index < actions.Count; index++)
            {
                try
                {
                    (rows, var response) = Applied(rows, actions[index], taken[index]);
                    responses.Add(response);
                }
                catch (RequestFailedException refused)
                {
                    throw TableErrors.Failed(index, refused);
                }
            }
            _rows = rows;
            return responses;
        }, cancellation);
    }

    private static void CheckTransaction(IReadOnlyList<TableTransactionAction> actions, List<FakeRow> rows)
    {
        if (actions.Count > 100) throw TableErrors.Failed(99, TableErrors.Invalid("The batch request operation exceeds the maximum 100 changes per change set."));
        if (rows.Sum(row => row.BodyBytes) > 4 * 1024 * 1024)
            throw TableErrors.Failed(0, TableErrors.Error(413, "RequestBodyTooLarge", "The request body is too large and exceeds the maximum permissible limit."));
        for (var index = 1; index < rows.Count; index++)
        {
            if (rows[index].Partition != rows[0].Partition)
                throw TableErrors.Failed(index, TableErrors.Invalid("All commands in a batch must operate on same entity group.", "CommandsInBatchActOnDifferentPartitions"));
            if (rows.Take(index).Any(row => row.Row == rows[index].Row))
                throw TableErrors.Failed(index, TableErrors.Invalid("The batch request contains multiple changes with same row key.", "InvalidDuplicateRow"));
        }
    }

    private (ImmutableSortedDictionary<(string Partition, string Row), FakeRow> Rows, Response Response) Applied(
        ImmutableSortedDictionary<(string Partition, string Row), FakeRow> rows, TableTransactionAction action, FakeRow given)
    {
        var key = (given.Partition, given.Row);
        rows.TryGetValue(key, out var present);
        var mustExist = action.ActionType is TableTransactionActionType.UpdateMerge or TableTransactionActionType.UpdateReplace or TableTransactionActionType.Delete;
        if (action.ActionType != TableTransactionActionType.Delete) given.Check();
        if (action.ActionType == TableTransactionActionType.Add && present is not null) throw TableErrors.Exists();
        if (mustExist && present is null) throw TableErrors.NoEntity();
        if (mustExist && action.ETag != default && action.ETag != ETag.All && action.ETag != present!.ETag) throw TableErrors.Changed();
        if (action.ActionType == TableTransactionActionType.Delete) return (rows.Remove(key), new TableResponse(204));

        var merges = action.ActionType is TableTransactionActionType.UpdateMerge or TableTransactionActionType.UpsertMerge;
        var stored = (merges && present is not null ? present.MergedWith(given) : given).StampedAt(service.Stamp());
        stored.Check();
        return (rows.SetItem(key, stored), new TableResponse(204, stored.ETag));
    }

    // Taken at the call, so that what the caller does with its entity afterwards changes nothing here.
    private static FakeRow Taken(TableTransactionAction action) => FakeRow.Of(action.Entity);

    private Task<T> Call<T>(TableOperation operation, IReadOnlyList<(string, string)> keys, Func<T> effect, CancellationToken cancellation) =>
        service.Call(new TableCall(Name, operation, keys), () =>
        {
            lock (_lock) return effect();
        }, cancellation);

    private static string Token((string Partition, string Row) key) => $"{Encoded(key.Partition)} {Encoded(key.Row)}";
    private static string Encoded(string text) => "1!" + Convert.ToBase64String(Encoding.Unicode.GetBytes(text));

    private static (string, string) Key(string token) =>
        token.Split(' ') is [var partition, var row] ? (Decoded(partition), Decoded(row)) : throw TableErrors.Invalid("The continuation token is not one of this service.");

    private static string Decoded(string text) => Encoding.Unicode.GetString(Convert.FromBase64String(text[2..]));
}
