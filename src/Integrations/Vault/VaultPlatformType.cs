using AccessFunctions.Application.Ports;
using AccessFunctions.Integrations.Configuration;

namespace AccessFunctions.Integrations.Vault;

/// <summary>Vaults in <c>platforms.yaml</c>.</summary>
internal sealed class VaultPlatformType() : PlatformType<VaultOptions>(VaultPlatform.TypeName)
{
    protected override void Check(VaultOptions options, FieldChecks checks) => checks.Distinct(options.Secrets.Select(static secret => secret.Name), "secrets");

    protected override void CheckNew(VaultOptions options, FieldChecks checks) =>
        checks.Fault("type", "a vault releases what the host keeps under its name: it is made in platforms.yaml, and what it offers can be changed here");

    protected override IPlatform Build(VaultOptions options, PlatformServices services) => new VaultPlatform(options, services.Host.Secrets, services.Platforms, services.Directory);
}
