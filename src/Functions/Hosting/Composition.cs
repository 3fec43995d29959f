using AccessFunctions.Api;
using AccessFunctions.Api.Authentication;
using AccessFunctions.Application;
using AccessFunctions.Application.Audit;
using AccessFunctions.Application.Channels;
using AccessFunctions.Application.Effects;
using AccessFunctions.Application.Inventory;
using AccessFunctions.Application.Ports;
using AccessFunctions.Application.Retention;
using AccessFunctions.Functions.Audit;
using AccessFunctions.Functions.Http;
using AccessFunctions.Functions.Identity;
using AccessFunctions.Functions.Mail;
using AccessFunctions.Functions.Requests;
using AccessFunctions.Functions.Secrets;
using AccessFunctions.Functions.Storage;
using AccessFunctions.Functions.Timers;
using AccessFunctions.Integrations.Authorities;
using AccessFunctions.Integrations.ChatModels;
using AccessFunctions.Integrations.Configuration;
using AccessFunctions.Integrations.Links;
using AccessFunctions.Integrations.Mail;
using AccessFunctions.Integrations.Mail.Graph;
using AccessFunctions.Integrations.Mail.Inbound;
using AccessFunctions.Integrations.People;
using AccessFunctions.Integrations.People.Graph;
using AccessFunctions.Integrations.Recordings;
using AccessFunctions.Integrations.Slack;
using AccessFunctions.Integrations.Vault;
using Azure.Communication.Email;
using Azure.Core;
using Azure.Data.Tables;
using Azure.Identity;
using Azure.Messaging.EventHubs.Producer;
using Azure.Security.KeyVault.Secrets;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace AccessFunctions.Functions.Hosting;

/// <summary>
/// Puts the parts of the Azure host together. An adapter is there where its section is set; a client of Azure is a service of its own, so
/// that what is registered later replaces it.
/// </summary>
public static class Composition
{
    /// <summary>Registers everything but the worker itself.</summary>
    public static IServiceCollection AddAccessFunctions(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(configuration);
        Settings(services, configuration);
        services.AddSingleton(provider => PublicAddressOf(Setting<HostSettings>(provider), configuration));
        services.AddSingleton(CredentialOf(configuration));
        Store(services);
        Policy(services);
        services.AddDirectorySources(configuration, DirectoryServices.People(configuration));
        services.TryAddSingleton(static provider => new DirectoryGraphTokens(new CredentialGraphTokens(provider.GetRequiredService<TokenCredential>(), provider.GetRequiredService<DirectoryGraphOptions>().Credential)));
        Platforms(services, configuration);
        Audit(services, configuration);
        Links(services, configuration);
        Mail(services, configuration);
        services.AddSlack(configuration);
        services.AddChatModel(configuration);
        services.AddInboundMail(configuration);
        services.TryAddSingleton<IGraphTokens, CredentialGraphTokens>();
        Requests(services);
        Timers(services);
        Retention(services);

        services.AddSingleton<HttpDoor>();
        services.AddAccessApi(configuration);
        if (bool.TryParse(configuration[EasyAuthAuthenticator.Setting], out var authenticates) && authenticates)
            services.AddSingleton<IAuthenticator, EasyAuthAuthenticator>();
        services.AddSingleton<IReadinessCheck, StoreReadiness>();
        services.AddSingleton<IReadinessCheck, ConfigurationReadiness>();
        services.AddHostedService<StartUp>();
        services.AddHostedService<ConfigurationEvents>();
        services.AddSingleton<StoreRefresher>();
        services.AddSingleton<IHostedService>(static provider => new Deferred(provider.GetRequiredService<StoreRefresher>));
        return services;
    }

    private static void Settings(IServiceCollection services, IConfiguration configuration)
    {
        Add<HostSettings>(HostSettings.Section);
        Add<ConfigSettings>(ConfigSettings.Section);
        Add<TableSettings>(TableSettings.Section);
        Add<EventHubSettings>(EventHubSettings.Section);
        Add<MailSettings>(MailSettings.Section);
        Add<KeyVaultSettings>(KeyVaultSettings.Section);
        Add<DurableSettings>(DurableSettings.Section);
        Add<RetentionOptions>(RetentionOptions.Section);

        void Add<T>(string section) where T : class => services.AddOptions<T>().Bind(configuration.GetSection(section)).ValidateDataAnnotations().ValidateOnStart();
    }

