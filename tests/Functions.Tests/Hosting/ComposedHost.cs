using AccessFunctions.Functions.Hosting;
using AccessFunctions.Functions.Tests.Fakes;
using AccessFunctions.Integrations.Configuration;
using Azure.Communication.Email;
using Azure.Data.Tables;
using Azure.Messaging.EventHubs.Producer;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AccessFunctions.Functions.Tests.Hosting;

/// <summary>Everything that the Azure host registers, over fakes of Azure's clients, started as the worker starts it; without the worker.</summary>
internal sealed class ComposedHost : IAsyncDisposable
{
    public const string Issuer = "https://login.example/tenant/v2.0";
    private readonly string _folder;
    private readonly ServiceProvider _services;

    private ComposedHost(string folder, ServiceProvider services) => (_folder, _services) = (folder, services);

    public IServiceProvider Services => _services;
    public LogLines<StartUp> StartLog { get; private init; } = new();
    public LogLines<ConfigurationFolder> ConfigurationLog { get; private init; } = new();
    public FakeOrchestrations Orchestrations { get; } = new();

    /// <summary>Composes and starts a host that knows alice (who asks) and dave (Admin), signed in by <see cref="Issuer"/> as <c>s-alice</c> and <c>s-dave</c>.</summary>
    public static Task<ComposedHost> Start(params (string Key, string Value)[] settings) => Start(new FakeTableService(), static _ => { }, settings);

    /// <summary>The same over tables that an earlier host may have used.</summary>
    /// <param name="files">Changes the folder of the configuration before the start.</param>
    public static async Task<ComposedHost> Start(FakeTableService tables, Action<string> files, params (string Key, string Value)[] settings)
    {
        var folder = Directory.CreateTempSubdirectory("af-functions-").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "people.yaml"), $$"""
            people:
              - id: alice
                name: Alice Arnold
                credentials: [{ issuer: "{{Issuer}}", subject: s-alice }]
              - id: dave
                name: Dave Dunn
                roles: [Admin]
                credentials: [{ issuer: "{{Issuer}}", subject: s-dave }]
            """);
        files(folder);
        var all = new Dictionary<string, string?> { ["Tables:ConnectionString"] = "UseDevelopmentStorage=true", ["Config:Folder"] = folder };
        foreach (var (key, value) in settings) all[key] = value;
        var (log, configurationLog) = (new LogLines<StartUp>(), new LogLines<ConfigurationFolder>());
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<ILogger<StartUp>>(log);
        services.AddSingleton<ILogger<ConfigurationFolder>>(configurationLog);
        services.AddAccessFunctions(new ConfigurationBuilder().AddInMemoryCollection(all).Build());
        services.AddSingleton<TableServiceClient>(tables);
        services.AddSingleton<EventHubProducerClient>(new FakeEventHub());
        services.AddSingleton<EmailClient>(new FakeEmailService());
        var host = new ComposedHost(folder, services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true })) { StartLog = log, ConfigurationLog = configurationLog };

        // As the host does: all are made first, then each prepares, then each starts.
        host._services.GetRequiredService<Microsoft.Extensions.Options.IStartupValidator>().Validate();
        var hosted = host._services.GetServices<IHostedService>().ToList();
        foreach (var service in hosted.OfType<IHostedLifecycleService>()) await service.StartingAsync(CancellationToken.None);
        foreach (var service in hosted) await service.StartAsync(CancellationToken.None);
        return host;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var service in _services.GetServices<IHostedService>().Reverse()) await service.StopAsync(CancellationToken.None);
        await _services.DisposeAsync();
        await Orchestrations.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
