using AccessFunctions.Application.Ports;
using AccessFunctions.Integrations.Authorities;
using Microsoft.Extensions.Logging;

namespace AccessFunctions.Integrations.Configuration;

/// <summary>
/// The platforms of the configuration, built from their settings and rebuilt where these change. A platform that is taken away gives nothing any more,
/// and stays to take what was given through it: one that was taken away at run time for good, one whose settings went from the files until the host restarts.
/// </summary>
public sealed partial class PlatformsFromConfiguration : IPlatforms
{
    private readonly ConfigurationFolder _folder;
    private readonly PlatformServices _services;
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
        (_folder, _logger) = (folder, loggers.CreateLogger<PlatformsFromConfiguration>());
        _services = new PlatformServices(services, groups ?? folder.Groups, folder.Directory, folder.PlatformDocuments, this, folder.Root, loggers);
        Build(first: true);
        folder.Changed += () => Build(first: false);
    }

    public IReadOnlyList<IPlatform> All => [.. _built.Values.Where(static built => !built.Gone).Select(static built => built.Platform).OrderBy(static platform => platform.Name, StringComparer.Ordinal)];

    public IPlatform? Find(string name) => _built.GetValueOrDefault(name)?.Platform;

    public IReadOnlyList<IPlatform> Connected => [.. _built.Values.Select(static built => built.Platform)];

    public Task Refresh(CancellationToken cancellation) => _folder.ReadPlatformsAgain(cancellation);

    private void Build(bool first)
    {
        lock (_lock)
        {
            var next = _built.ToDictionary(static built => built.Key, static built => built.Value with { Gone = true }, StringComparer.Ordinal);
            foreach (var settings in _folder.Platforms)
            {
                if (next.TryGetValue(settings.Name, out var there) && there.Written == settings.Written)
                {
                    next[settings.Name] = there with { Gone = settings.Gone };
                    continue;
                }

                try
                {
                    next[settings.Name] = new Built(PlatformTypes.Find(settings.Type)!.Build(settings.Options, _services), settings.Written, settings.Gone);
                    LogBuilt(settings.Name, settings.Type);
                }
                catch (Exception error) when (!first && error is ArgumentException or FormatException)
                {
                    // One platform's trouble is not another's: it stays as it was.
                    if (there is not null) next[settings.Name] = there with { Gone = settings.Gone };
                    LogNotBuilt(settings.Name, error);
                }
            }

            _built = next;
        }
    }

    private sealed record Built(IPlatform Platform, string Written, bool Gone);

    [LoggerMessage(Level = LogLevel.Information, Message = "Platform {Platform} ({Type}) is connected.")]
    private partial void LogBuilt(string platform, string type);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Platform} cannot be made from its new settings; it stays as it was.")]
    private partial void LogNotBuilt(string platform, Exception error);
}
