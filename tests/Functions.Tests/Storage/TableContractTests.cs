using AccessFunctions.Application.Ports;
using AccessFunctions.Functions.Storage;
using AccessFunctions.Tests.Shared;

namespace AccessFunctions.Functions.Tests.Storage;

public sealed class TableRequestStoreTests : RequestStoreContract, IDisposable
{
    private readonly TableStores _stores = new();

    protected override IRequestWorkflow Workflow => _stores.Workflow;
    protected override IRequestReader Reader => _stores.Reader;
    protected override IAuditLog Audit => _stores.Audit;
    protected override ManualTimeProvider Time => _stores.Time;
    protected override TimeSpan NewestMargin => TableRequestReader.Margin;
    protected override string StreamOfRefused(string request) => request;

    public void Dispose() => _stores.Dispose();
}

public sealed class TableAuditLogTests : AuditLogContract, IDisposable
{
    private readonly TableStores _stores = new();

    protected override IAuditLog Audit => _stores.Audit;
    protected override IRequestWorkflow Workflow => _stores.Workflow;
    protected override ManualTimeProvider Time => _stores.Time;

    public void Dispose() => _stores.Dispose();
}
