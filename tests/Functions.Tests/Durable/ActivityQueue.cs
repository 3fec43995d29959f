namespace AccessFunctions.Functions.Tests.Durable;

/// <summary>
/// The fake service's activities: what is queued, what runs, and what a test wants to go wrong. Guarded by the service's lock.
/// </summary>
internal sealed class ActivityQueue
{
    private readonly Dictionary<string, Wish> _wishes = new(StringComparer.OrdinalIgnoreCase);

    public List<ActivityRun> Queued { get; } = [];
    public List<ActivityRun> Running { get; } = [];

    /// <summary>Every run that was begun, in order.</summary>
    public List<ActivityRun> Begun { get; } = [];

    /// <summary>Running ones that wait for the test or for virtual time.</summary>
    public int Parked { get; set; }

    public Wish this[string name] => _wishes.TryGetValue(name, out var wish) ? wish : _wishes[name] = new Wish();

    /// <summary>The next one that nothing holds back, now running; null where there is none.</summary>
    public ActivityRun? Next()
    {
        var next = Queued.Find(run => !this[run.Name].Held);
        if (next is null) return null;
        _ = Queued.Remove(next);
        Running.Add(next);
        Begun.Add(next);
        return next;
    }

    /// <summary>The process died: what ran will be run again, and nobody hears of it before.</summary>
    public void Crash()
    {
        Queued.InsertRange(0, Running.Select(run => run with { Lease = new object() }));
        Running.Clear();
        Parked = 0;
    }

    /// <summary>What a test wants of an activity's next runs.</summary>
    internal sealed class Wish
    {
        public bool Held { get; set; }
        public int Fail { get; set; }
        public Func<Exception>? With { get; set; }
        public int Twice { get; set; }
        public int LoseResult { get; set; }
    }
}

/// <summary>One run of an activity. The lease tells it from a run of the same activity before a crash.</summary>
internal sealed record ActivityRun(string Instance, Guid Execution, int Id, string Name, string? Input, object Lease);
