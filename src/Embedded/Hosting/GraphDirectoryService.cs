using AccessFunctions.Integrations.People.Graph;

namespace AccessFunctions.Embedded.Hosting;

/// <summary>Asks Microsoft Graph every <see cref="DirectoryGraphOptions.EverySeconds"/> what changed in the directory, and once at the start.</summary>
internal sealed class GraphDirectoryService(GraphReader reader, DirectoryGraphOptions options, TimeProvider time, ILogger<GraphDirectoryService> logger)
    : PeriodicService("Reading the directory from Microsoft Graph", time, logger)
{
    protected override TimeSpan? Every => TimeSpan.FromSeconds(options.EverySeconds);

    protected override bool AtOnce => true;

    protected override Task RunOnce(CancellationToken stopping) => reader.RunOnce(stopping);
}
