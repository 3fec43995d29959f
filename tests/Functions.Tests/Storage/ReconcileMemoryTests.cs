using AccessFunctions.Application.Ports;
using AccessFunctions.Functions.Storage;
using AccessFunctions.Functions.Tests.Fakes;
using AccessFunctions.Tests.Shared;
using Azure.Data.Tables;
using Xunit;

namespace AccessFunctions.Functions.Tests.Storage;

public abstract class TableReconcileMemoryTests : ReconcileMemoryContract, IAsyncLifetime
{
    private TableServiceClient _service = null!;

    protected abstract Task<TableServiceClient> Open();

    protected override IReconcileMemory Opened => new TableReconcileMemory(_service);

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

public sealed class FakeTableReconcileMemoryTests : TableReconcileMemoryTests
{
    protected override Task<TableServiceClient> Open() => TableBackends.Fake();
}

public sealed class AzuriteReconcileMemoryTests : TableReconcileMemoryTests
{
    protected override Task<TableServiceClient> Open() => TableBackends.Azurite();
}
