using AccessFunctions.Api.Authentication;
using AccessFunctions.Application.Audit;
using AccessFunctions.Application.Directory.Provisioning;
using AccessFunctions.Application.Ports;
using AccessFunctions.Functions.Storage;
using AccessFunctions.Integrations.Configuration;
using AccessFunctions.Integrations.Mail.Inbound;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace AccessFunctions.Functions.Hosting;

/// <summary>
/// What must be there before the first call: the tables, the configuration, what this process holds in memory, the platforms. Runs in the
/// phase before services start, because the worker takes calls as soon as it has started. What is not set up is said in words.
/// </summary>
internal sealed partial class StartUp(IServiceProvider services, ILogger<StartUp> logger) : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        await services.GetRequiredService<StorageTables>().EnsureCreated(cancellationToken);
        var opened = services.GetRequiredService<OpenedConfiguration>();
        var settings = services.GetRequiredService<IOptions<ConfigSettings>>().Value;
        var lastGood = services.GetRequiredService<TableLastGoodFiles>();
        await lastGood.Load(cancellationToken);
        var people = services.GetRequiredService<ProvisionedPeople>();
        await people.Set(await services.GetRequiredService<ProvisionedRows>().Load(cancellationToken), cancellationToken);
        opened.Folder = await ConfigurationFolder.Open(
            settings.Path, services.GetRequiredService<IPeopleOverlay>(), Environment.GetEnvironmentVariable, services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<ILogger<ConfigurationFolder>>(), cancellationToken, lastGood, people,
            services.GetRequiredService<RunTimePlatforms>());
        await lastGood.Save(cancellationToken);
        await services.GetRequiredService<StoreRefresher>().Prepare(cancellationToken);
        _ = services.GetRequiredService<IPlatforms>();
        _ = services.GetService<SinkMeter>();
        opened.Folder.Watch();
        foreach (var words in Missing(opened.Folder)) LogMissing(words);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private IEnumerable<string> Missing(ConfigurationFolder folder)
    {
        if (!services.GetServices<IAuditSink>().Any()) yield return "No audit stream is configured (EventHubs:Namespace and EventHubs:Hub): audit events stay in the store alone.";
        if (!services.GetServices<INotificationChannel>().Any(static channel => channel is Mail.EmailChannel)) yield return "No e-mail is configured (Mail:Endpoint and Mail:FromAddress): nobody is notified by mail.";
        foreach (var warning in InboundMailServices.Warnings(services.GetRequiredService<IConfiguration>())) yield return warning;
        if (services.GetRequiredService<ISecretStore>() is MissingSecretStore) yield return $"{MissingSecretStore.Words} Platforms that keep secrets cannot give access, and checkpoints of the audit trail are not signed.";
        if (services.GetService<Secrets.VaultLinkKeys>() is null) yield return "No place for the keys of review links is configured (KeyVault:Uri): links in mails end with the instance that made them.";
        if (services.GetRequiredService<IOptions<OidcOptions>>().Value.Issuers.Count == 0 && !services.GetServices<IAuthenticator>().OfType<Identity.EasyAuthAuthenticator>().Any())
            yield return "Neither an issuer (Oidc:Issuers) nor App Service authentication is configured, so nobody can sign in.";
        if (folder.Directory.Current.All.Count == 0) yield return "Neither the configuration (people.yaml) nor another source names people, so nobody is known here.";
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Words}")]
    private partial void LogMissing(string words);
}
