namespace AccessFunctions.Domain.Requests;

/// <summary>Answers every signal in every phase (design, section 4). Total: an illegal signal is a refusal in the decision, never an exception.</summary>
public static partial class Decider
{
    /// <summary>Decides one signal.</summary>
    /// <param name="request">The request as it is; null before submission.</param>
    /// <param name="signal">The signal, its instant stamped by the host.</param>
    public static Decision Decide(AccessRequest? request, Signal signal) => throw new NotSupportedException();
}
