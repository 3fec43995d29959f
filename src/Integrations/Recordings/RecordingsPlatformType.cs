using AccessFunctions.Application.Ports;
using AccessFunctions.Integrations.Configuration;

namespace AccessFunctions.Integrations.Recordings;

/// <summary>Recordings in <c>platforms.yaml</c>.</summary>
internal sealed class RecordingsPlatformType() : PlatformType<RecordingsOptions>(RecordingsPlatform.TypeName, "sas")
{
    public override IReadOnlyList<string> HostFields => ["folder", "container", "prefix", "sas", "address"];

    protected override void Check(RecordingsOptions options, FieldChecks checks)
    {
        checks.HostAddress(options.Address);
        if (options.Folder is null == options.Container is null) checks.Fault("", "needs a folder or a container, and not both");
        if (options.Folder is not null && string.IsNullOrWhiteSpace(options.Folder)) checks.Fault("folder", "must be a path");
        if (options.Container is null && (options.Sas is not null || options.Prefix.Length > 0)) checks.Fault("", "has sas or prefix, which belong to a container");
        if (options.Container is { } container && !FieldChecks.MayGetCredentials(container))
            checks.Fault("container", "must be an https address such as \"https://account.blob.core.windows.net/recordings\", without a query: a signature goes into sas");
        if (options.Sas is not null && !options.Sas.Contains("sig=", StringComparison.Ordinal)) checks.Fault("sas", "must be a shared access signature (\"sv=…&sig=…\")");
    }

    protected override IPlatform Build(RecordingsOptions options, PlatformServices services) =>
        new RecordingsPlatform(options, services.Host, services.Folder, services.Logger<RecordingsPlatform>());
}
