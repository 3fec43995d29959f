using AccessFunctions.Application.Ports;
using AccessFunctions.Functions.Storage;
using AccessFunctions.Functions.Tests.Fakes;
using AccessFunctions.Tests.Shared;
using Azure.Data.Tables;
using Xunit;

namespace AccessFunctions.Functions.Tests.Storage;

public class TableRequestStoreTests : RequestStoreContract, IAsyncLifetime
{
    private TableStores _stores = null!;

    protected override IRequestWorkflow Workflow => _stores.Workflow;
    protected override IRequestReader Reader => _stores.Reader;
    protected override IAuditLog Audit => _stores.Audit;
    protected override ManualTimeProvider Time => _stores.Time;
    protected override int LookedAtForAPage => 200;
    protected override TimeSpan NewestMargin => TableRequestReader.Margin;
    protected override string StreamOfRefused(string request) => request;
    protected virtual Task<TableServiceClient> Open() => TableBackends.Fake();

    public async ValueTask InitializeAsync() => _stores = await TableStores.On(await Open());

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        _stores?.Dispose();
        return ValueTask.CompletedTask;
    }
}

public class TableChannelStoreTests : ChannelStoreContract, IAsyncLifetime
{
    private TableServiceClient _service = null!;

    protected override IChannelStore Store => new TableChannelStore(_service);
    protected virtual Task<TableServiceClient> Open() => TableBackends.Fake();

    public async ValueTask InitializeAsync()
    {
        _service = await Open();
        await new StorageTables(_service).EnsureCreated(TestContext.Current.CancellationToken);
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}

public sealed class TableChannelStoreAnswersTests
{
    [Fact]
    public async Task Write_WhoseAnswerGotLost_IsNotItsOwnRival_AndAnothersIs()
    {
        var (tables, keep) = (new FakeTableService(), DateTimeOffset.MaxValue);
        await new StorageTables(tables).EnsureCreated(TestContext.Current.CancellationToken);
        var store = new TableChannelStore(tables);
        tables.Repeats = static call => call.Operation == TableOperation.Transaction;
        Assert.True(await store.Write("s", [new("user", null, "one"), new("name", null, "user")], keep, TestContext.Current.CancellationToken));
        var user = (await store.Find("s", "user", TestContext.Current.CancellationToken))!;
        var name = (await store.Find("s", "name", TestContext.Current.CancellationToken))!;
        Assert.True(await store.Write("s", [new("user", user, "two"), new("name", name, null)], keep, TestContext.Current.CancellationToken));
        Assert.False(await store.Write("s", [new("user", user, "three")], keep, TestContext.Current.CancellationToken));
        Assert.Equal("two", Assert.Single(await store.All("s", TestContext.Current.CancellationToken)).Value);
    }
}

public class TablePeopleOverlayTests : PeopleOverlayContract, IAsyncLifetime
{
    private TableServiceClient _service = null!;

    protected override IPeopleOverlay Opened => new TablePeopleOverlay(_service);
    protected virtual Task<TableServiceClient> Open() => TableBackends.Fake();

    public async ValueTask InitializeAsync()
    {
        _service = await Open();
        await new StorageTables(_service).EnsureCreated(TestContext.Current.CancellationToken);
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}

public class TableAuditLogTests : AuditLogContract, IAsyncLifetime
{
    private TableStores _stores = null!;

    protected override IAuditLog Audit => _stores.Audit;
    protected override IRequestWorkflow Workflow => _stores.Workflow;
    protected override ManualTimeProvider Time => _stores.Time;
    protected virtual Task<TableServiceClient> Open() => TableBackends.Fake();

    public async ValueTask InitializeAsync() => _stores = await TableStores.On(await Open());

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        _stores?.Dispose();
        return ValueTask.CompletedTask;
    }
}

public class TableNoticeLogTests : NoticeLogContract, IAsyncLifetime
{
    private TableNoticeLog? _log;

    protected override INoticeLog Log => _log!;
    protected virtual Task<TableServiceClient> Open() => TableBackends.Fake();

    public async ValueTask InitializeAsync()
    {
        var tables = await Open();
        await new StorageTables(tables).EnsureCreated(CancellationToken.None);
        _log = new TableNoticeLog(tables);
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}

[TakesLong]
public sealed class AzuriteRequestStoreTests : TableRequestStoreTests
{
    protected override Task<TableServiceClient> Open() => TableBackends.Azurite();
}

public sealed class AzuriteAuditLogTests : TableAuditLogTests
{
    protected override Task<TableServiceClient> Open() => TableBackends.Azurite();
}

public sealed class AzuriteChannelStoreTests : TableChannelStoreTests
{
    protected override Task<TableServiceClient> Open() => TableBackends.Azurite();
}

public sealed class AzuritePeopleOverlayTests : TablePeopleOverlayTests
{
    protected override Task<TableServiceClient> Open() => TableBackends.Azurite();
}

public sealed class AzuriteNoticeLogTests : TableNoticeLogTests
{
    protected override Task<TableServiceClient> Open() => TableBackends.Azurite();
}
