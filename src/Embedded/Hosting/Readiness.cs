using AccessFunctions.Application.Ports;
using AccessFunctions.Embedded.Sqlite;
using AccessFunctions.Integrations.Configuration;

namespace AccessFunctions.Embedded.Hosting;

/// <summary>Does the store take a transaction?</summary>
internal sealed class StoreReadiness(Database database) : IReadinessCheck
{
    public string Name => "store";

    public async Task<Readiness> Check(CancellationToken cancellation)
    {
        await database.Writer.Write(static batch => batch.Session.Number("SELECT count(*) FROM meta")).WaitAsync(cancellation);
        return new Readiness(ReadinessStatus.Ok, "The store takes transactions.");
    }
}

/// <summary>Are the configuration files in force as they are written?</summary>
internal sealed class ConfigurationReadiness(ConfigurationFolder folder) : IReadinessCheck
{
    public string Name => "configuration";

    public Task<Readiness> Check(CancellationToken cancellation) => Task.FromResult(folder.Problems.Count switch
    {
        0 => new Readiness(ReadinessStatus.Ok, "The configuration is in force as written."),
        var count => new Readiness(ReadinessStatus.Degraded, $"{count} problems in configuration files; the last good version of each is in force. The log names them."),
    });
}
