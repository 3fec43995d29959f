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

namespace AccessFunctions.Integrations.Configuration;

/// <summary>The table of platform types. A new one is a line here; <c>docs/new-platform.md</c> says what it is made of.</summary>
internal static class PlatformTypes
{
    public static IReadOnlyList<PlatformType> All { get; } =
    [
        new PostgresPlatformType(),
        new RedshiftPlatformType(),
        new SnowflakePlatformType(),
        new BigQueryPlatformType(),
        new VaultPlatformType(),
        new CertificatesPlatformType(),
        new SshPlatformType(),
        new RecordingsPlatformType(),
        new SettingsPlatformType(),
        new ManualPlatformType(),
    ];

    /// <summary>The type of that name; null: there is none.</summary>
    public static PlatformType? Find(string? name) => All.FirstOrDefault(type => type.Name == name);
}
