using AccessFunctions.Application.Ports;
using AccessFunctions.Integrations.Configuration;

namespace AccessFunctions.Integrations.Settings;

/// <summary>The product's own settings in <c>platforms.yaml</c>.</summary>
internal sealed class SettingsPlatformType() : PlatformType<SettingsOptions>(SettingsPlatform.TypeName)
{
    protected override IPlatform Build(SettingsOptions options, PlatformServices services) =>
        new SettingsPlatform(options, new SettingsServices(services.Groups, services.Directory, services.Host.Rows, services.Host.Audit, services.Host.Time, services.Documents));
}
