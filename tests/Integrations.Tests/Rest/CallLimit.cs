namespace AccessFunctions.Integrations.Tests.Rest;

/// <summary>So many calls in each window of time; a window begins with its first call.</summary>
/// <param name="time">The clock the windows go by.</param>
public sealed class CallLimit(int calls, TimeSpan window, TimeProvider time)
{
    private readonly Lock _lock = new();
    private DateTimeOffset _began = DateTimeOffset.MinValue;
    private int _taken;

    /// <summary>Calls that were let in.</summary>
    public int Served { get; private set; }

    /// <summary>Calls that were too many.</summary>
    public int Refused { get; private set; }

    /// <summary>Counts a call.</summary>
    /// <returns>Null: it is let in. Else the whole seconds until the window is over.</returns>
    public int? Take()
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            if (now - _began >= window) (_began, _taken) = (now, 0);
            if (_taken < calls)
            {
                _taken++;
                Served++;
                return null;
            }

            Refused++;
            return (int)Math.Ceiling((_began + window - now).TotalSeconds);
        }
    }
}
