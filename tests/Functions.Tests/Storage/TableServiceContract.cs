using System.Globalization;
using AccessFunctions.Functions.Tests.Fakes;
using Azure;
using Azure.Data.Tables;
using Xunit;

namespace AccessFunctions.Functions.Tests.Storage;

/// <summary>What the stores rely on in a table service; the service in memory and a real one give the same answers.</summary>
public abstract class TableServiceContract : IAsyncLifetime
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;
    private TableClient _table = null!;

    protected abstract Task<TableServiceClient> Open();

    public async ValueTask InitializeAsync()
    {
        var service = await Open();
        _table = service.GetTableClient("t" + Guid.NewGuid().ToString("N"));
        await _table.CreateIfNotExistsAsync(Cancellation);
        await _table.CreateIfNotExistsAsync(Cancellation);
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Values_KeepTheirTypes()
    {
        var moment = DateTimeOffset.Parse("2026-03-01T10:00:00.1234567Z", CultureInfo.InvariantCulture);
        var entity = new TableEntity("p", "it's \"r\" ü %20&+ 1")
        {
            ["Text"] = "päss 🔑 'quoted' \"twice\"\r\n\t<&>",
            ["Empty"] = "",
            ["Int"] = 5,
            ["Long"] = long.MaxValue,
            ["Flag"] = true,
            ["Real"] = 1.5,
            ["Whole"] = 2d,
            ["Moment"] = moment,
            ["Bytes"] = new byte[] { 0, 1, 255 },
            ["Data"] = BinaryData.FromBytes(new byte[] { 7 }),
            ["Id"] = Guid.Parse("0190a6a0-0000-7000-8000-000000000001"),
            ["Nothing"] = null,
        };
        await _table.AddEntityAsync(entity, Cancellation);
        ((byte[])entity["Bytes"])[0] = 9;
        var read = (await _table.GetEntityAsync<TableEntity>("p", entity.RowKey, cancellationToken: Cancellation)).Value;
        Assert.Equal(("p", entity.RowKey), (read.PartitionKey, read.RowKey));
        Assert.Equal((string)entity["Text"], read.GetString("Text"));
        Assert.Equal("", read.GetString("Empty"));
        Assert.Equal(5, read.GetInt32("Int"));
        Assert.Equal(long.MaxValue, read.GetInt64("Long"));
        Assert.True(read.GetBoolean("Flag"));
        Assert.Equal(1.5, read.GetDouble("Real"));
        Assert.Equal(2d, read.GetDouble("Whole"));
        Assert.Equal(moment, read.GetDateTimeOffset("Moment"));
        Assert.Equal(new byte[] { 0, 1, 255 }, read.GetBinary("Bytes"));
        Assert.Equal([7], read.GetBinary("Data"));
        Assert.Equal(Guid.Parse("0190a6a0-0000-7000-8000-000000000001"), read.GetGuid("Id"));
        Assert.False(read.ContainsKey("Nothing"));
        Assert.NotNull(read.Timestamp);
        read.GetBinary("Bytes")[1] = 9;
        Assert.Equal(1, (await _table.GetEntityAsync<TableEntity>("p", entity.RowKey, cancellationToken: Cancellation)).Value.GetBinary("Bytes")[1]);
    }

    [Fact]
    public async Task Add_Twice_IsAConflict()
    {
        await _table.AddEntityAsync(Row("p", "r", 1), Cancellation);
        await Fails(409, "EntityAlreadyExists", () => _table.AddEntityAsync(Row("p", "r", 2), Cancellation));
        Assert.Equal(1, await N("p", "r"));
    }

    [Fact]
    public async Task Missing_IsNotFound_AndDeletingItIsNoError()
    {
        await Fails(404, "ResourceNotFound", () => _table.GetEntityAsync<TableEntity>("p", "r", cancellationToken: Cancellation));
        Assert.False((await _table.GetEntityIfExistsAsync<TableEntity>("p", "r", cancellationToken: Cancellation)).HasValue);
        await Fails(404, "ResourceNotFound", () => _table.UpdateEntityAsync(Row("p", "r", 1), ETag.All, TableUpdateMode.Replace, Cancellation));
        Assert.Equal(404, (await _table.DeleteEntityAsync("p", "r", ETag.All, Cancellation)).Status);
    }

    [Fact]
    public async Task MissingTable_IsNotFound()
    {
        await _table.DeleteAsync(Cancellation);
        await Fails(404, "TableNotFound", () => _table.AddEntityAsync(Row("p", "r", 1), Cancellation));
        await Fails(404, "TableNotFound", () => Rows(null));
    }

    [Fact]
    public async Task EveryWrite_ChangesTheETag_AndAStaleOneIsRefused()
    {
        var tags = new List<ETag> { (await _table.AddEntityAsync(Row("p", "r", 1), Cancellation)).Headers.ETag!.Value };
        Assert.Equal(tags[0], (await _table.GetEntityAsync<TableEntity>("p", "r", cancellationToken: Cancellation)).Value.ETag);
        tags.Add((await _table.UpdateEntityAsync(Row("p", "r", 2), tags[0], TableUpdateMode.Replace, Cancellation)).Headers.ETag!.Value);
        tags.Add((await _table.UpdateEntityAsync(Row("p", "r", 2), ETag.All, TableUpdateMode.Merge, Cancellation)).Headers.ETag!.Value);
        tags.Add((await _table.UpsertEntityAsync(Row("p", "r", 3), TableUpdateMode.Replace, Cancellation)).Headers.ETag!.Value);
        Assert.Equal(4, tags.Distinct().Count());
        await Fails(412, "UpdateConditionNotSatisfied", () => _table.UpdateEntityAsync(Row("p", "r", 9), tags[2], TableUpdateMode.Replace, Cancellation));
        await Fails(412, "UpdateConditionNotSatisfied", () => _table.DeleteEntityAsync("p", "r", tags[2], Cancellation));
        Assert.Equal(3, await N("p", "r"));
        Assert.Equal(204, (await _table.DeleteEntityAsync("p", "r", tags[3], Cancellation)).Status);
        Assert.Empty(await Rows(null));
    }

    [Fact]
    public async Task Merge_KeepsWhatIsNotNamed_AndReplaceDoesNot()
    {
        await _table.AddEntityAsync(new TableEntity("p", "r") { ["A"] = 1, ["B"] = 1 }, Cancellation);
        await _table.UpsertEntityAsync(new TableEntity("p", "r") { ["B"] = 2 }, TableUpdateMode.Merge, Cancellation);
        var merged = (await _table.GetEntityAsync<TableEntity>("p", "r", cancellationToken: Cancellation)).Value;
        Assert.Equal((1, 2), (merged.GetInt32("A"), merged.GetInt32("B")));
        await _table.UpdateEntityAsync(new TableEntity("p", "r") { ["B"] = 3 }, merged.ETag, TableUpdateMode.Replace, Cancellation);
        var replaced = (await _table.GetEntityAsync<TableEntity>("p", "r", cancellationToken: Cancellation)).Value;
        Assert.Equal((null, 3), (replaced.GetInt32("A"), replaced.GetInt32("B")));
    }

    [Fact]
    public async Task Query_GivesRowsInOrdinalOrder_OverAllPages()
    {
        foreach (var (partition, row) in new[] { ("b", "1"), ("a", "b"), ("a", "B"), ("a", "a"), ("A", "z"), ("a", "") }) await _table.AddEntityAsync(Row(partition, row, 1), Cancellation);
        var pages = new List<List<string>>();
        await foreach (var page in _table.QueryAsync<TableEntity>(maxPerPage: 4, cancellationToken: Cancellation).AsPages())
            pages.Add([.. page.Values.Select(row => $"{row.PartitionKey}{row.RowKey}")]);
        Assert.Equal(["Az", "a", "aB", "aa", "ab", "b1"], pages.SelectMany(page => page));
        Assert.Equal(2, pages.Count);
    }

    [Fact]
    public async Task Pages_GoOnFromTheToken()
    {
        for (var i = 0; i < 5; i++) await _table.AddEntityAsync(Row("p", $"{i}", i), Cancellation);
        string? token = null;
        await foreach (var page in _table.QueryAsync<TableEntity>(maxPerPage: 2, cancellationToken: Cancellation).AsPages())
        {
            token = page.ContinuationToken;
            break;
        }
        var rest = new List<int?>();
        await foreach (var page in _table.QueryAsync<TableEntity>(maxPerPage: 2, cancellationToken: Cancellation).AsPages(token)) rest.AddRange(page.Values.Select(row => row.GetInt32("N")));
        Assert.Equal([2, 3, 4], rest);
    }

    [Theory]
    [InlineData("PartitionKey eq 'p' and RowKey ge '2' and RowKey lt '4'", "2 3")]
    [InlineData("PartitionKey eq 'p' and (RowKey eq '1' or RowKey eq '5')", "1 5")]
    [InlineData("PartitionKey eq 'p' and not (RowKey gt '1')", "1")]
    [InlineData("PartitionKey eq 'p' and N ne 3", "1 2 4 5")]
    [InlineData("N le 2 or N gt 4", "1 2 5")]
    [InlineData("Big eq 3000000000L", "3")]
    [InlineData("Odd eq true and N lt 5", "1 3")]
    [InlineData("At ge datetime'2026-03-04T00:00:00.0000000Z'", "4 5")]
    [InlineData("Id eq guid'00000000-0000-0000-0000-000000000002'", "2")]
    [InlineData("Text eq 'it''s 4'", "4")]
    [InlineData("PartitionKey eq 'q'", "")]
    public async Task Filter_LetsThrough(string filter, string rows)
    {
        for (var i = 1; i <= 5; i++)
        {
            await _table.AddEntityAsync(new TableEntity("p", $"{i}")
            {
                ["N"] = i,
                ["Big"] = i * 1_000_000_000L,
                ["Odd"] = i % 2 == 1,
                ["At"] = new DateTimeOffset(2026, 3, i, 0, 0, 0, TimeSpan.Zero),
                ["Id"] = Guid.Parse($"00000000-0000-0000-0000-00000000000{i}"),
                ["Text"] = $"it's {i}",
            }, Cancellation);
        }
        Assert.Equal(rows, string.Join(' ', (await Rows(filter)).Select(row => row.RowKey)));
    }

    [Fact]
    public async Task CreateQueryFilter_IsUnderstood()
    {
        await _table.AddEntityAsync(new TableEntity("o'neil", "r") { ["Big"] = 7L }, Cancellation);
        var (person, big) = ("o'neil", 7L);
        Assert.Single(await Rows(TableClient.CreateQueryFilter($"PartitionKey eq {person} and Big eq {big}")));
    }

    [Fact]
    public async Task Select_GivesOnlyThese()
    {
        await _table.AddEntityAsync(new TableEntity("p", "r") { ["A"] = 1, ["B"] = 2 }, Cancellation);
        var row = Assert.Single(await Rows(null, ["RowKey", "B"]));
        Assert.Equal(("r", 2, false), (row.RowKey, row.GetInt32("B"), row.ContainsKey("A")));
    }

    [Fact]
    public async Task Transaction_DoesAll()
    {
        var tag = (await _table.AddEntityAsync(Row("p", "changed", 1), Cancellation)).Headers.ETag!.Value;
        await _table.AddEntityAsync(Row("p", "gone", 1), Cancellation);
        var responses = (await _table.SubmitTransactionAsync(
        [
            new(TableTransactionActionType.Add, new TableEntity("p", "added ü") { ["N"] = 1, ["Bytes"] = new byte[] { 1, 2 }, ["Text"] = "ü\r\n--x" }),
            new(TableTransactionActionType.UpdateReplace, Row("p", "changed", 2), tag),
            new(TableTransactionActionType.UpsertReplace, Row("p", "put", 3)),
            new(TableTransactionActionType.UpsertMerge, Row("p", "merged", 4)),
            new(TableTransactionActionType.Delete, Row("p", "gone", 0)),
        ], Cancellation)).Value;
        Assert.Equal(5, responses.Count);
        var rows = await Rows(null);
        Assert.Equal(["added ü", "changed", "merged", "put"], rows.Select(row => row.RowKey));
        Assert.Equal([1, 2, 4, 3], rows.Select(row => row.GetInt32("N")));
        Assert.Equal("ü\r\n--x", rows[0].GetString("Text"));
        Assert.Equal(rows[1].ETag, responses[1].Headers.ETag);
    }

    [Fact]
    public async Task Transaction_ThatIsRefusedInPart_ChangesNothing()
    {
        await _table.AddEntityAsync(Row("p", "there", 1), Cancellation);
        var stale = (await _table.GetEntityAsync<TableEntity>("p", "there", cancellationToken: Cancellation)).Value.ETag;
        await _table.UpsertEntityAsync(Row("p", "there", 2), TableUpdateMode.Replace, Cancellation);
        await TransactionFails(409, "EntityAlreadyExists", Add("new"), Add("there"));
        await TransactionFails(412, "UpdateConditionNotSatisfied", Add("new"), new(TableTransactionActionType.UpdateReplace, Row("p", "there", 3), stale));
        await TransactionFails(412, "UpdateConditionNotSatisfied", Add("new"), new(TableTransactionActionType.Delete, Row("p", "there", 3), stale));
        await TransactionFails(404, "ResourceNotFound", Add("new"), new(TableTransactionActionType.UpdateMerge, Row("p", "missing", 3), ETag.All));
        var row = Assert.Single(await Rows(null));
        Assert.Equal(2, row.GetInt32("N"));
    }

    [Fact]
    public async Task Transaction_OfTheSameRowTwice_IsRefused()
    {
        await TransactionFails(400, "InvalidDuplicateRow", Add("a"), Add("b"), Add("a"));
        Assert.Empty(await Rows(null));
    }

    [Fact]
    public async Task Values_ThatAreTooLarge_AreRefused()
    {
        await _table.AddEntityAsync(new TableEntity("p", "full") { ["Bytes"] = new byte[64 * 1024], ["Text"] = new string('x', 32 * 1024) }, Cancellation);
        await Fails(400, "PropertyValueTooLarge", () => _table.AddEntityAsync(new TableEntity("p", "bytes") { ["Bytes"] = new byte[64 * 1024 + 1] }, Cancellation));
        await Fails(400, "PropertyValueTooLarge", () => _table.AddEntityAsync(new TableEntity("p", "text") { ["Text"] = new string('x', 32 * 1024 + 1) }, Cancellation));
        await TransactionFails(413, "RequestBodyTooLarge", [.. Enumerable.Range(0, 70).Select(i =>
            new TableTransactionAction(TableTransactionActionType.Add, new TableEntity("p", $"{i}") { ["Bytes"] = new byte[48 * 1024] }))]);
        Assert.Single(await Rows(null, ["RowKey"]));
    }

    [Theory]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("a#b")]
    [InlineData("a?b")]
    [InlineData("a\tb")]
    public async Task KeysWithForbiddenCharacters_AreRefused(string key)
    {
        await Fails(400, null, () => _table.AddEntityAsync(Row("p", key, 1), Cancellation));
        await Fails(400, null, () => _table.AddEntityAsync(Row(key, "r", 1), Cancellation));
    }

    protected static TableTransactionAction Add(string row) => new(TableTransactionActionType.Add, Row("p", row, 1));

    protected async Task TransactionFails(int status, string code, params TableTransactionAction[] actions)
    {
        var failure = await Assert.ThrowsAsync<TableTransactionFailedException>(() => _table.SubmitTransactionAsync(actions, Cancellation));
        Assert.Equal((status, code), (failure.Status, failure.ErrorCode));
    }

    private static async Task Fails(int status, string? code, Func<Task> call)
    {
        var failure = await Assert.ThrowsAsync<RequestFailedException>(call);
        Assert.Equal(status, failure.Status);
        if (code is not null) Assert.Equal(code, failure.ErrorCode);
    }

    private static TableEntity Row(string partition, string row, int n) => new(partition, row) { ["N"] = n };

    private async Task<int?> N(string partition, string row) => (await _table.GetEntityAsync<TableEntity>(partition, row, cancellationToken: Cancellation)).Value.GetInt32("N");

    private async Task<List<TableEntity>> Rows(string? filter, string[]? select = null)
    {
        var rows = new List<TableEntity>();
        await foreach (var row in _table.QueryAsync<TableEntity>(filter, select: select, cancellationToken: Cancellation)) rows.Add(row);
        return rows;
    }
}
