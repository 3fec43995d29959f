using Azure.Data.Tables;

namespace AccessFunctions.Functions.Tests.Fakes;

/// <summary>The table services that a store is tested on. Each call opens an account of its own, with no tables.</summary>
internal static class TableBackends
{
    /// <summary>In memory.</summary>
    public static Task<TableServiceClient> Fake() => Task.FromResult<TableServiceClient>(new FakeTableService());

    /// <summary>Azurite, through the real client where its package is there, else through <see cref="AzuriteTableService"/>.</summary>
    public static async Task<TableServiceClient> Azurite()
    {
        var (account, endpoint) = (await AzuriteServer.Get()).NewAccount();
        try
        {
            return new TableServiceClient(
                $"DefaultEndpointsProtocol=http;AccountName={account};AccountKey={AzuriteServer.Key};TableEndpoint={endpoint};", new TableClientOptions());
        }
        catch (NotSupportedException)
        {
            // Only the package's declarations are here.
            return new AzuriteTableService(account, endpoint, AzuriteServer.Key);
        }
    }
}
