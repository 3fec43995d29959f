using AccessFunctions.Application.Ports;
using AccessFunctions.Conformance.Tests;
using AccessFunctions.Conformance.Tests.Slack;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Functions.Timers;
using AccessFunctions.Tests.Shared;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace AccessFunctions.Functions.Tests.Scenarios;

public sealed class AzureSlackTests : SlackScenarios
{
    protected override async Task<IScenarioHost> Start(Func<TimeProvider, Task<IReadOnlyDictionary<string, string?>>> settings, IReadOnlyList<AccessGroup> groups)
    {
        var time = new ManualTimeProvider();
        return await AzureScenarioHost.Start(time, groups, await settings(time));
    }

    protected override IChannelStore Rows(IScenarioHost host) => ((AzureScenarioHost)host).Services.GetRequiredService<IChannelStore>();

    protected override Task Sweep(IScenarioHost host)
    {
        var azure = (AzureScenarioHost)host;
        host.Advance(TimeSpan.FromMinutes(1));
        return ActivatorUtilities.CreateInstance<SlackTimerFunctions>(azure.Services).SweepSlack(new TimerInfo(), azure.Orchestrations.Client, CancellationToken.None);
    }
}
