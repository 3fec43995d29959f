namespace AccessFunctions.Functions.Tests.Durable;

/// <summary>
/// Runs an orchestrator's continuations inline on the one thread that plays its history. A continuation that comes from another thread
/// was awaiting something that is not a task of the context, and is reported in place of being run.
/// </summary>
internal sealed class OrchestratorThread(Action<Exception> report) : SynchronizationContext
{
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private readonly Queue<(SendOrPostCallback Call, object? State)> _posted = [];
    private volatile bool _left;

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (_left || Environment.CurrentManagedThreadId != _thread)
        {
            report(new OrchestratorException("The orchestrator awaited something that is not a task of its context."));
            return;
        }

        _posted.Enqueue((d, state));
    }

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException();

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Runs something, and all continuations that follow from it.</summary>
    public void Run(Action action)
    {
        var before = Current;
        SetSynchronizationContext(this);
        try
        {
            action();
            while (_posted.TryDequeue(out var next)) next.Call(next.State);
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    /// <summary>After this nothing of the orchestrator may run any more.</summary>
    public void Leave() => _left = true;

    /// <summary>Passes where the orchestrator runs on this thread now.</summary>
    /// <exception cref="OrchestratorException">The context is used from elsewhere.</exception>
    public void Check()
    {
        if (!_left && Environment.CurrentManagedThreadId == _thread && ReferenceEquals(Current, this)) return;
        var wrong = new OrchestratorException("The orchestrator used its context outside of its own thread.");
        report(wrong);
        throw wrong;
    }
}
