using Microsoft.DurableTask.Client;

namespace AccessFunctions.Functions.Tests.Durable;

/// <summary>One orchestration instance in the fake service.</summary>
internal sealed class FakeInstance(string id, string name, string? input, DateTimeOffset created)
{
    public string Id => id;
    public string Name => name;
    public DateTimeOffset CreatedAt { get; } = created;
    public OrchestrationRuntimeStatus Status { get; set; } = OrchestrationRuntimeStatus.Pending;
    public DateTimeOffset UpdatedAt { get; set; } = created;

    /// <summary>What the present generation began with.</summary>
    public string? Input { get; set; } = input;
    public Exception? Fault { get; set; }

    /// <summary>Tells results of earlier generations, and of instances that were replaced, from those that are awaited.</summary>
    public Guid Execution { get; set; } = Guid.NewGuid();
    public List<Step> History { get; } = [];
    public List<Happened> Inbox { get; } = [new Started(input)];

    /// <summary>From 1; one more with every time it continued as new.</summary>
    public int Generations { get; set; } = 1;

    /// <summary>Rows of the longest history any generation had.</summary>
    public int LongestHistory { get; set; }
    public bool IsOver => Status is OrchestrationRuntimeStatus.Completed or OrchestrationRuntimeStatus.Failed or OrchestrationRuntimeStatus.Terminated;
}
