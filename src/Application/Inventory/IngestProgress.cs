namespace AccessFunctions.Application.Inventory;

/// <summary>Where ingesting a platform stands.</summary>
public enum IngestState
{
    /// <summary>Nothing was read yet.</summary>
    Never,

    /// <summary>Facts are being read; or were, by a process that ended or ran out of time, and the next one goes on.</summary>
    Running,

    /// <summary>The last run read everything.</summary>
    Completed,

    /// <summary>The last run stopped at an error; the next one goes on where it stopped.</summary>
    Failed,
}

/// <summary>How far ingesting a platform got.</summary>
public sealed record IngestProgress(string Platform)
{
    public IngestState State { get; init; }

    /// <summary>Counts runs. A run that goes on keeps its number.</summary>
    public long Run { get; init; }

    /// <summary>The platform's mark that the run goes on from; null: from the beginning.</summary>
    public string? Mark { get; init; }

    /// <summary>Who the run is for: a person id, or <c>system:…</c> on schedule.</summary>
    public string? By { get; init; }
    public DateTimeOffset? Started { get; init; }

    /// <summary>When the run ended or was given up; null while it runs.</summary>
    public DateTimeOffset? Ended { get; init; }

    /// <summary>Why it stopped; no secrets.</summary>
    public string? Error { get; init; }

    /// <summary>What the run read so far.</summary>
    public FactCounts Seen { get; init; } = new();

    /// <summary>Facts that this run found new or different.</summary>
    public int Written { get; init; }

    /// <summary>Facts that this run found gone.</summary>
    public int Removed { get; init; }

    /// <summary>When the last completed run began: older than this no fact is. Null: none completed.</summary>
    public DateTimeOffset? FactsAt { get; init; }

    /// <summary>What the last completed run found; null: none completed.</summary>
    public FactCounts? Facts { get; init; }

    /// <summary>Changes with the stored facts.</summary>
    public long Version { get; init; }

    /// <summary>Who wants a further run; null: nobody.</summary>
    public IngestAsk? Asked { get; init; }

    /// <summary>The key of the ask that the present run, or the last one, was made for.</summary>
    public string? AnsweredKey { get; init; }
}

/// <summary>Somebody wants a platform to be ingested now.</summary>
/// <param name="Key">Names the ask, so that repeating it asks for nothing new.</param>
public sealed record IngestAsk(string By, string Key, DateTimeOffset At);

/// <summary>How many facts of each kind.</summary>
public sealed record FactCounts(int Identities = 0, int Memberships = 0, int Privileges = 0, int Resources = 0);
