using AccessFunctions.Domain.Requests;
using Microsoft.DurableTask;

namespace AccessFunctions.Functions.Requests;

/// <summary>Which activities are run again by the orchestration service, and how often. Only <see cref="TransientException"/> is.</summary>
internal static class Retries
{
    /// <summary>Without the store nothing can go on: for ever.</summary>
    public static TaskOptions Store { get; } = Of(int.MaxValue, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));

    /// <summary>Then the timer function takes over.</summary>
    public static TaskOptions Delivery { get; } = Of(4, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(30));

    private static TaskOptions Notices { get; } = Of(6, TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5));

    /// <summary>A platform effect is one attempt: its failure is a signal, and the decider says when the next one is made.</summary>
    public static TaskOptions? For(Effect effect) => effect is Notify ? Notices : null;

    private static TaskOptions Of(int attempts, TimeSpan first, TimeSpan longest) => TaskOptions.FromRetryPolicy(new RetryPolicy(attempts, first, 2, longest)
    {
        HandleFailure = static failure => failure.IsCausedBy<TransientException>(),
    });
}
