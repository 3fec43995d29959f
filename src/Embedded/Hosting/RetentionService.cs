using AccessFunctions.Application.Retention;

namespace AccessFunctions.Embedded.Hosting;

/// <summary>Keeps to the keeping times, at the start and each hour.</summary>
internal sealed class RetentionService(RetentionKeeper keeper, TimeProvider time, ILogger<RetentionService> logger) : PeriodicService("Keeping to the keeping times", time, logger)
{
    private static readonly TimeSpan Budget = TimeSpan.FromMinutes(10);

    protected override TimeSpan? Every => keeper.Rules == new Domain.Audit.RetentionRules() ? null : TimeSpan.FromHours(1);

    /// <summary>A host that never runs for an hour keeps to them too.</summary>
    protected override bool AtOnce => true;

    protected override async Task RunOnce(CancellationToken stopping) => await keeper.RunOnce(Budget, stopping);
}
