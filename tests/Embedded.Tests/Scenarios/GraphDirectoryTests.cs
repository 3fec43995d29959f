using System.Net;
using AccessFunctions.Conformance.Tests;
using AccessFunctions.Conformance.Tests.People;
using AccessFunctions.Integrations.People.Graph;
using AccessFunctions.Tests.Shared;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace AccessFunctions.Embedded.Tests.Scenarios;

public sealed class EmbeddedGraphDirectoryTests : GraphDirectoryScenarios
{
    protected override async Task<IScenarioHost> Start(IReadOnlyDictionary<string, string?> settings) => await EmbeddedScenarioHost.Start(new ManualTimeProvider(), settings: settings);

    protected override Task Read(IScenarioHost host) => ((EmbeddedScenarioHost)host).Services.GetRequiredService<GraphReader>().RunOnce(TestContext.Current.CancellationToken);

    [Fact]
    public async Task GroupsThatAreTakenOut_AndSetAgain_AreReadFromTheBeginning()
    {
        await using var graph = await Staffed();
        await using var host = await Started(graph);
        var options = ((EmbeddedScenarioHost)host).Services.GetRequiredService<DirectoryGraphOptions>();
        options.Groups = [];
        await Read(host);
        Assert.Equal("no-rule", (await host.As("walter").AskForSecret()).Problem);
        options.Groups = [Cooks, Deciders];
        await Read(host);
        Assert.Equal(HttpStatusCode.Created, (await host.As("walter").AskForSecret()).Status);
    }

    [Fact]
    public async Task WithoutTheApplicationsSecret_TheHostDoesNotStart()
    {
        await using var graph = await GraphDirectoryServer.Start();
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => Start(new Dictionary<string, string?>(graph.Settings("https://login.example.com")) { ["Directory:Graph:ClientSecret"] = "" }));
        Assert.Contains("Directory:Graph", failure.Message, StringComparison.Ordinal);
    }
}
