using AccessFunctions.Application;
using Microsoft.Extensions.Options;

namespace AccessFunctions.Embedded.Hosting;

/// <summary>Compares platforms with the ledger every <see cref="HostSettings.ReconcileEvery"/>; 0: never.</summary>
internal sealed class ReconcileService(Reconciler reconciler, IOptions<HostSettings> settings, TimeProvider time, ILogger<ReconcileService> logger)
    : PeriodicService("Comparing platforms with the ledger", time, logger)
{
    protected override TimeSpan? Every => HostSettings.Period(settings.Value.ReconcileEvery) is { } every && every > TimeSpan.Zero ? every : null;

    protected override Task RunOnce(CancellationToken stopping) => reconciler.RunOnce(stopping);
}
