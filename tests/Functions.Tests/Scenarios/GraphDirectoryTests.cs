using AccessFunctions.Conformance.Tests;
using AccessFunctions.Conformance.Tests.People;
using AccessFunctions.Functions.Timers;
using AccessFunctions.Tests.Shared;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace AccessFunctions.Functions.Tests.Scenarios;

public sealed class AzureGraphDirectoryTests : GraphDirectoryScenarios
{
    protected override async Task<IScenarioHost> Start(IReadOnlyDictionary<string, string?> settings) => await AzureScenarioHost.Start(new ManualTimeProvider(), settings: settings);

    protected override Task Read(IScenarioHost host)
    {
        var azure = (AzureScenarioHost)host;
        return ActivatorUtilities.CreateInstance<DirectoryTimerFunctions>(azure.Services).ReadDirectory(new TimerInfo(), azure.Orchestrations.Client, CancellationToken.None);
    }
}
