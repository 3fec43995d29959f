using AccessFunctions.Application.Ports;

namespace AccessFunctions.Api.Recordings;

/// <summary>
/// What counts as a view of a recording: each time its page is opened, each time its bytes are read from the beginning other than by the page
/// that was just opened, and at the latest after <see cref="Lasts"/> while somebody goes on reading. Held in memory by each process: another
/// process records a view more, never one less.
/// </summary>
internal sealed class ViewLog(TimeProvider time)
{
    /// <summary>So long reading goes on under the event that was recorded.</summary>
    public static readonly TimeSpan Lasts = TimeSpan.FromMinutes(10);

    private const int Most = 10_000;
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Grant, string Person), View> _views = [];

    /// <summary>Notes that an event tells of the page's opening.</summary>
    public void Opened(RecordingLink link) => Set(link, fresh: true);

    /// <summary>Notes that an event tells of the reading.</summary>
    public void Began(RecordingLink link) => Set(link, fresh: false);

    /// <summary>True where reading needs an event of its own.</summary>
    /// <param name="fromStart">It begins with the first byte.</param>
    public bool IsView(RecordingLink link, bool fromStart)
    {
        lock (_gate)
        {
            if (!_views.TryGetValue(Key(link), out var view) || time.GetUtcNow() - view.At >= Lasts) return true;
            if (!fromStart) return false;
            if (!view.Fresh) return true;
            _views[Key(link)] = view with { Fresh = false };
            return false;
        }
    }

    private void Set(RecordingLink link, bool fresh)
    {
        lock (_gate)
        {
            if (_views.Count >= Most)
            {
                foreach (var old in _views.Where(pair => time.GetUtcNow() - pair.Value.At >= Lasts).Select(static pair => pair.Key).ToList()) _views.Remove(old);
                if (_views.Count >= Most) _views.Clear();
            }

            _views[Key(link)] = new View(time.GetUtcNow(), fresh);
        }
    }

    private static (string, string) Key(RecordingLink link) => (link.GrantId, link.Person);

    /// <summary>The last event of somebody's view.</summary>
    /// <param name="At">When the event was recorded.</param>
    /// <param name="Fresh">Its page has not begun to read yet.</param>
    private sealed record View(DateTimeOffset At, bool Fresh);
}