    private static void Store(IServiceCollection services)
    {
        services.AddSingleton(static provider => Setting<TableSettings>(provider) switch
        {
            { Endpoint: { } endpoint } => new TableServiceClient(new Uri(endpoint), provider.GetRequiredService<TokenCredential>()),
            var settings => new TableServiceClient(settings.ConnectionString),
        });
        services.AddSingleton<StorageTables>();
        services.AddSingleton<TableRequestStore>();
        services.AddSingleton<IRequestStore>(static provider =>
            new AlarmingRequestStore(provider.GetRequiredService<TableRequestStore>(), provider.GetRequiredService<ILogger<AlarmingRequestStore>>()));
        services.AddSingleton<IRequestReader, TableRequestReader>();
        services.AddSingleton<IUnsettledSignals, TableUnsettledSignals>();
        services.AddSingleton<IGrantLedger, TableGrantLedger>();
        services.AddSingleton<IAttemptFence, TableAttemptFence>();
        services.AddSingleton<IPeopleOverlay, TablePeopleOverlay>();
        services.AddSingleton<ISweepMark, TableSweepMark>();
        services.AddSingleton<IChannelStore, TableChannelStore>();
        services.AddSingleton<INoticeLog, TableNoticeLog>();
        services.AddSingleton<ReplyTokens>();
        services.AddSingleton<IReconcileMemory, TableReconcileMemory>();
        services.AddSingleton<IInventoryStore, TableInventoryStore>();
        services.AddSingleton<HostStream>();
        services.AddSingleton<TableAuditLog>();
        services.AddSingleton<IAuditLog>(static provider => provider.GetRequiredService<TableAuditLog>());
        services.AddSingleton<ICheckpoints>(static provider => provider.GetRequiredService<TableAuditLog>());
        services.AddSingleton<IAuditStreams, TableAuditStreams>();
        services.AddSingleton<TableSinkBacklogs>();
        services.AddSingleton<ISinkBacklogs>(static provider => provider.GetRequiredService<TableSinkBacklogs>());
        services.AddSingleton<ISinkReports>(static provider => provider.GetRequiredService<TableSinkBacklogs>());
    }

    private static void Policy(IServiceCollection services)
    {
        services.AddSingleton<TableLastGoodFiles>();
        services.AddSingleton<RunTimePlatforms>();
        services.AddSingleton<OpenedConfiguration>();
        services.AddSingleton(static provider => provider.GetRequiredService<OpenedConfiguration>().Folder);
        services.AddSingleton(static provider => provider.GetRequiredService<ConfigurationFolder>().Directory);
        services.AddSingleton<TableAccessGroups>();
        services.AddSingleton<IAccessGroups>(static provider => provider.GetRequiredService<TableAccessGroups>());
    }

    private static void Platforms(IServiceCollection services, IConfiguration configuration)
    {
        if (configuration.GetSection(KeyVaultSettings.Section).Get<KeyVaultSettings>()?.Uri is not null)
        {
            services.AddSingleton(static provider => new SecretClient(new Uri(Setting<KeyVaultSettings>(provider).Uri!), provider.GetRequiredService<TokenCredential>()));
            services.AddSingleton<ISecretStore, KeyVaultSecretStore>();
            services.AddSingleton<CheckpointKeys>();
        }
        else
        {
            services.AddSingleton<ISecretStore, MissingSecretStore>();
        }

        services.AddSingleton<VaultSecrets>();
        services.TryAddSingleton<IStorageTokens, CredentialStorageTokens>();
        services.AddSingleton<AuthorityServices>();
        services.AddSingleton<IPlatforms, PlatformsFromConfiguration>();
    }

    private static void Audit(IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(static provider => new WireFormat(new WireOptions { Source = provider.GetRequiredService<PublicAddress>().Root.ToString() }));
        services.AddSingleton<AuditStreamer>();
        services.AddSingleton<CheckpointStreamer>();
        if (configuration.GetSection(EventHubSettings.Section).Get<EventHubSettings>() is not { IsConfigured: true }) return;
        services.AddSingleton(static provider =>
        {
            var settings = Setting<EventHubSettings>(provider);
            return new EventHubProducerClient(settings.Namespace, settings.Hub, provider.GetRequiredService<TokenCredential>());
        });
        services.AddSingleton<IAuditSink, EventHubsSink>();
        services.AddMetrics();
        services.AddSingleton<SinkMeter>();
        services.AddSingleton<IReadinessCheck, SinkReadiness>();
    }

