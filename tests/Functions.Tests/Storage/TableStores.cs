using AccessFunctions.Application.Audit;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Functions.Requests;
using AccessFunctions.Functions.Storage;
using AccessFunctions.Functions.Tests.Fakes;
using AccessFunctions.Tests.Shared;
using Azure;
using Azure.Data.Tables;
using Xunit;

namespace AccessFunctions.Functions.Tests.Storage;

/// <summary>The stores over one service, as the host puts them together.</summary>
internal sealed class TableStores : IDisposable
{
    private TableStores(TableServiceClient service)
    {
        Service = service;
        Requests = new TableRequestStore(Service, Time);
        Workflow = new DirectWorkflow(Requests, Time);
        Reader = new TableRequestReader(Service);
        Audit = new TableAuditLog(Service, Host, Time);
        Streams = new TableAuditStreams(Service, [Hub], Time);
        Holds = new TableLegalHolds(Service);
        Retention = new TableRetentionStore(Service, Holds, [Hub], Time);
    }

    public TableServiceClient Service { get; }
    public FakeTableService Fake => (FakeTableService)Service;
    public ManualTimeProvider Time { get; } = new();
    public TableRequestStore Requests { get; }
    public DirectWorkflow Workflow { get; }
    public TableRequestReader Reader { get; }
    public HostStream Host { get; } = new();
    public TableAuditLog Audit { get; }
    public TableLegalHolds Holds { get; }
    public TableRetentionStore Retention { get; }
    public TableAuditStreams Streams { get; }
    public RecordingSink Hub { get; } = new("hub");

    /// <summary>Stores over a service; their tables are made.</summary>
    /// <param name="service">Null: one in memory.</param>
    public static async Task<TableStores> On(TableServiceClient? service = null)
    {
        var stores = new TableStores(service ?? new FakeTableService());
        await new StorageTables(stores.Service).EnsureCreated(CancellationToken.None);
        return stores;
    }

    public Task<SignalAnswer> Send(string request, Signal signal) => Workflow.Signal(request, signal, CancellationToken.None);

    public Task<AccessRequest?> Find(string request) => Requests.Find(request, CancellationToken.None);

    public Task<Saved> Save(SaveOrder order) => Requests.Save(order, CancellationToken.None);

    /// <summary>What a signal would save now.</summary>
    public async Task<SaveOrder> Order(string request, Signal signal) => DirectWorkflow.Decide(request, await Find(request), signal, Time.GetUtcNow()).Order;

    /// <summary>The hub has taken everything there is.</summary>
    public async Task Deliver()
    {
        var heads = new Dictionary<string, long>(StringComparer.Ordinal);
        await foreach (var row in Audit.Export(CancellationToken.None)) heads[row.Stream] = row.Sequence;
        foreach (var (stream, sequence) in heads)
            await Streams.Advance(Hub.Name, stream, await Streams.Cursor(Hub.Name, stream, CancellationToken.None), sequence, CancellationToken.None);
    }

    /// <summary>The work dies with its process after so many calls took effect: none of the later ones does.</summary>
    /// <returns>False where it ended before.</returns>
    public async Task<bool> DiesAfter(int calls, Func<Task> work)
    {
        var made = 0;
        Fake.BeforeCall = _ => Interlocked.Increment(ref made) > calls ? throw new RequestFailedException(503, "ended", "ServerBusy", null) : Task.CompletedTask;
        try
        {
            await work();
            return false;
        }
        catch (TransientException)
        {
            return true;
        }
        finally
        {
            Fake.BeforeCall = null;
        }
    }

    /// <summary>All rows of a table: keys, and every column but version and time stamp and those left out.</summary>
    public async Task<SortedDictionary<string, string>> Rows(string table, params string[] without)
    {
        string[] hidden = ["odata.etag", "Timestamp", "PartitionKey", "RowKey", .. without];
        var rows = new SortedDictionary<string, string>(StringComparer.Ordinal);
        await foreach (var row in Service.GetTableClient(table).QueryAsync<TableEntity>())
        {
            var columns = row.Where(column => !hidden.Contains(column.Key)).OrderBy(static column => column.Key, StringComparer.Ordinal);
            rows.Add($"{row.PartitionKey} | {row.RowKey}", string.Join(", ", columns.Select(static column => $"{column.Key}={(column.Value is byte[] bytes ? Convert.ToHexString(bytes) : column.Value)}")));
        }

        return rows;
    }

    /// <summary>Every table's rows, but for what hangs on random salts.</summary>
    public async Task<IReadOnlyList<string>> Everything()
    {
        var all = new List<string>();
        foreach (var table in StorageTables.All)
            all.AddRange((await Rows(table, "Body", "Hash", "Previous", "Salt", "HeadHash", "State", "Writer", "Write", "Stripped", "Checkpoint")).Select(row => $"{table} | {row.Key} | {row.Value}"));
        return all;
    }

    /// <summary>All chains and checkpoints verify, and a request's chain ends at the head in its snapshot.</summary>
    public async Task AssertVerifies(params AccessRequest?[] requests)
    {
        var checkpoints = await Audit.Checkpoints(CancellationToken.None);
        var report = await AuditVerifier.Verify(AuditTrail.Read(Audit, CancellationToken.None), checkpoints, Heads());
        Assert.Empty(report.Findings);

        async IAsyncEnumerable<StreamHead> Heads()
        {
            await Task.CompletedTask;
            foreach (var request in requests) yield return new StreamHead(request!.Id, request.AuditHead!.Sequence, request.AuditHead.Hash);
        }
    }

    /// <summary>The index holds exactly the rows that the snapshot has.</summary>
    public async Task AssertIndexed(string request)
    {
        var state = await Find(request);
        var expected = RequestIndexRows.Of(state).Select(row => $"{row.Partition} | {row.Key} | {row.Says.Phase} {row.Approver}").Order(StringComparer.Ordinal);
        var found = new List<string>();
        await foreach (var row in Service.GetTableClient(StorageTables.RequestIndex).QueryAsync<TableEntity>())
        {
            if (row.GetString("Id") == request) found.Add($"{row.PartitionKey} | {row.RowKey} | {row.GetString("Phase")} {row.GetBoolean("Approver")}");
        }

        Assert.Equal(expected, found.Order(StringComparer.Ordinal));
    }

    public void Dispose() => Audit.Dispose();
}

/// <summary>Keeps what it is sent, or refuses it.</summary>
internal sealed class RecordingSink(string name) : IAuditSink
{
    public string Name => name;
    public List<AuditRow> Taken { get; } = [];
    public bool Down { get; set; }

    public Task Send(IReadOnlyList<AuditRow> rows, CancellationToken cancellation)
    {
        if (Down) throw new TransientException("The sink is down.");
        Taken.AddRange(rows);
        return Task.CompletedTask;
    }

    public Task Send(Checkpoint checkpoint, CancellationToken cancellation) => Task.CompletedTask;
}
