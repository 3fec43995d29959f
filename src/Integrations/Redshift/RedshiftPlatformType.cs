using AccessFunctions.Application.Ports;
using AccessFunctions.Integrations.Configuration;

namespace AccessFunctions.Integrations.Redshift;

/// <summary>Amazon Redshift in <c>platforms.yaml</c>.</summary>
internal sealed class RedshiftPlatformType() : PlatformType<RedshiftPlatformOptions>(RedshiftPlatform.TypeName, FieldChecks.ConnectionString)
{
    protected override void Check(RedshiftPlatformOptions options, FieldChecks checks) => checks.Server(options);

    protected override string SystemOf(RedshiftPlatformOptions options) => FieldChecks.ServerOf(options);

    protected override IPlatform Build(RedshiftPlatformOptions options, PlatformServices services) =>
        new RedshiftPlatform(options, services.Host.Secrets, services.Logger<RedshiftPlatform>());
}
