namespace AccessFunctions.Application.Ports;

/// <summary>One part whose state says whether this process can serve. All of them are asked by <c>/health/ready</c>, each for at most 5 s.</summary>
public interface IReadinessCheck
{
    /// <summary>Stable name of the part, for example <c>store</c>.</summary>
    string Name { get; }

    /// <summary>Looks. A check that throws counts as down.</summary>
    Task<Readiness> Check(CancellationToken cancellation);
}

/// <summary>What a check found. The words go to anyone who asks: no addresses, no secrets.</summary>
public sealed record Readiness(ReadinessStatus Status, string Words);

/// <summary>Degraded still serves.</summary>
public enum ReadinessStatus { Ok, Degraded, Down }
