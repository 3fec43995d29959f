using AccessFunctions.Functions.Tests.Fakes;
using Azure.Data.Tables;

namespace AccessFunctions.Functions.Tests.Storage;

/// <summary>The same answers from Azurite as from the service in memory.</summary>
public sealed class AzuriteTableServiceTests : TableServiceContract
{
    protected override Task<TableServiceClient> Open() => TableBackends.Azurite();
}
