using System.Text.Json;
using AccessFunctions.Application.Ports;
using Azure;
using Azure.Data.Tables;

namespace AccessFunctions.Functions.Storage;

/// <summary>Keeps it in three small partitions: a row per difference that lasts, a row per platform that was not finished, a row per platform with what its last comparison came to.</summary>
public sealed class TableReconcileMemory(TableServiceClient tables) : IReconcileMemory
{
    private const string ReportedPartition = "drift";
    private const string PlacesPartition = "reconcile";
    private const string ResultsPartition = "compared";
    private readonly TableClient _table = tables.GetTableClient(StorageTables.HostState);

    /// <inheritdoc />
    public async Task<Reconciled> Load(CancellationToken cancellation) => new(
        await Rows(ReportedPartition, cancellation).Where(static row => row.GetString("Difference") is not null)
            .ToDictionaryAsync(static row => row.GetString("Key"), static row => JsonSerializer.Deserialize<Difference>(row.GetString("Difference"))!, StringComparer.Ordinal, cancellation),
        await Rows(PlacesPartition, cancellation).ToDictionaryAsync(
            static row => row.GetString("Platform"), static row => new ReconcilePlace(row.GetString("Last"), row.GetDateTimeOffset("At")!.Value), StringComparer.Ordinal, cancellation))
    {
        Results = await Rows(ResultsPartition, cancellation).ToDictionaryAsync(
            static row => row.GetString("Platform"),
            static row => new ReconcileResult(row.GetDateTimeOffset("At")!.Value, Number(row, "Looked"), Number(row, "Different"), Number(row, "Failed"), Number(row, "Left"), Number(row, "Ungranted"), row.GetDateTimeOffset("FactsAt"), row.GetString("Rules")),
            StringComparer.Ordinal, cancellation),
    };

    /// <inheritdoc />
    public Task AddReported(string key, Difference difference, CancellationToken cancellation) =>
        Put(new TableEntity(ReportedPartition, TableKeys.Of(key)) { ["Key"] = key, ["Difference"] = JsonSerializer.Serialize(difference) }, cancellation);

    /// <inheritdoc />
    public Task RemoveReported(string key, CancellationToken cancellation) => Delete(ReportedPartition, key, cancellation);

    /// <inheritdoc />
    public Task SavePlace(string platform, ReconcilePlace? place, CancellationToken cancellation)
    {
        if (place is null) return Delete(PlacesPartition, platform, cancellation);
        var row = new TableEntity(PlacesPartition, TableKeys.Of(platform)) { ["Platform"] = platform, ["At"] = place.At.ToUniversalTime() };
        if (place.Last is { } last) row["Last"] = last;
        return Put(row, cancellation);
    }

    /// <inheritdoc />
    public Task SaveResult(string platform, ReconcileResult result, CancellationToken cancellation)
    {
        var row = new TableEntity(ResultsPartition, TableKeys.Of(platform))
        {
            ["Platform"] = platform,
            ["At"] = result.At.ToUniversalTime(),
            ["Looked"] = result.Looked,
            ["Different"] = result.Different,
            ["Failed"] = result.Failed,
            ["Left"] = result.Left,
            ["Ungranted"] = result.Ungranted,
        };
        if (result.Rules is { } rules) row["Rules"] = rules;
        if (result.FactsAt is { } at) row["FactsAt"] = at.ToUniversalTime();
        return Put(row, cancellation);
    }

    private static int Number(TableEntity row, string name) => row.GetInt32(name) ?? 0;

    private IAsyncEnumerable<TableEntity> Rows(string partition, CancellationToken cancellation) =>
        Transient.Read(_table.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {partition}"), cancellationToken: cancellation), cancellation);

    private Task Put(TableEntity row, CancellationToken cancellation) =>
        Transient.Run(() => _table.UpsertEntityAsync(row, TableUpdateMode.Replace, cancellation), cancellation);

    private Task Delete(string partition, string key, CancellationToken cancellation) =>
        Transient.Run(() => _table.DeleteEntityAsync(partition, TableKeys.Of(key), ETag.All, cancellation), cancellation);
}
