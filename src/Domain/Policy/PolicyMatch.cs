using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Domain.Policy;

/// <summary>Who asks, as far as policy is concerned.</summary>
/// <param name="UserName">Stands for <c>[#USERNAME#]</c>, literally.</param>
public sealed record Asker(string Id, string UserName, IReadOnlyList<string> Groups);

/// <summary>Which group governs an ask, and why. Exactly one of <see cref="Policy"/> and <see cref="Refusal"/> is there.</summary>
/// <param name="Why">Every group that was considered for each resource, in sentences for people.</param>
public sealed record PolicyAnswer(RequestPolicy? Policy, AccessGroup? Group, Refusal? Refusal, IReadOnlyList<string> Why);

/// <summary>Finds the access group that governs an ask: the strictest effective mode, then the lowest priority, then the lowest id (design, section 5).</summary>
public static class PolicyMatch
{
    /// <summary>
    /// Resolves. Refuses with <see cref="RefusalReason.InvalidAsk"/> (shape of the ask), <see cref="RefusalReason.NoRule"/>, or
    /// <see cref="RefusalReason.SeveralGroups"/> (says how to split).
    /// </summary>
    public static PolicyAnswer Resolve(IReadOnlyList<AccessGroup> groups, Asker asker, Ask ask, DateTimeOffset at) => throw new NotSupportedException();
}
