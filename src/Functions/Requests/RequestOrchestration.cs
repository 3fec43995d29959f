using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;

namespace AccessFunctions.Functions.Requests;

/// <summary>One orchestration per request; its instance id is the request's id.</summary>
public static class RequestOrchestration
{
    /// <summary>The name of the event that carries a <see cref="Raised"/>.</summary>
    public const string SignalEvent = "signal";

    /// <summary>Runs one generation.</summary>
    [Function(nameof(RequestOrchestration))]
    public static Task Run([OrchestrationTrigger] TaskOrchestrationContext context) => new RequestLoop(context).Run();
}
