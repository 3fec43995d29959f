using AccessFunctions.Application.Ports;
using AccessFunctions.Integrations.Configuration;

namespace AccessFunctions.Integrations.Certificates;

/// <summary>Certificate authorities in <c>platforms.yaml</c>.</summary>
internal sealed class CertificatesPlatformType() : PlatformType<CertificatesOptions>(CertificatesPlatform.TypeName)
{
    public override IReadOnlyList<string> HostFields => ["address"];

    protected override void Check(CertificatesOptions options, FieldChecks checks)
    {
        checks.Distinct(options.Profiles.Select(static profile => profile.Name), "profiles");
        checks.HostAddress(options.Address);
        if (options.Authority is { } authority && ClientCertificates.NameFault(authority) is { } fault) checks.Fault("authority", $"the authority's name {fault}");
        if (options.CrlValidity < TimeSpan.FromHours(1) || options.CrlValidity > TimeSpan.FromDays(30)) checks.Fault("crlValidity", "must be from 1h to 30d");
        for (var i = 0; i < options.Profiles.Count; i++)
        {
            checks.MaxValidity(options.Profiles[i].MaxValidity, $"profiles[{i}].maxValidity");
            if (options.Profiles[i].Organization is { } organization && ClientCertificates.NameFault(organization) is { } wrong)
                checks.Fault($"profiles[{i}].organization", $"the organization's name {wrong}");
        }
    }

    protected override IPlatform Build(CertificatesOptions options, PlatformServices services) =>
        new CertificatesPlatform(options, services.Host, services.Logger<CertificatesPlatform>());
}
