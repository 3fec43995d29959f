using AccessFunctions.Conformance.Tests;
using AccessFunctions.Tests.Shared;

namespace AccessFunctions.Functions.Tests.Scenarios;

public sealed class AzureScimTests : ScimScenarios
{
    protected override async Task<IScenarioHost> Start(IReadOnlyDictionary<string, string?> settings) => await AzureScenarioHost.Start(new ManualTimeProvider(), settings: settings);
}
