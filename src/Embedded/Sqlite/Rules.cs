using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Embedded.Sqlite;

/// <summary>The functional core as the workflow calls it.</summary>
/// <param name="Decide">State and signal to decision.</param>
/// <param name="NextDeadline">When a state next wants to be woken; null: never.</param>
public sealed record Rules(Func<AccessRequest?, Signal, Decision> Decide, Func<AccessRequest, DateTimeOffset?> NextDeadline)
{
    /// <summary>Those of the domain.</summary>
    public static Rules Domain { get; } = new(Decider.Decide, Deadlines.Next);
}
