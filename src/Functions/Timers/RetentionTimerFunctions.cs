using AccessFunctions.Application.Retention;
using AccessFunctions.Domain.Audit;
using Microsoft.Azure.Functions.Worker;

namespace AccessFunctions.Functions.Timers;

/// <summary>Keeps to the keeping times. Runs in one process at a time; the schedule begins with seconds, in UTC.</summary>
public sealed class RetentionTimerFunctions(RetentionKeeper keeper)
{
    /// <summary>So long streams are begun; the next run goes on.</summary>
    internal static readonly TimeSpan For = TimeSpan.FromMinutes(10);

    /// <summary>Purges and pseudonymises what is due; does nothing where everything is kept for good.</summary>
    [Function(nameof(KeepToKeepingTimes))]
    public Task KeepToKeepingTimes([TimerTrigger("0 25 */6 * * *")] TimerInfo timer, CancellationToken cancellation) =>
        keeper.Rules == new RetentionRules() ? Task.CompletedTask : keeper.RunOnce(For, cancellation);
}
