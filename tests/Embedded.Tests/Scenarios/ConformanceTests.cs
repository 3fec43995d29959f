using System.Net;
using AccessFunctions.Conformance.Tests;
using AccessFunctions.Tests.Shared;
using Xunit;

namespace AccessFunctions.Embedded.Tests.Scenarios;

public sealed class EmbeddedDecisionTests : DecisionScenarios
{
    protected override async Task<IScenarioHost> Start() => await EmbeddedScenarioHost.Start(new ManualTimeProvider());
}

public sealed class EmbeddedLifeTests : LifeScenarios
{
    protected override async Task<IScenarioHost> Start() => await EmbeddedScenarioHost.Start(new ManualTimeProvider());
}

public sealed class EmbeddedAssistantTests : AssistantScenarios
{
    protected override async Task<IScenarioHost> Start() => await EmbeddedScenarioHost.Start(new ManualTimeProvider());
}

public sealed class EmbeddedInventoryTests : InventoryScenarios
{
    protected override async Task<IScenarioHost> Start(string platforms) => await EmbeddedScenarioHost.Start(new ManualTimeProvider(), platforms: platforms);
}

public sealed class EmbeddedSettingsTests : SettingsScenarios
{
    protected override async Task<IScenarioHost> Start() => await EmbeddedScenarioHost.Start(new ManualTimeProvider());
}

public sealed class EmbeddedLinkTests : LinkScenarios
{
    protected override async Task<IScenarioHost> Start() => await EmbeddedScenarioHost.Start(new ManualTimeProvider());

    [Fact]
    public async Task ALink_WorksAfterARestart_AndNoMoreOnceItsKeyIsGone()
    {
        await using var host = await EmbeddedScenarioHost.Start(new ManualTimeProvider());
        var asked = await host.As("alice").AskForSecret();
        var link = await LinkOf(host, "bob");
        await host.Restart();
        Assert.Equal(HttpStatusCode.OK, (await Fetch(host, link, HttpMethod.Get)).Status);

        Directory.Delete(Path.Combine(host.Data, "link-keys"), recursive: true);
        await host.Restart();
        var (status, page) = await Post(host, link, "approve", "");
        Assert.Equal(HttpStatusCode.NotFound, status);
        Assert.Contains("This link does not work", page, StringComparison.Ordinal);
        Assert.Equal(("Open", "1", 0), await Standing(host, asked.Id));
    }
}
