using AccessFunctions.Functions.Tests.Fakes;
using Azure;
using Azure.Data.Tables;
using Xunit;

namespace AccessFunctions.Functions.Tests.Storage;

/// <summary>The service in memory keeps the contract, and also the limits of the real service that Azurite lacks.</summary>
public sealed class FakeTableServiceTests : TableServiceContract
{
    private readonly FakeTableService _service = new();

    protected override Task<TableServiceClient> Open() => Task.FromResult<TableServiceClient>(_service);

    [Fact]
    public async Task Transaction_BeyondTheLimits_IsRefused()
    {
        await TransactionFails(400, "InvalidInput", [.. Enumerable.Range(0, 101).Select(i => Add($"{i}"))]);
        await TransactionFails(400, "CommandsInBatchActOnDifferentPartitions", Add("a"), new(TableTransactionActionType.Add, new TableEntity("other", "b")));
        var large = new TableEntity("p", "large");
        for (var i = 0; i < 17; i++) large[$"Bytes{i}"] = new byte[63 * 1024];
        await TransactionFails(400, "EntityTooLarge", Add("a"), new(TableTransactionActionType.Add, large));
    }

    [Theory]
    [InlineData("PartitionKey eq")]
    [InlineData("PartitionKey is 'a'")]
    [InlineData("(PartitionKey eq 'a'")]
    [InlineData("PartitionKey eq 'a' RowKey eq 'b'")]
    [InlineData("'a' eq PartitionKey and")]
    [InlineData("PartitionKey eq 'a")]
    public void Filter_ThatIsNone_IsRefused(string filter) => Assert.Equal(400, Assert.Throws<RequestFailedException>(() => ODataFilter.Parse(filter)).Status);

    [Fact]
    public void Filter_WithMoreThanFifteenComparisons_IsRefused()
    {
        ODataFilter.Parse(string.Join(" or ", Enumerable.Repeat("N eq 1", 15)));
        Assert.Throws<RequestFailedException>(() => ODataFilter.Parse(string.Join(" or ", Enumerable.Repeat("N eq 1", 16))));
    }

    [Fact]
    public async Task Hooks_FailACallBeforeOrAfterItsEffect()
    {
        var table = _service.GetTableClient("hooked");
        await table.CreateAsync(TestContext.Current.CancellationToken);
        _service.BeforeCall = call => call is { Table: "hooked", Operation: TableOperation.Add } ? throw new RequestFailedException(503, "busy") : Task.CompletedTask;
        await Assert.ThrowsAsync<RequestFailedException>(() => table.AddEntityAsync(new TableEntity("p", "r"), TestContext.Current.CancellationToken));
        (_service.BeforeCall, _service.AfterCall) = (null, static _ => throw new RequestFailedException(500, "lost"));
        await Assert.ThrowsAsync<RequestFailedException>(() => table.AddEntityAsync(new TableEntity("p", "r"), TestContext.Current.CancellationToken));
        _service.AfterCall = null;
        Assert.True((await table.GetEntityIfExistsAsync<TableEntity>("p", "r", cancellationToken: TestContext.Current.CancellationToken)).HasValue);
        Assert.Equal(2, _service.Count(TableOperation.Add));
    }

    [Fact]
    public async Task ConditionalWriters_AtTheSameTime_LoseNothing()
    {
        var table = _service.GetTableClient("counters");
        var cancellation = TestContext.Current.CancellationToken;
        await table.CreateAsync(cancellation);
        await table.AddEntityAsync(new TableEntity("p", "r") { ["N"] = 0 }, cancellation);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (var done = 0; done < 20;)
            {
                var row = (await table.GetEntityAsync<TableEntity>("p", "r", cancellationToken: cancellation)).Value;
                row["N"] = row.GetInt32("N") + 1;
                try
                {
                    await table.UpdateEntityAsync(row, row.ETag, TableUpdateMode.Replace, cancellation);
                    done++;
                }
                catch (RequestFailedException changed) when (changed.Status == 412)
                {
                    continue;
                }
            }
        }, cancellation)));
        Assert.Equal(160, (await table.GetEntityAsync<TableEntity>("p", "r", cancellationToken: cancellation)).Value.GetInt32("N"));
    }
}
