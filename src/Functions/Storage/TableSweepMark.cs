using AccessFunctions.Application.Ports;
using Azure.Data.Tables;

namespace AccessFunctions.Functions.Storage;

/// <summary>Keeps the mark of the last directory sweep in one row.</summary>
public sealed class TableSweepMark(TableServiceClient tables) : ISweepMark
{
    private const string Partition = "sweep";
    private const string Row = "mark";
    private readonly TableClient _table = tables.GetTableClient(StorageTables.HostState);

    /// <inheritdoc />
    public async Task<SweepMark?> Find(CancellationToken cancellation) =>
        await ConditionalRows.Find(_table, Partition, Row, cancellation) is { } row ? new SweepMark(row.GetString("Facts"), row.GetString("Newest")) : null;

    /// <inheritdoc />
    public Task Save(SweepMark mark, CancellationToken cancellation) => Transient.Run(
        () => _table.UpsertEntityAsync(new TableEntity(Partition, Row) { ["Facts"] = mark.Facts, ["Newest"] = mark.Newest }, TableUpdateMode.Replace, cancellation),
        cancellation);
}
