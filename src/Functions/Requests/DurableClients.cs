using Microsoft.DurableTask.Client;

namespace AccessFunctions.Functions.Requests;

/// <summary>
/// The orchestration service's client of the call that is running. The worker hands it to functions as a binding, not to services; a
/// function that reaches the workflow enters it here first.
/// </summary>
public sealed class DurableClients
{
    private readonly AsyncLocal<DurableTaskClient?> _current = new();

    /// <summary>The client of this call.</summary>
    /// <exception cref="InvalidOperationException">The function that was called has no <c>[DurableClient]</c> binding.</exception>
    public DurableTaskClient Current => _current.Value ?? throw new InvalidOperationException("The function has not entered its durable client.");

    /// <summary>Makes a client the current one for what is called from here on.</summary>
    public void Enter(DurableTaskClient client) => _current.Value = client;
}
