using AccessFunctions.Application;

namespace AccessFunctions.Embedded.Hosting;

/// <summary>Keeps up what platforms publish: at the start and every ten minutes.</summary>
internal sealed class PublicationService(PublicationUpkeep publications, TimeProvider time, ILogger<PublicationService> logger)
    : PeriodicService("Keeping up what platforms publish", time, logger)
{
    protected override TimeSpan? Every => PublicationUpkeep.Every;

    protected override bool AtOnce => true;

    protected override Task RunOnce(CancellationToken stopping) => publications.RunOnce(stopping);
}
