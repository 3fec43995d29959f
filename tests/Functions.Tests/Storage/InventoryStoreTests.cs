using AccessFunctions.Application.Inventory;
using AccessFunctions.Application.Ports;
using AccessFunctions.Functions.Storage;
using AccessFunctions.Functions.Tests.Fakes;
using AccessFunctions.Tests.Shared;
using Azure.Data.Tables;
using Xunit;

namespace AccessFunctions.Functions.Tests.Storage;

public abstract class TableInventoryStoreTests : InventoryStoreContract, IAsyncLifetime
{
    private readonly ManualTimeProvider _time = new();
    private TableServiceClient _service = null!;

    protected abstract Task<TableServiceClient> Open();

    protected override IInventoryStore Opened => new TableInventoryStore(_service, _time);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _service = await Open();
        await new StorageTables(_service).EnsureCreated(Cancellation);
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task AProcessThatDied_IsFollowedWhenItsLeaseIsOver_AndCannotWriteAnyMore()
    {
        var dead = (await Opened.Begin("pg", Cancellation))!;
        await dead.Save([new IdentityFact("a", IdentityKind.Login)], _ => dead.Progress with { State = IngestState.Running, Run = 1, Mark = "1" }, Cancellation);
        Assert.Null(await Opened.Begin("pg", Cancellation));
        _time.Advance(TimeSpan.FromMinutes(6));
        await using var next = (await Opened.Begin("pg", Cancellation))!;
        Assert.Equal("1", next.Progress.Mark);
        await Assert.ThrowsAsync<InvalidOperationException>(() => dead.Save([], _ => dead.Progress with { Mark = "2" }, Cancellation));
        await dead.DisposeAsync();
        Assert.Null(await Opened.Begin("pg", Cancellation));
    }

    [Fact]
    public async Task NamesOfAnyLength_KeepApart()
    {
        var (one, other) = (new string('ü', 300) + "1", new string('ü', 300) + "2");
        await using var run = (await Opened.Begin("pg", Cancellation))!;
        await run.Save(
            [new IdentityFact(one, IdentityKind.Login), new IdentityFact(other, IdentityKind.Login), new MembershipFact(one, other), new PrivilegeFact(one, $"pg/{other}", ["SELECT"]), new PrivilegeFact(other, $"pg/{other}", ["SELECT"])],
            _ => run.Progress with { Run = 1 }, Cancellation);
        Assert.Equal([one, other], (await Opened.Graph("pg", Cancellation)).Identities.Select(static identity => identity.Name));
        Assert.Equal(2, (await Opened.PrivilegesOn("pg", $"pg/{other}", null, 9, Cancellation)).Items.Count);
    }
}

public sealed class FakeTableInventoryStoreTests : TableInventoryStoreTests
{
    protected override Task<TableServiceClient> Open() => TableBackends.Fake();
}

public sealed class AzuriteInventoryStoreTests : TableInventoryStoreTests
{
    protected override Task<TableServiceClient> Open() => TableBackends.Azurite();
}
