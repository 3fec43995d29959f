using AccessFunctions.Conformance.Tests;
using AccessFunctions.Tests.Shared;

namespace AccessFunctions.Embedded.Tests.Scenarios;

public sealed class EmbeddedDecisionTests : DecisionScenarios
{
    protected override async Task<IScenarioHost> Start() => await EmbeddedScenarioHost.Start(new ManualTimeProvider());
}

public sealed class EmbeddedLifeTests : LifeScenarios
{
    protected override async Task<IScenarioHost> Start() => await EmbeddedScenarioHost.Start(new ManualTimeProvider());
}

public sealed class EmbeddedLinkTests : LinkScenarios
{
    protected override async Task<IScenarioHost> Start() => await EmbeddedScenarioHost.Start(new ManualTimeProvider());
}
