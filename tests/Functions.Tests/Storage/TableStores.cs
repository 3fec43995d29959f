using AccessFunctions.Application.Audit;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Functions.Storage;
using AccessFunctions.Functions.Tests.Fakes;
using AccessFunctions.Tests.Shared;
using Azure.Data.Tables;

namespace AccessFunctions.Functions.Tests.Storage;

/// <summary>The stores over one service, as the host puts them together.</summary>
internal sealed class TableStores : IDisposable
{
    /// <param name="service">In place of one in memory; its tables are made.</param>
    public TableStores(TableServiceClient? service = null)
    {
        Service = service ?? new FakeTableService();
        Requests = new TableRequestStore(Service, Time);
        Workflow = new DirectWorkflow(Requests, Time);
        Reader = new TableRequestReader(Service);
        Audit = new TableAuditLog(Service, new HostStream(), Time);
        Streams = new TableAuditStreams(Service, [new Sink("hub")], Time);
        new StorageTables(Service).EnsureCreated(CancellationToken.None).GetAwaiter().GetResult();
    }

    public TableServiceClient Service { get; }
    public FakeTableService Fake => (FakeTableService)Service;
    public ManualTimeProvider Time { get; } = new();
    public TableRequestStore Requests { get; }
    public DirectWorkflow Workflow { get; }
    public TableRequestReader Reader { get; }
    public TableAuditLog Audit { get; }
    public TableAuditStreams Streams { get; }

    /// <summary>All rows of a table: keys, and every column but version and time stamp.</summary>
    public async Task<SortedDictionary<string, string>> Rows(string table)
    {
        var rows = new SortedDictionary<string, string>(StringComparer.Ordinal);
        await foreach (var row in Service.GetTableClient(table).QueryAsync<TableEntity>())
        {
            var columns = row.Where(static column => column.Key is not ("odata.etag" or "Timestamp" or "PartitionKey" or "RowKey")).OrderBy(static column => column.Key, StringComparer.Ordinal);
            rows.Add($"{row.PartitionKey} | {row.RowKey}", string.Join(", ", columns.Select(static column => $"{column.Key}={(column.Value is byte[] bytes ? Convert.ToHexString(bytes) : column.Value)}")));
        }

        return rows;
    }

    public void Dispose() => Audit.Dispose();

    /// <summary>A sink that only lends its name.</summary>
    private sealed class Sink(string name) : IAuditSink
    {
        public string Name => name;
        public Task Send(IReadOnlyList<AuditRow> rows, CancellationToken cancellation) => Task.CompletedTask;
        public Task Send(Checkpoint checkpoint, CancellationToken cancellation) => Task.CompletedTask;
    }
}
