using System.Text.Json.Serialization;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Functions.Requests;

/// <summary>What one generation of a request's orchestration begins with. It outlives upgrades: golden files pin its JSON.</summary>
/// <param name="RequestId">Also the orchestration's instance id.</param>
public sealed record RequestRun(string RequestId)
{
    /// <summary>The request as the generation before left it; null for a new one.</summary>
    public AccessRequest? State { get; init; }

    /// <summary>The submission that started it.</summary>
    public Signal? First { get; init; }

    /// <summary>Notices that no channel took yet.</summary>
    public IReadOnlyList<PendingNotice> Pending { get; init; } = [];

    /// <summary>True: the orchestration was lost, this one goes on from the stored snapshot.</summary>
    public bool Resumed { get; init; }
}

/// <summary>A notice that failed, and when it is tried again.</summary>
public sealed record PendingNotice(Notify Notice, int Failures, DateTimeOffset At);

/// <summary>A signal on its way to an orchestration.</summary>
public sealed record Raised(Signal Signal);

/// <summary>A decision to be made durable.</summary>
/// <param name="RequestId">The stream its events are chained in.</param>
/// <param name="Before">The state it was made from; null for a submission.</param>
/// <param name="State">The state it led to; null where a submission was refused.</param>
public sealed record SaveOrder(string RequestId, AccessRequest? Before, AccessRequest? State, IReadOnlyList<AuditEvent> Events, KeptAnswer? Answer)
{
    /// <summary>
    /// Notices that are not known to be delivered, this decision's among them: kept beside the snapshot, in place of those kept before, for
    /// an orchestration that takes over. Null: those kept stay.
    /// </summary>
    public IReadOnlyList<Notify>? Notices { get; init; }
}

/// <summary>How a signal was answered, kept for repeats and for whoever waits.</summary>
/// <param name="Content">SHA-256 of what the sender said (<see cref="Application.Workflow.SignalContent"/>).</param>
/// <param name="Sequence">The request's sequence after it; 0 where there is no request.</param>
public sealed record KeptAnswer(string Actor, string SignalId, byte[] Content, Refusal? Refusal, long Sequence, DateTimeOffset At);

/// <summary>What is stored now.</summary>
/// <param name="State">With the audit head it was chained to.</param>
/// <param name="Applied">
/// True: the decision is stored, by this call or an earlier run of it. False: the stored state is another than the decision was made
/// from, nothing was written, and it has to be made again from <paramref name="State"/>.
/// </param>
public sealed record Saved(AccessRequest? State, bool Applied)
{
    /// <summary>The signal was answered before, by another decision: nothing was written, nothing follows, and it is not decided again.</summary>
    public bool Repeated { get; init; }
}

/// <summary>An effect to run.</summary>
public sealed record EffectOrder(string RequestId, Effect Effect);

/// <summary>What running it led to.</summary>
/// <param name="Outcome">The signal that reports it; null where none is awaited.</param>
public sealed record EffectRan(Signal? Outcome)
{
    /// <summary>True for a notice that some channel did not take: it is to be run again.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Again { get; init; }
}

/// <summary>Names an audit stream; a request's stream is its id.</summary>
public sealed record StreamOrder(string Stream);

/// <summary>The answer of an activity that has nothing to tell.</summary>
public sealed record Done;

/// <summary>A stored snapshot; null where there is none.</summary>
public sealed record Snapshot(AccessRequest? State)
{
    /// <summary>Notices that may not have been delivered; each is idempotent by its id.</summary>
    public IReadOnlyList<Notify> Notices { get; init; } = [];
}
