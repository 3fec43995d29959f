using AccessFunctions.Application.Effects;
using AccessFunctions.Application.Ports;
using Azure.Data.Tables;

namespace AccessFunctions.Functions.Storage;

/// <summary>What became of notices, a row for each beside the mails of the same request. One process runs a notice at a time.</summary>
public sealed class TableNoticeLog(TableServiceClient tables) : INoticeLog
{
    private const string Prefix = "notice-";
    private const string Behind = "notice.";
    private const string Value = "Value";
    private readonly TableClient _table = tables.GetTableClient(StorageTables.SentMail);

    /// <inheritdoc />
    public async Task Keep(string requestId, string notice, IReadOnlyList<NoticeOutcome> outcomes, CancellationToken cancellation)
    {
        var (partition, key) = (TableKeys.Of(requestId), Prefix + TableKeys.Of(notice));
        var before = await ConditionalRows.Find(_table, partition, key, cancellation) is { } stored ? Read(stored) : [];
        var row = new TableEntity(partition, key);
        Chunks.Write(row, Value, NoticeOutcomes.Write(NoticeOutcomes.Merge(before, outcomes)));
        await Transient.Run(() => _table.UpsertEntityAsync(row, TableUpdateMode.Replace, cancellation), cancellation);
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<NoticeOutcome>> Of(string requestId, CancellationToken cancellation)
    {
        var found = new List<NoticeOutcome>();
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {TableKeys.Of(requestId)} and RowKey ge {Prefix} and RowKey lt {Behind}");
        await foreach (var row in Transient.Read(_table.QueryAsync<TableEntity>(filter, cancellationToken: cancellation), cancellation)) found.AddRange(Read(row));
        return [.. found.OrderBy(static outcome => outcome.At)];
    }

    private static IReadOnlyList<NoticeOutcome> Read(TableEntity row) => NoticeOutcomes.Read(Chunks.Read(row, Value) ?? "[]"u8.ToArray());
}
