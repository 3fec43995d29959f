using AccessFunctions.Application.Retention;

namespace AccessFunctions.Embedded.Hosting;

/// <summary>Keeps to the keeping times, each hour after the checkpoint of the hour before.</summary>
internal sealed class RetentionService(RetentionKeeper keeper, TimeProvider time, ILogger<RetentionService> logger) : PeriodicService("Keeping to the keeping times", time, logger)
{
    private static readonly TimeSpan Budget = TimeSpan.FromMinutes(10);

    protected override TimeSpan? Every => keeper.Rules == new Domain.Audit.RetentionRules() ? null : TimeSpan.FromHours(1);

    protected override async Task RunOnce(CancellationToken stopping) => await keeper.RunOnce(Budget, stopping);
}
