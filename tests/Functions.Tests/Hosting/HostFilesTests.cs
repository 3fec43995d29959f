using System.Text.Json.Nodes;
using AccessFunctions.Application.Effects;
using AccessFunctions.Functions.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;

namespace AccessFunctions.Functions.Tests.Hosting;

/// <summary>The files that the Functions host reads, beside the app as building copies them there.</summary>
public sealed class HostFilesTests
{
    private static JsonNode Host { get; } = JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "host.json")))!;

    private static JsonObject LocalValues { get; } = JsonNode.Parse(File.ReadAllText(Path.Combine(Root(), "local.settings.example.json")))!["Values"]!.AsObject();

    [Fact]
    public void Host_ServesFromTheRoot_AsTheEmbeddedHostDoes() => Assert.Equal("", Host["extensions"]!["http"]!["routePrefix"]!.GetValue<string>());

    [Fact]
    public void Host_NamesItsHub_AndRunsOlderOrchestrations()
    {
        var durable = Host["extensions"]!["durableTask"]!;
        Assert.Matches("^[A-Za-z][A-Za-z0-9]{2,44}$", durable["hubName"]!.GetValue<string>());
        Assert.Equal("CurrentOrOlder", durable["versionMatchStrategy"]!.GetValue<string>());
        Assert.Matches(@"^\d+\.\d+$", durable["defaultVersion"]!.GetValue<string>());
        Assert.True(durable["maxConcurrentActivityFunctions"]!.GetValue<int>() > 0);
        Assert.True(durable["maxConcurrentOrchestratorFunctions"]!.GetValue<int>() > 0);
    }

    [Fact]
    public void Host_LetsAPlatformAttemptReachItsOwnTimeout() =>
        Assert.True(TimeSpan.Parse(Host["functionTimeout"]!.GetValue<string>(), null) > 2 * EffectRunner.AttemptTimeout);

    [Fact]
    public void Host_SpeaksOpenTelemetry() => Assert.Equal("OpenTelemetry", Host["telemetryMode"]!.GetValue<string>());

    /// <summary>These write the address of each call, and that of a link is its token.</summary>
    [Theory]
    [InlineData("Microsoft.AspNetCore")]
    [InlineData("Microsoft.Azure.WebJobs.Script.WebHost.Middleware.SystemTraceMiddleware")]
    [InlineData("Yarp.ReverseProxy")]
    public void Host_LogsNoAddressesOfCalls(string category) => Assert.Equal("Warning", Host["logging"]!["logLevel"]![category]!.GetValue<string>());

    [Fact]
    public void LocalSettings_HoldNoSecret_AndReachOnlyThisMachinesStorage()
    {
        Assert.All(LocalValues, setting => Assert.DoesNotContain("key=", setting.Value!.GetValue<string>(), StringComparison.OrdinalIgnoreCase));
        Assert.Equal("UseDevelopmentStorage=true", LocalValues["AzureWebJobsStorage"]!.GetValue<string>());
        Assert.Equal("true", LocalValues["AzureWebJobsDisableHomepage"]!.GetValue<string>());
        Assert.Equal("dotnet-isolated", LocalValues["FUNCTIONS_WORKER_RUNTIME"]!.GetValue<string>());
    }

    [Fact]
    public void LocalSettings_AreAccepted_EachByItsName()
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(LocalValues.Select(setting => KeyValuePair.Create(setting.Key.Replace("__", ":", StringComparison.Ordinal), (string?)setting.Value!.GetValue<string>()))).Build();
        using var services = new ServiceCollection().AddAccessFunctions(configuration).BuildServiceProvider();
        services.GetRequiredService<IStartupValidator>().Validate();
        Assert.Equal("UseDevelopmentStorage=true", services.GetRequiredService<IOptions<TableSettings>>().Value.ConnectionString);
        Assert.Equal("http://localhost:7071", services.GetRequiredService<IOptions<HostSettings>>().Value.PublicAddress);
        Assert.Single(services.GetRequiredService<IOptions<Api.Authentication.OidcOptions>>().Value.Issuers);
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "AccessFunctions.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("The tests do not run inside a checkout.");
    }
}
