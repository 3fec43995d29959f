using AccessFunctions.Api;
using AccessFunctions.Api.Authentication;
using AccessFunctions.Application;
using AccessFunctions.Application.Audit;
using AccessFunctions.Application.Channels;
using AccessFunctions.Application.Channels.Replies;
using AccessFunctions.Application.Directory.Provisioning;
using AccessFunctions.Application.Effects;
using AccessFunctions.Application.Inventory;
using AccessFunctions.Application.Ports;
using AccessFunctions.Application.Retention;
using AccessFunctions.Embedded.Background;
using AccessFunctions.Embedded.Sqlite;
using AccessFunctions.Integrations.Audit;
using AccessFunctions.Integrations.Audit.Syslog;
using AccessFunctions.Integrations.Audit.Webhook;
using AccessFunctions.Integrations.Authorities;
using AccessFunctions.Integrations.ChatModels;
using AccessFunctions.Integrations.Configuration;
using AccessFunctions.Integrations.Links;
using AccessFunctions.Integrations.Mail;
using AccessFunctions.Integrations.Mail.Demo;
using AccessFunctions.Integrations.Mail.Graph;
using AccessFunctions.Integrations.Mail.Inbound;
using AccessFunctions.Integrations.Mail.Smtp;
using AccessFunctions.Integrations.People;
using AccessFunctions.Integrations.People.Graph;
using AccessFunctions.Integrations.Slack;
using AccessFunctions.Integrations.Vault;
using Microsoft.Extensions.Options;

namespace AccessFunctions.Embedded.Hosting;

/// <summary>What was opened before services can be registered.</summary>
internal sealed record Opened(
    EmbeddedHostOptions Options, DataDirectory Directory, Database Database, SqlitePeopleOverlay Overlay, ConfigurationFolder Folder, ProvisionedPeople People, DemoIssuer? Issuer, Uri Address);

/// <summary>Puts the parts together. Instances opened by the host stay the host's to close.</summary>
internal static partial class Composition
{
    private const int CachedRequests = 4096;

