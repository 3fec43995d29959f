using AccessFunctions.Application.Ports;
using AccessFunctions.Conformance.Tests;
using AccessFunctions.Conformance.Tests.Slack;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Tests.Shared;
using Microsoft.Extensions.DependencyInjection;

namespace AccessFunctions.Embedded.Tests.Scenarios;

public sealed class EmbeddedSlackTests : SlackScenarios
{
    protected override async Task<IScenarioHost> Start(Func<TimeProvider, Task<IReadOnlyDictionary<string, string?>>> settings, IReadOnlyList<AccessGroup> groups)
    {
        var time = new ManualTimeProvider();
        return await EmbeddedScenarioHost.Start(time, groups, settings: await settings(time));
    }

    protected override IChannelStore Rows(IScenarioHost host) => ((EmbeddedScenarioHost)host).Services.GetRequiredService<IChannelStore>();

    protected override Task Sweep(IScenarioHost host)
    {
        host.Advance(TimeSpan.FromSeconds(15));
        return Task.CompletedTask;
    }
}
