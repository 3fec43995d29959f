using AccessFunctions.Application.Ports;
using AccessFunctions.Functions.Audit;
using Azure.Data.Tables;

namespace AccessFunctions.Functions.Storage;

/// <summary>What the sinks have not taken, as the timers last found it: a row for each sink and what it is about. Told from memory; <see cref="Refresh"/> brings what other instances found.</summary>
public sealed class TableSinkBacklogs(TableServiceClient tables, TimeProvider time) : ISinkBacklogs, ISinkReports
{
    private const string Partition = "audit-sinks";
    private readonly TableClient _table = tables.GetTableClient(StorageTables.HostState);
    private volatile IReadOnlyDictionary<string, SinkBacklog> _known = new Dictionary<string, SinkBacklog>();

    /// <inheritdoc/>
    public Task<SinkBacklog?> Of(string sink, CancellationToken cancellation) => Task.FromResult(_known.GetValueOrDefault(sink));

    /// <inheritdoc/>
    public async Task Keep(string sink, string of, SinkBacklog backlog, CancellationToken cancellation)
    {
        var row = new TableEntity(Partition, TableKeys.Of($"{sink}!{of}"))
        {
            ["Sink"] = sink,
            ["Of"] = of,
            ["Events"] = backlog.Events,
            ["Held"] = backlog.Held,
            ["At"] = time.GetUtcNow(),
        };
        if (backlog.Oldest is { } oldest) row["Oldest"] = oldest.ToUniversalTime();
        await Transient.Run(() => _table.UpsertEntityAsync(row, TableUpdateMode.Replace, cancellation), cancellation);
        await Refresh(cancellation);
    }

    /// <summary>Reads the rows.</summary>
    /// <exception cref="Requests.TransientException">The table did not answer; what was read before is told on.</exception>
    public async Task Refresh(CancellationToken cancellation)
    {
        Dictionary<string, SinkBacklog> known = new(StringComparer.Ordinal);
        await foreach (var row in Transient.Read(_table.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {Partition}"), cancellationToken: cancellation), cancellation))
        {
            var (sink, oldest) = (row.GetString("Sink"), row.GetDateTimeOffset("Oldest"));
            var before = known.GetValueOrDefault(sink) ?? new SinkBacklog(0, null, 0);

            // Only streams are looked at often enough that an old report says something.
            var at = row.GetString("Of") == ISinkReports.Streams ? row.GetDateTimeOffset("At") : before.At;
            known[sink] = new SinkBacklog(
                before.Events + (row.GetInt64("Events") ?? 0), before.Oldest is { } one && !(oldest < one) ? one : oldest, before.Held + (row.GetInt32("Held") ?? 0), at);
        }

        _known = known;
    }
}
