using Microsoft.DurableTask;

namespace AccessFunctions.Functions.Tests.Durable;

/// <summary>Something that came in for an instance. All data is text, as in the real history.</summary>
internal abstract record Happened;

internal sealed record Started(string? Input) : Happened;

internal sealed record ActivityEnded(int Id, string? Result) : Happened;

internal sealed record ActivityBroke(int Id, Failure Failure) : Happened;

internal sealed record TimerFired(int Id) : Happened;

internal sealed record EventArrived(string Name, string? Data) : Happened;

/// <summary>Something an orchestrator asked for; a replay must ask for the same.</summary>
internal abstract record Scheduled(int Id);

internal sealed record ActivityScheduled(int Id, string Name, string? Input) : Scheduled(Id);

internal sealed record TimerSet(int Id, DateTime FireAt) : Scheduled(Id);

/// <summary>One turn of an orchestrator: the instant it saw, what came in, and what it asked for.</summary>
internal sealed record Step(DateTime Now, IReadOnlyList<Happened> Events, IReadOnlyList<Scheduled> Actions)
{
    /// <summary>Rows that the real history would have for it.</summary>
    public int Length => 2 + Events.Count + Actions.Count;
}

/// <summary>An exception as it survives in a history: names and texts.</summary>
internal sealed record Failure(string Type, string Message, Failure? Inner)
{
    public static Failure Of(Exception exception) => new(exception.GetType().ToString(), exception.Message, exception.InnerException is { } inner ? Of(inner) : null);

    public TaskFailureDetails Details() => new(Type, Message, null, Inner?.Details(), null);
}

/// <summary>How a step left its instance.</summary>
internal enum StepEnd { Waiting, Completed, Failed, ContinuedAsNew }

/// <summary>What a step led to; carried events belong to the next generation.</summary>
internal sealed record StepResult(Step Step, StepEnd End, string? NewInput = null, IReadOnlyList<EventArrived>? Carried = null, Exception? Fault = null);

/// <summary>The orchestrator did something that an orchestrator must not do. Fails the test.</summary>
internal sealed class OrchestratorException(string message, Exception? inner = null) : Exception(message, inner);