    private static void Mail(IServiceCollection services, IConfiguration configuration)
    {
        if (configuration.GetSection(MailSettings.Section).Get<MailSettings>() is not { IsConfigured: true }) return;
        services.AddSingleton(static provider => new EmailClient(new Uri(Setting<MailSettings>(provider).Endpoint!), provider.GetRequiredService<TokenCredential>()));
        services.AddSingleton<TableSentMail>();
        services.AddSingleton(static provider =>
        {
            var mail = Setting<MailSettings>(provider);
            return new MailSender { FromAddress = mail.FromAddress!, ReplyAddress = mail.ReplyAddress };
        });
        services.AddSingleton<MailComposer>();
        services.AddSingleton<INotificationChannel, EmailChannel>();
        services.AddSingleton<AnswerComposer>();
        services.AddSingleton<IMailSender, EmailAnswers>();
    }

    private static void Links(IServiceCollection services, IConfiguration configuration)
    {
        var links = services.AddReviewLinks();
        if (configuration.GetSection(KeyVaultSettings.Section).Get<KeyVaultSettings>()?.Uri is null)
        {
            links.UseEphemeralDataProtectionProvider();
            return;
        }

        services.AddSingleton<VaultLinkKeys>();
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(static provider => new ConfigureOptions<KeyManagementOptions>(
            options => options.XmlRepository = provider.GetRequiredService<VaultLinkKeys>()));
    }

    private static void Requests(IServiceCollection services)
    {
        services.AddSingleton<DurableClients>();
        services.AddSingleton<IRequestWorkflow, DurableWorkflow>();
        services.AddSingleton<RequestService>();
        services.AddSingleton<Administration>();
        services.AddSingleton<PolicyTrials>();
        services.AddSingleton<EffectRunner>();
        services.AddSingleton<UngrantedAccess>();
        services.AddSingleton<UngrantedReports>();
        services.AddSingleton<Reconciler>();
        services.AddSingleton<PublicationUpkeep>();
        services.AddSingleton(static provider => new IngestSettings(Setting<HostSettings>(provider).Ingested));
        services.AddSingleton<Ingester>();
        services.AddSingleton<DirectoryWatch>();
    }

    private static void Timers(IServiceCollection services)
    {
        services.AddSingleton(static provider => new KeptHistories(Setting<DurableSettings>(provider).Kept));
        services.AddSingleton<AuditResender>();
        services.AddSingleton<CheckpointMaker>();
        services.AddSingleton<UnsettledResender>();
        services.AddSingleton<DirectorySweeper>();
        services.AddSingleton<LostOrchestrations>();
        services.AddSingleton<HistoryPurger>();
        services.AddSingleton<ReplyMailbox>();
        services.AddSingleton<GraphDirectory>();
    }

    private static void Retention(IServiceCollection services)
    {
        services.AddSingleton(static provider => Setting<RetentionOptions>(provider).Rules());
        services.AddSingleton<ILegalHolds, TableLegalHolds>();
        services.AddSingleton<IRetentionStore, TableRetentionStore>();
        services.AddSingleton<RetentionKeeper>();
        services.AddSingleton<LegalHolding>();
    }

    /// <summary>In Azure the app's identity and nothing else; elsewhere whoever the developer is signed in as.</summary>
    private static TokenCredential CredentialOf(IConfiguration configuration)
    {
        if (string.IsNullOrEmpty(configuration["WEBSITE_SITE_NAME"])) return new DefaultAzureCredential();
        return configuration["AZURE_CLIENT_ID"] is { Length: > 0 } client
            ? new ManagedIdentityCredential(ManagedIdentityId.FromUserAssignedClientId(client))
            : new ManagedIdentityCredential(ManagedIdentityId.SystemAssigned);
    }

    private static PublicAddress PublicAddressOf(HostSettings settings, IConfiguration configuration) => new(
        settings.PublicAddress is { } address ? new Uri(address)
        : configuration["WEBSITE_HOSTNAME"] is { Length: > 0 } host ? new Uri(host.StartsWith("localhost", StringComparison.OrdinalIgnoreCase) ? $"http://{host}/" : $"https://{host}/")
        : new Uri("http://localhost:7071/"));

    private static T Setting<T>(IServiceProvider provider) where T : class => provider.GetRequiredService<IOptions<T>>().Value;
}
