using AccessFunctions.Functions.Storage;
using Azure.Core;
using Azure.Data.Tables;
using Microsoft.Extensions.DependencyInjection;

namespace AccessFunctions.Functions.Hosting;

/// <summary>What is kept in Azure Tables.</summary>
public static partial class Composition
{
    private static void Store(IServiceCollection services)
    {
        services.AddSingleton(static provider => Setting<TableSettings>(provider) switch
        {
            { Endpoint: { } endpoint } => new TableServiceClient(new Uri(endpoint), provider.GetRequiredService<TokenCredential>()),
            var settings => new TableServiceClient(settings.ConnectionString),
        });
        services.AddSingleton<StorageTables>();
    }
}
