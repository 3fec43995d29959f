using AccessFunctions.Application.Ports;
using AccessFunctions.Embedded.Sqlite;

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
