using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Application.Ports;

/// <summary>
/// The one door to a request. The host stamps the signal's instant, decides, and makes state, answer, audit, effects and the next
/// deadline durable together before it answers.
/// </summary>
public interface IRequestWorkflow
{
    /// <summary>Delivers one signal.</summary>
    /// <param name="requestId">The request it is for.</param>
    /// <param name="signal">Its <see cref="Signal.At"/> is the host's to stamp; what the caller put there is ignored.</param>
    /// <param name="cancellation">Ends the wait, not the work.</param>
    Task<SignalAnswer> Signal(string requestId, Signal signal, CancellationToken cancellation);
}

/// <summary>How a signal was answered.</summary>
/// <param name="State">The request as it now is; null where none exists.</param>
/// <param name="Refusal">Why the signal was refused; null where accepted.</param>
/// <param name="Sequence">The request's sequence at which the signal was answered; a repeat gets the first's.</param>
/// <param name="Settled">False: the host could not settle it in time (HTTP 202); it will be.</param>
public sealed record SignalAnswer(AccessRequest? State, Refusal? Refusal, long Sequence, bool Settled = true)
{
    /// <summary>The same signal id came before with other content (HTTP 422).</summary>
    public bool ContentDiffers { get; init; }

    /// <summary>True: it was refused outside the door, so no audit event tells of it yet; whoever answers the caller records it.</summary>
    public bool IsUnrecorded { get; init; }
}
