using System.Net;
using AccessFunctions.Application.Ports;
using AccessFunctions.Integrations.Configuration;

namespace AccessFunctions.Integrations.Ssh;

/// <summary>SSH authorities in <c>platforms.yaml</c>.</summary>
internal sealed class SshPlatformType() : PlatformType<SshOptions>(SshPlatform.TypeName)
{
    public override IReadOnlyList<string> HostFields => ["push", "endSessions", "listSessions", "krlFile", "address"];

    protected override void Check(SshOptions options, FieldChecks checks)
    {
        checks.Distinct(options.Resources.Select(static access => access.Name), "resources");
        checks.HostAddress(options.Address);
        if (options.KrlFile is { } file && !Path.IsPathFullyQualified(file)) checks.Fault("krlFile", "must be a whole path");
        if (options is { Push.Count: > 0, KrlFile: null }) checks.Fault("push", "needs a krlFile: its path is the command's last argument");
        checks.Command(options.Push, "push");
        checks.Command(options.EndSessions, "endSessions");
        checks.Command(options.ListSessions, "listSessions");

        // A removal runs two of them.
        checks.Timeout(options.CommandTimeout, "commandTimeout", times: 2);
        for (var i = 0; i < options.Resources.Count; i++) Check(options.Resources[i], $"resources[{i}]", checks);
    }

    protected override IPlatform Build(SshOptions options, PlatformServices services) => new SshPlatform(options, services.Host, services.Logger<SshPlatform>());

    private static void Check(SshAccess access, string at, FieldChecks checks)
    {
        var sample = access.Principal.Replace(SshAccess.Identity, "x", StringComparison.Ordinal).Replace(SshAccess.Role, "x", StringComparison.Ordinal);
        if (Principals.Fault(sample) is { } fault) checks.Fault($"{at}.principal", $"{fault}; {SshAccess.Identity} and {SshAccess.Role} stand for what was asked for");
        if (access.Principal.Contains(SshAccess.Identity, StringComparison.Ordinal) && access.Principal.Contains(SshAccess.Role, StringComparison.Ordinal))
            checks.Fault($"{at}.principal", $"can hold one of {SshAccess.Identity} and {SshAccess.Role}");
        for (var i = 0; i < access.Extensions.Count; i++)
        {
            if (!SshCertificate.KnownExtensions.Contains(access.Extensions[i], StringComparer.Ordinal))
                checks.Fault($"{at}.extensions[{i}]", $"must be one of: {string.Join(", ", SshCertificate.KnownExtensions)}");
        }

        if (access.SourceAddress is { } networks && !networks.Split(',').All(static network => IPNetwork.TryParse(network, out _)))
            checks.Fault($"{at}.sourceAddress", "must be networks such as \"10.0.0.0/8,2001:db8::/32\"");
        if (access.ForceCommand is { } command && (string.IsNullOrWhiteSpace(command) || command.Any(char.IsControl))) checks.Fault($"{at}.forceCommand", "must be one line");
        checks.MaxValidity(access.MaxValidity, $"{at}.maxValidity");
    }
}