    public static void Add(IServiceCollection services, IConfiguration configuration, Opened opened)
    {
        services.AddOptions<HostSettings>().Bind(configuration.GetSection(HostSettings.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<MailSettings>().Bind(configuration.GetSection(MailSettings.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<SmtpOptions>().Bind(configuration.GetSection(SmtpOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<AuditSettings>().Bind(configuration.GetSection(AuditSettings.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<RetentionOptions>().Bind(configuration.GetSection(RetentionOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(opened.Options.Time);
        services.AddSingleton(provider => new PublicAddress(Setting<HostSettings>(provider).PublicAddress is { } address ? new Uri(address) : opened.Address));

        Store(services, opened);
        Policy(services, opened.Folder);
        services.AddDirectorySources(configuration, opened.People);
        services.AddOptions<DirectoryGraphOptions>().Validate(
            static graph => !graph.Enabled || graph.HasSecret, "Directory:Graph: Tenant, ClientId and ClientSecret are missing: the directory is read by them.");
        Platforms(services, opened);
        Channels(services, configuration, opened);
        Replies(services, configuration);
        Audit(services, configuration, opened);
        Retention(services);
        Background(services, opened);
        services.AddSlack(configuration);
        services.AddChatModel(configuration);

        services.AddSingleton<RequestService>();
        services.AddSingleton<Administration>();
        services.AddSingleton<PolicyTrials>();
        services.AddAccessApi(configuration);
        if (opened.Issuer is { } issuer) services.AddDemoSignIn(issuer);
        services.AddSingleton<IReadinessCheck, StoreReadiness>();
        services.AddSingleton<IReadinessCheck, ConfigurationReadiness>();
    }

    /// <summary>What must be there before the first call: the platforms are made, and a demo's vault has something to ask for.</summary>
    public static async Task Prepare(IServiceProvider services, ConfigurationFolder folder, bool demo, CancellationToken cancellation)
    {
        var log = services.GetRequiredService<ILogger<EmbeddedHost>>();
        foreach (var warning in services.GetRequiredService<LoadedKeys>().Warnings) LogWarning(log, warning);
        if (!demo && services.GetRequiredService<IOptions<OidcOptions>>().Value.Issuers.Count == 0)
            LogWarning(log, "No issuer is configured (Oidc:Issuers), so nobody can sign in.");
        else if (!demo && services.GetRequiredService<IOptions<OidcOptions>>().Value.Issuers.All(static issuer => issuer.ClientId is null))
            LogWarning(log, "No issuer has a client (Oidc:Issuers:0:ClientId), so nobody can sign in with a browser.");
        if (!demo)
        {
            foreach (var warning in InboundMailServices.Warnings(services.GetRequiredService<IConfiguration>())) LogWarning(log, warning);
        }

        _ = services.GetRequiredService<SinkMeter>();
        _ = services.GetRequiredService<IPlatforms>();
        _ = services.GetRequiredService<MailComposer>();
        if (!demo) return;
        var secrets = services.GetRequiredService<VaultSecrets>();
        foreach (var vault in folder.Platforms.Select(static platform => platform.Options).OfType<VaultOptions>()) await VaultSeeder.Seed(vault, secrets, cancellation);
    }

    private static void Store(IServiceCollection services, Opened opened)
    {
        services.AddSingleton(opened.Database);
        services.AddSingleton(opened.Options.Rules);
        services.AddSingleton(new RequestCache(CachedRequests));
        services.AddSingleton<HostStream>();
        services.AddSingleton<SqliteWorkflow>();
        services.AddSingleton<IRequestWorkflow>(static provider => provider.GetRequiredService<SqliteWorkflow>());
        services.AddSingleton<IRequestReader, SqliteRequestReader>();
        services.AddSingleton<ISweepMark, SqliteSweepMark>();
        services.AddSingleton<IReconcileMemory, SqliteReconcileMemory>();
        services.AddSingleton<IInventoryStore, SqliteInventoryStore>();
        services.AddSingleton<IGrantLedger, SqliteLedger>();
        services.AddSingleton<IEnvelopeStore, SqliteEnvelopeStore>();
        services.AddSingleton<IChannelStore, SqliteChannelStore>();
        services.AddSingleton<INoticeLog, SqliteNoticeLog>();
        services.AddSingleton<ReplyTokens>();
        services.AddSingleton<IPeopleOverlay>(opened.Overlay);
    }

    private static void Policy(IServiceCollection services, ConfigurationFolder folder)
    {
        services.AddSingleton(folder);
        services.AddSingleton(folder.Directory);
        services.AddSingleton(folder.Groups);
    }

    private static void Platforms(IServiceCollection services, Opened opened)
    {
        services.AddSingleton(VaultKeys.Load(opened.Directory.Path, opened.Options.Variable));
        services.AddSingleton(static provider => provider.GetRequiredService<LoadedKeys>().Ring);
        services.AddSingleton<ISecretStore, EnvelopeSecretStore>();
        services.AddSingleton<VaultSecrets>();
        services.AddSingleton<AuthorityServices>();
        services.AddSingleton<IPlatforms, PlatformsFromConfiguration>();
    }

    private static void Channels(IServiceCollection services, IConfiguration configuration, Opened opened)
    {
        services.AddReviewLinks().KeepKeysIn(opened.Directory.File("link-keys"));
        services.AddSingleton(static provider =>
        {
            var mail = Setting<MailSettings>(provider);
            return new MailSender { FromName = mail.FromName, FromAddress = mail.FromAddress, ReplyAddress = mail.ReplyAddress };
        });
        services.AddSingleton<MailComposer>();
        services.AddSingleton<AnswerComposer>();
        if (configuration.GetSection(SmtpOptions.Section).Get<SmtpOptions>() is { IsConfigured: true })
        {
            services.AddSingleton(static provider => new SmtpDelivery(Setting<SmtpOptions>(provider), provider.GetRequiredService<TimeProvider>()));
            services.AddSingleton<INotificationChannel, SmtpChannel>();
            services.AddSingleton<IMailSender, SmtpMailSender>();
        }
        else
        {
            services.AddSingleton<INotificationChannel>(provider => new PickupDirectoryChannel(PickupOf(Setting<MailSettings>(provider), opened), provider.GetRequiredService<MailComposer>()));
            services.AddSingleton<IMailSender>(provider => new PickupMailSender(PickupOf(Setting<MailSettings>(provider), opened), provider.GetRequiredService<AnswerComposer>()));
            if (opened.Issuer is null) return;
            services.AddSingleton<IDemoMailbox>(provider => new PickupMailbox(
                PickupOf(Setting<MailSettings>(provider), opened), provider.GetRequiredService<MailReplies>(), provider.GetRequiredService<ReplySettings>(), provider.GetRequiredService<TimeProvider>()));
        }
    }

    private static string PickupOf(MailSettings mail, Opened opened) => mail.PickupDirectory ?? opened.Directory.File("mail");

    private static void Replies(IServiceCollection services, IConfiguration configuration)
    {
        services.AddInboundMail(configuration);
        services.AddOptions<GraphOptions>().Validate(
            static graph => !graph.IsConfigured || graph.HasSecret, "Mail:Inbound:Graph: Tenant, ClientId and ClientSecret are missing: the mailbox is read by them.");
        if (services.Any(static service => service.ServiceType == typeof(IGraphTokens))) services.AddHostedService<MailboxService>();
    }

    private static void Audit(IServiceCollection services, IConfiguration configuration, Opened opened)
    {
        services.AddSingleton<CheckpointKeys>();
        services.AddSingleton<IAuditLog, SqliteAuditLog>();
        services.AddSingleton<SqliteAuditFeed>();
        services.AddSingleton<IAuditFeed>(static provider => provider.GetRequiredService<SqliteAuditFeed>());
        services.AddSingleton<IAuditCursors>(static provider => provider.GetRequiredService<SqliteAuditFeed>());
        services.AddSingleton(static provider => new WireOptions
        {
            Source = provider.GetRequiredService<PublicAddress>().Root.ToString(),
            IncludeDetail = Setting<AuditSettings>(provider).IncludeDetail,
        });
        services.AddSingleton<WireFormat>();
        services.AddSingleton<CefFormat>();
        var settings = configuration.GetSection(AuditSettings.Section).Get<AuditSettings>() ?? new AuditSettings();
        if (settings.File.Enabled)
        {
            services.AddSingleton<IAuditSink>(provider => new FileSink(
                settings.File.Directory ?? opened.Directory.File("audit"), settings.File, provider.GetRequiredService<WireFormat>(), provider.GetRequiredService<TimeProvider>()));
        }

        foreach (var syslog in settings.Syslog)
        {
            services.AddSingleton<IAuditSink>(provider => new SyslogSink(
                syslog, provider.GetRequiredService<WireFormat>(), provider.GetRequiredService<CefFormat>(), provider.GetRequiredService<TimeProvider>()));
        }

        foreach (var webhook in settings.Webhooks)
            services.AddSingleton<IAuditSink>(provider => new WebhookSink(webhook, provider.GetRequiredService<WireFormat>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ISinkBacklogs, FeedBacklogs>();
        services.AddSingleton<IReadinessCheck, SinkReadiness>();
        services.AddSingleton<SinkMeter>();
    }

    private static void Retention(IServiceCollection services)
    {
        services.AddSingleton(static provider => Setting<RetentionOptions>(provider).Rules());
        services.AddSingleton<IRetentionStore, SqliteRetentionStore>();
        services.AddSingleton<ILegalHolds, SqliteLegalHolds>();
        services.AddSingleton<RetentionKeeper>();
        services.AddSingleton<LegalHolding>();
    }

    /// <summary>Started in this order and stopped in the opposite one, after the web server: what makes work stops before what takes it.</summary>
    private static void Background(IServiceCollection services, Opened opened)
    {
        services.AddSingleton<IAttemptFence, ProcessAttemptFence>();
        services.AddSingleton<EffectRunner>();
        services.AddSingleton<RunEffect>(static provider => provider.GetRequiredService<EffectRunner>().Run);
        services.AddSingleton(provider => opened.Options.Outbox ?? new OutboxOptions { Parallel = Setting<HostSettings>(provider).EffectsInParallel });
        services.AddSingleton<DirectoryWatch>();
        services.AddHostedService<AuditDelivery>();
        services.AddHostedService<Upkeep>();
        services.AddHostedService<HostEvents>();
        services.AddHostedService<Outbox>();
        services.AddHostedService<DeadlineTimer>();
        services.AddHostedService<DirectoryWatchService>();
        services.AddSingleton<UngrantedAccess>();
        services.AddSingleton<UngrantedReports>();
        if (services.Any(static service => service.ServiceType == typeof(DirectoryGraphTokens))) services.AddHostedService<GraphDirectoryService>();
        services.AddSingleton<Reconciler>();
        services.AddHostedService<ReconcileService>();
        services.AddSingleton<PublicationUpkeep>();
        services.AddHostedService<PublicationService>();
        services.AddSingleton(static provider => new IngestSettings(HostSettings.Period(Setting<HostSettings>(provider).IngestEvery) ?? TimeSpan.Zero));
        services.AddSingleton<Ingester>();
        services.AddHostedService<IngestService>();
        services.AddHostedService<RetentionService>();
        services.AddHostedService<SlackService>();
    }

    private static T Setting<T>(IServiceProvider provider) where T : class => provider.GetRequiredService<IOptions<T>>().Value;

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Words}")]
    private static partial void LogWarning(ILogger logger, string words);
}
