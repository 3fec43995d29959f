using AccessFunctions.Application.Ports;
using AccessFunctions.Integrations.Configuration;

namespace AccessFunctions.Integrations.Postgres;

/// <summary>PostgreSQL in <c>platforms.yaml</c>.</summary>
internal sealed class PostgresPlatformType() : PlatformType<PostgresPlatformOptions>(PostgresPlatform.TypeName, FieldChecks.ConnectionString)
{
    protected override void Check(PostgresPlatformOptions options, FieldChecks checks) => checks.Server(options);

    protected override string SystemOf(PostgresPlatformOptions options) => FieldChecks.ServerOf(options);

    protected override IPlatform Build(PostgresPlatformOptions options, PlatformServices services) =>
        new PostgresPlatform(options, services.Host.Secrets, services.Logger<PostgresPlatform>());
}
