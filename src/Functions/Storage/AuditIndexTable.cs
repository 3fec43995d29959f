using System.Globalization;
using AccessFunctions.Application.Audit;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;
using Azure;
using Azure.Data.Tables;

namespace AccessFunctions.Functions.Storage;

/// <summary>
/// Where audit rows are found by time, person, request, resource and emergency. Its rows are written before the audit rows they name, so that none is
/// ever missing; one whose audit row never came, or came otherwise, is passed over by readers.
/// </summary>
internal sealed class AuditIndexTable(TableServiceClient tables)
{
    private const string Everything = "all";
    private const string Emergencies = "emergency";
    private const int MostActions = 100;

    public TableClient Table { get; } = tables.GetTableClient(StorageTables.AuditIndex);

    /// <summary>Names the next events of a stream.</summary>
    /// <param name="after">The sequence before the first of them.</param>
    public Task Announce(string stream, long after, IReadOnlyList<AuditEvent> events, CancellationToken cancellation)
    {
        var rows = events.SelectMany((happened, number) => Rows(stream, after + 1 + number, happened));
        return Task.WhenAll(rows.GroupBy(static row => row.PartitionKey).SelectMany(static partition => partition.Chunk(MostActions)).Select(async batch =>
            await Table.SubmitTransactionAsync(batch.Select(static row => new TableTransactionAction(TableTransactionActionType.UpsertReplace, row)), cancellation)));
    }

    /// <summary>Removes the names of an event but the one in the list of everything, by which its stream is found until nothing else is left.</summary>
    /// <returns>That one.</returns>
    public async Task<TableEntity> Forget(string stream, long sequence, AuditEvent happened, CancellationToken cancellation)
    {
        var rows = Rows(stream, sequence, happened).ToList();
        foreach (var row in rows.Skip(1)) await Forget(row, cancellation);
        return rows[0];
    }

    /// <summary>Removes one name; nothing happens where it is gone already.</summary>
    public async Task Forget(TableEntity row, CancellationToken cancellation)
    {
        try
        {
            await Table.DeleteEntityAsync(row.PartitionKey, row.RowKey, ETag.All, cancellation);
        }
        catch (RequestFailedException failure) when (failure.Status == 404)
        {
            // Gone already.
        }
    }

    /// <summary>Events by a person.</summary>
    public IAsyncEnumerable<TableEntity> Of(string person, CancellationToken cancellation) =>
        Table.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {OfActor(person)}"), cancellationToken: cancellation);

    /// <summary>The streams of hosts that tell of a request, perhaps several times.</summary>
    public IAsyncEnumerable<string> HostsThatTellOf(string request, CancellationToken cancellation) =>
        Table.QueryAsync<TableEntity>(TableClient.CreateQueryFilter($"PartitionKey eq {OfRequest(request)}"), cancellationToken: cancellation)
            .Select(static row => Named(row).Stream).Where(static stream => stream.StartsWith(HostStream.Prefix, StringComparison.Ordinal));

    /// <summary>Refused signals and submissions before an instant.</summary>
    public IAsyncEnumerable<TableEntity> Refused(DateTimeOffset before, CancellationToken cancellation) => TableKeys.Sharded(Everything).ToAsyncEnumerable().SelectMany(partition =>
        Table.QueryAsync<TableEntity>(
            TableClient.CreateQueryFilter($"PartitionKey eq {partition} and RowKey gt {TableKeys.NewestFirst(before)} and Type eq {EventTypes.Request.Refused}"), cancellationToken: cancellation))
        .Where(static row => !Named(row).Stream.StartsWith(HostStream.Prefix, StringComparison.Ordinal));

    /// <summary>The partitions that hold what a filter asks for, the narrowest there are, and what of it the service can check itself.</summary>
    public static (IReadOnlyList<string> Partitions, string? Filter) Choose(AuditFilter filter)
    {
        List<string> conditions = [];
        if (filter.Actor is { } actor) conditions.Add(TableClient.CreateQueryFilter($"Actor eq {actor}"));
        if (filter.Type is { } type) conditions.Add(TableClient.CreateQueryFilter($"Type eq {type}"));
        if (filter.Types is { Count: > 0 } types) conditions.Add($"({string.Join(" or ", types.Select(static one => TableClient.CreateQueryFilter($"Type eq {one}")))})");
        if (filter.Emergency is { } emergency) conditions.Add(TableClient.CreateQueryFilter($"Emergency eq {emergency}"));
        IReadOnlyList<string> partitions = filter switch
        {
            { RequestId: { } request } => [OfRequest(request)],
            { Resource: { } resource } => [OfResource(resource)],
            { Actor: { } person } => [OfActor(person)],
            { Emergency: true } => [Emergencies],
            _ => [.. TableKeys.Sharded(Everything)],
        };
        return (partitions, conditions.Count == 0 ? null : string.Join(" and ", conditions));
    }

    /// <summary>The audit row that an index row names.</summary>
    public static (string Stream, long Sequence) Named(TableEntity row) => (row.GetString("Stream"), row.GetInt64("Sequence") ?? 0);

    private static IEnumerable<TableEntity> Rows(string stream, long sequence, AuditEvent happened)
    {
        // By stream, so that what one decision records is one transaction in each partition.
        List<string> partitions = [TableKeys.Sharded(Everything, stream), OfActor(happened.Actor)];
        if (!stream.StartsWith(HostStream.Prefix, StringComparison.Ordinal)) partitions.Add(OfRequest(stream));
        else if (happened.Resource is { } resource) partitions.Add(OfResource(resource));
        if (happened.RequestId is { } request && !partitions.Contains(OfRequest(request))) partitions.Add(OfRequest(request));
        if (happened.Emergency) partitions.Add(Emergencies);
        var key = $"{TableKeys.NewestFirst(happened.At)}!{TableKeys.Of(stream)}!{(9_999_999_999 - sequence).ToString("D10", CultureInfo.InvariantCulture)}";
        return partitions.Select(partition => new TableEntity(partition, key)
        {
            ["Stream"] = stream,
            ["Sequence"] = sequence,
            ["Type"] = happened.Type,
            ["Actor"] = happened.Actor,
            ["Emergency"] = happened.Emergency,
        });
    }

    private static string OfActor(string actor) => $"actor:{TableKeys.Of(actor)}";
    private static string OfResource(string resource) => $"resource:{TableKeys.Of(resource)}";
    private static string OfRequest(string request) => $"request:{TableKeys.Of(request)}";
}
