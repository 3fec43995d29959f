using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using AccessFunctions.Application.Directory;
using AccessFunctions.Domain.Json;
using AccessFunctions.Domain.Policy;
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

/// <summary>How people, platforms and access groups are written in files: the API's names and forms, and nothing left to null by accident.</summary>
internal static class ConfigurationJson
{
    private static readonly JsonSerializerOptions Options = new(DomainJson.Default.Options)
    {
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    public static JsonTypeInfo<Person> Person { get; } = For<Person>();
    public static JsonTypeInfo<PersonSettings> PersonSettings { get; } = For<PersonSettings>();
    public static JsonTypeInfo<AccessGroup> AccessGroup { get; } = For<AccessGroup>();
    public static JsonTypeInfo<PostgresPlatformOptions> Postgres { get; } = For<PostgresPlatformOptions>();
    public static JsonTypeInfo<RedshiftPlatformOptions> Redshift { get; } = For<RedshiftPlatformOptions>();
    public static JsonTypeInfo<SnowflakePlatformOptions> Snowflake { get; } = For<SnowflakePlatformOptions>();
    public static JsonTypeInfo<BigQueryPlatformOptions> BigQuery { get; } = For<BigQueryPlatformOptions>();
    public static JsonTypeInfo<VaultOptions> Vault { get; } = For<VaultOptions>();
    public static JsonTypeInfo<CertificatesOptions> Certificates { get; } = For<CertificatesOptions>();
    public static JsonTypeInfo<SshOptions> Ssh { get; } = For<SshOptions>();
    public static JsonTypeInfo<RecordingsOptions> Recordings { get; } = For<RecordingsOptions>();
    public static JsonTypeInfo<SettingsOptions> Settings { get; } = For<SettingsOptions>();
    public static JsonTypeInfo<ManualOptions> Manual { get; } = For<ManualOptions>();

    private static JsonTypeInfo<T> For<T>() => (JsonTypeInfo<T>)Options.GetTypeInfo(typeof(T));
}
