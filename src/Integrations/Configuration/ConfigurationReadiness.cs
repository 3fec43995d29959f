using AccessFunctions.Application.Ports;

namespace AccessFunctions.Integrations.Configuration;

/// <summary>Are the configuration files in force as they are written?</summary>
public sealed class ConfigurationReadiness(ConfigurationFolder folder) : IReadinessCheck
{
    /// <inheritdoc/>
    public string Name => "configuration";

    /// <inheritdoc/>
    public Task<Readiness> Check(CancellationToken cancellation) => Task.FromResult(folder.Problems.Count switch
    {
        0 => new Readiness(ReadinessStatus.Ok, "The configuration is in force as written."),
        var count => new Readiness(ReadinessStatus.Degraded, $"{count} problems in configuration files; the last good version of each is in force. The log names them."),
    });
}
