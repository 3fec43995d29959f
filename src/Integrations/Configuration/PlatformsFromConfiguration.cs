using AccessFunctions.Application.Ports;
using AccessFunctions.Integrations.Authorities;
using AccessFunctions.Integrations.BigQuery;
using AccessFunctions.Integrations.Certificates;
using AccessFunctions.Integrations.Manual;
using AccessFunctions.Integrations.Postgres;
using AccessFunctions.Integrations.Recordings;
using AccessFunctions.Integrations.Redshift;
using AccessFunctions.Integrations.Settings;
using AccessFunctions.Integrations.Snowflake;
using AccessFunctions.Integrations.Ssh;
using AccessFunctions.Integrations.Vault;
using Microsoft.Extensions.Logging;

namespace AccessFunctions.Integrations.Configuration;

/// <summary>
/// The platforms of the configuration, built from their settings and rebuilt where these change. A platform whose settings are taken
/// away stays until the host restarts: access that was given through it has to be taken through it.
/// </summary>
public sealed partial class PlatformsFromConfiguration : IPlatforms
{
    private readonly ConfigurationFolder _folder;
    private readonly AuthorityServices _services;
    private readonly SettingsServices _settings;
    private readonly ILoggerFactory _loggers;
    private readonly ILogger<PlatformsFromConfiguration> _logger;
    private readonly Lock _lock = new();
    private volatile IReadOnlyDictionary<string, Built> _built = new Dictionary<string, Built>();

    /// <summary>Builds the platforms.</summary>
    /// <param name="folder">Where the settings are; followed from now on.</param>
    /// <param name="services">What vaults release from, and where platforms keep what they make and publish it.</param>
    /// <param name="groups">The access groups in force; null: those of the folder.</param>
    /// <exception cref="ArgumentException">A platform cannot be made from its settings.</exception>
    public PlatformsFromConfiguration(ConfigurationFolder folder, AuthorityServices services, ILoggerFactory loggers, IAccessGroups? groups = null)
    {
        _settings = new SettingsServices(groups ?? folder.Groups, folder.Directory, services.Rows, services.Audit, services.Time);
        (_folder, _services, _loggers, _logger) = (folder, services, loggers, loggers.CreateLogger<PlatformsFromConfiguration>());
        Build();
        folder.Changed += Rebuild;
    }

    public IReadOnlyList<IPlatform> All => [.. _built.Values.Select(built => built.Platform).OrderBy(platform => platform.Name, StringComparer.Ordinal)];

    public IPlatform? Find(string name) => _built.GetValueOrDefault(name)?.Platform;

    private void Rebuild()
    {
        try
        {
            Build();
        }
        catch (ArgumentException error)
        {
            LogNotBuilt(error);
        }
    }

    private void Build()
    {
        lock (_lock)
        {
            var next = new Dictionary<string, Built>(_built, StringComparer.Ordinal);
            foreach (var settings in _folder.Platforms)
            {
                if (next.TryGetValue(settings.Name, out var there) && there.Written == settings.Written) continue;
                next[settings.Name] = new Built(Platform(settings), settings.Written);
                LogBuilt(settings.Name, settings.Type);
            }

            _built = next;
        }
    }

    private IPlatform Platform(PlatformSettings settings) => settings.Options switch
    {
        PostgresPlatformOptions postgres => new PostgresPlatform(postgres, _services.Secrets, _loggers.CreateLogger<PostgresPlatform>()),
        RedshiftPlatformOptions redshift => new RedshiftPlatform(redshift, _services.Secrets, _loggers.CreateLogger<RedshiftPlatform>()),
        SnowflakePlatformOptions snowflake => new SnowflakePlatform(snowflake, _services.Secrets, _services.Time, _loggers.CreateLogger<SnowflakePlatform>()),
        BigQueryPlatformOptions bigQuery => new BigQueryPlatform(bigQuery, _services.Time),
        VaultOptions vault => new VaultPlatform(vault, _services.Secrets, this, _folder.Directory),
        CertificatesOptions certificates => new CertificatesPlatform(certificates, _services, _loggers.CreateLogger<CertificatesPlatform>()),
        SshOptions ssh => new SshPlatform(ssh, _services, _loggers.CreateLogger<SshPlatform>()),
        RecordingsOptions recordings => new RecordingsPlatform(recordings, _services, _folder.Root, _loggers.CreateLogger<RecordingsPlatform>()),
        SettingsOptions product => new SettingsPlatform(product, _settings),
        ManualOptions manual => new ManualPlatform(manual, _folder.Directory),
        var other => throw new InvalidOperationException($"No platform is built from {other.GetType().Name}."),
    };

    private sealed record Built(IPlatform Platform, string Written);

    [LoggerMessage(Level = LogLevel.Information, Message = "Platform {Platform} ({Type}) is connected.")]
    private partial void LogBuilt(string platform, string type);

    [LoggerMessage(Level = LogLevel.Error, Message = "A platform cannot be made from its new settings; the platforms stay as they were.")]
    private partial void LogNotBuilt(Exception error);
}
