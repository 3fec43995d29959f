using Azure;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;

namespace AccessFunctions.Functions.Tests.Fakes;

/// <summary>
/// An Azure Tables service in memory, with the semantics of the real one. It stands in because the real service runs in Azure only;
/// a contract holds it and Azurite to the same answers. Any number of clients may use it at the same time.
/// </summary>
internal sealed class FakeTableService(TimeProvider? clock = null) : TableServiceClient
{
    private readonly Dictionary<string, FakeTable> _tables = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<TableCall> _calls = [];
    private long _lastTick;

    /// <summary>Runs before a call takes effect; what it throws is the call's failure, and nothing has changed then.</summary>
    public Func<TableCall, Task>? BeforeCall { get; set; }

    /// <summary>Runs after a call took effect; what it throws is its failure, though everything has changed: an answer that got lost.</summary>
    public Func<TableCall, Task>? AfterCall { get; set; }

    /// <summary>Where true, the answer gets lost and the client sends the call once more by itself, as the real one does.</summary>
    public Func<TableCall, bool>? Repeats { get; set; }

    /// <summary>The calls so far, each page of a query and each transaction as one.</summary>
    public int Calls
    {
        get { lock (_calls) return _calls.Count; }
    }

    public override string AccountName => "fake";
    public override Uri Uri => new("https://fake.table.core.windows.net/");

    /// <summary>How many of the calls were of one kind.</summary>
    public int Count(TableOperation operation, string? table = null)
    {
        lock (_calls) return _calls.Count(call => call.Operation == operation && (table is null || call.Table == table));
    }

    public override TableClient GetTableClient(string tableName)
    {
        lock (_tables)
        {
            if (!_tables.TryGetValue(tableName, out var table)) _tables.Add(tableName, table = new FakeTable(this, tableName));
            return table;
        }
    }

    public override Task<Response<TableItem>> CreateTableAsync(string tableName, CancellationToken cancellationToken = default) =>
        GetTableClient(tableName).CreateAsync(cancellationToken);

    public override Task<Response<TableItem>> CreateTableIfNotExistsAsync(string tableName, CancellationToken cancellationToken = default) =>
        GetTableClient(tableName).CreateIfNotExistsAsync(cancellationToken);

    public override Task<Response> DeleteTableAsync(string tableName, CancellationToken cancellationToken = default) =>
        GetTableClient(tableName).DeleteAsync(cancellationToken);

    public override AsyncPageable<TableItem> QueryAsync(string? filter = null, int? maxPerPage = null, CancellationToken cancellationToken = default)
    {
        if (filter is not null) throw new NotSupportedException("Tables are listed without a filter here.");
        lock (_tables)
        {
            var items = _tables.Values.Where(table => table.Created).Select(table => new TableItem(table.Name)).OrderBy(item => item.Name, StringComparer.Ordinal).ToList();
            return AsyncPageable<TableItem>.FromPages([Page<TableItem>.FromValues(items, null, new TableResponse(200))]);
        }
    }

    internal async Task<T> Call<T>(TableCall call, Func<T> effect, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        lock (_calls) _calls.Add(call);
        // Also without a hook no call ends on the caller's stack, as none over a network does.
        await Task.Yield();
        if (BeforeCall is { } before) await before(call);
        if (Repeats?.Invoke(call) == true) effect();
        var answer = effect();
        if (AfterCall is { } after) await after(call);
        return answer;
    }

    /// <summary>The moment of a write: no two are the same, because ETags are made of it.</summary>
    internal DateTimeOffset Stamp()
    {
        var now = (clock ?? TimeProvider.System).GetUtcNow().UtcTicks;
        long last, next;
        do
        {
            last = Interlocked.Read(ref _lastTick);
            next = Math.Max(now, last + 1);
        }
        while (Interlocked.CompareExchange(ref _lastTick, next, last) != last);
        return new DateTimeOffset(next, TimeSpan.Zero);
    }
}

/// <summary>A call as the hooks see it.</summary>
/// <param name="Keys">(PartitionKey, RowKey) of the entities it reads or writes; empty for a query or a whole table.</param>
internal sealed record TableCall(string Table, TableOperation Operation, IReadOnlyList<(string Partition, string Row)> Keys);

internal enum TableOperation { CreateTable, DeleteTable, Add, Update, Upsert, Delete, Get, Query, Transaction }
