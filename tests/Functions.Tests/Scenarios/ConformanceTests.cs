using AccessFunctions.Conformance.Tests;
using AccessFunctions.Tests.Shared;

namespace AccessFunctions.Functions.Tests.Scenarios;

public sealed class AzureDecisionTests : DecisionScenarios
{
    protected override async Task<IScenarioHost> Start() => await AzureScenarioHost.Start(new ManualTimeProvider());
}

public sealed class AzureLifeTests : LifeScenarios
{
    protected override async Task<IScenarioHost> Start() => await AzureScenarioHost.Start(new ManualTimeProvider());
}

public sealed class AzureAssistantTests : AssistantScenarios
{
    protected override async Task<IScenarioHost> Start() => await AzureScenarioHost.Start(new ManualTimeProvider());
}

public sealed class AzureInventoryTests : InventoryScenarios
{
    protected override async Task<IScenarioHost> Start(string platforms) => await AzureScenarioHost.Start(new ManualTimeProvider(), platforms: platforms);
}

public sealed class AzureSettingsTests : SettingsScenarios
{
    protected override async Task<IScenarioHost> Start() => await AzureScenarioHost.Start(new ManualTimeProvider());
}

public sealed class AzureLinkTests : LinkScenarios
{
    protected override async Task<IScenarioHost> Start() => await AzureScenarioHost.Start(new ManualTimeProvider());
}
