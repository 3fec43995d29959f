using AccessFunctions.Application.Inventory;
using AccessFunctions.Application.Ports;

namespace AccessFunctions.Tests.Shared;

/// <summary>Facts in memory, held to the contract of the stores.</summary>
public sealed class InMemoryInventoryStore : IInventoryStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Platform, string Kind, string First, string Second), FactRow> _facts = [];
    private readonly Dictionary<string, IngestProgress> _progress = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<long>> _seen = new(StringComparer.Ordinal);
    private readonly HashSet<string> _entered = [];

    /// <summary>Called before each save; throw to play a store that fails, or a process that dies.</summary>
    public Action<IngestProgress>? BeforeSave { get; set; }

    /// <summary>Every row of a platform, in order.</summary>
    public IReadOnlyList<FactRow> Rows(string platform)
    {
        lock (_gate) return [.. _facts.Where(pair => pair.Key.Platform == platform).OrderBy(static pair => $"{pair.Key.Kind} {pair.Key.First} {pair.Key.Second}", StringComparer.Ordinal).Select(static pair => pair.Value)];
    }

    /// <summary>Puts facts there as a completed run would.</summary>
    public void Put(string platform, DateTimeOffset at, params IEnumerable<InventoryFact> facts)
    {
        lock (_gate)
        {
            foreach (var row in facts.Select(FactRow.Of)) _facts[(platform, row.Kind, row.First, row.Second)] = row;
            var before = _progress.GetValueOrDefault(platform) ?? new IngestProgress(platform);
            _progress[platform] = before with { State = IngestState.Completed, Run = before.Run + 1, Started = at, Ended = at, FactsAt = at, Version = before.Version + 1 };
        }
    }

    /// <summary>Forgets the facts of a platform, as a run does that no longer finds them.</summary>
    public void Clear(string platform)
    {
        lock (_gate)
        {
            foreach (var key in _facts.Keys.Where(key => key.Item1 == platform).ToList()) _facts.Remove(key);
        }
    }

    public Task<IReadOnlyList<IngestProgress>> Progress(CancellationToken cancellation)
    {
        lock (_gate) return Task.FromResult<IReadOnlyList<IngestProgress>>([.. _progress.Values.OrderBy(static one => one.Platform, StringComparer.Ordinal)]);
    }

    public Task<IngestProgress?> Progress(string platform, CancellationToken cancellation)
    {
        lock (_gate) return Task.FromResult(_progress.GetValueOrDefault(platform));
    }

    public Task Ask(string platform, IngestAsk ask, CancellationToken cancellation)
    {
        lock (_gate) _progress[platform] = (_progress.GetValueOrDefault(platform) ?? new IngestProgress(platform)) with { Asked = ask };
        return Task.CompletedTask;
    }

    public Task<IInventoryRun?> Begin(string platform, CancellationToken cancellation)
    {
        lock (_gate) return Task.FromResult<IInventoryRun?>(_entered.Add(platform) ? new Run(this, _progress.GetValueOrDefault(platform) ?? new IngestProgress(platform)) : null);
    }

    public Task<InventoryGraph> Graph(string platform, CancellationToken cancellation)
    {
        var rows = Rows(platform);
        return Task.FromResult(new InventoryGraph(
            platform, rows.Where(static row => row.Kind == FactKinds.Identity).Select(static row => row.Identity()), rows.Where(static row => row.Kind == FactKinds.Membership).Select(static row => row.Membership())));
    }

    public Task<Page<PrivilegeFact>> PrivilegesOf(string platform, string grantee, string? after, int limit, CancellationToken cancellation) =>
        Task.FromResult(Page(Rows(platform).Where(row => row.Kind == FactKinds.Privilege && row.First == grantee).OrderBy(static row => row.Second, StringComparer.Ordinal), static row => row.Second, static row => row.Privilege(), after, limit));

    public Task<Page<PrivilegeFact>> PrivilegesOn(string platform, string resource, string? after, int limit, CancellationToken cancellation) =>
        Task.FromResult(Page(Rows(platform).Where(row => row.Kind == FactKinds.Privilege && row.Second == resource).OrderBy(static row => row.First, StringComparer.Ordinal), static row => row.First, static row => row.Privilege(), after, limit));

    public Task<Page<ResourceFact>> Resources(string platform, string? text, string? type, string? cursor, int limit, CancellationToken cancellation)
    {
        if (cursor is not null && !cursor.StartsWith('>')) throw new FormatException("Not a cursor.");
        var found = Page(
            Rows(platform).Where(row => row.Kind == FactKinds.Resource && (text is null || row.First.Contains(text, StringComparison.OrdinalIgnoreCase)) && (type is null || row.Resource().Type == type)).OrderBy(static row => row.First, StringComparer.Ordinal),
            static row => row.First, static row => row.Resource(), cursor?[1..], limit);
        return Task.FromResult(found.Next is null ? found : found with { Next = $">{found.Next}" });
    }

    private static Page<T> Page<T>(IEnumerable<FactRow> rows, Func<FactRow, string> key, Func<FactRow, T> read, string? after, int limit)
    {
        List<FactRow> found = [.. rows.Where(row => after is null || string.CompareOrdinal(key(row), after) > 0).Take(limit + 1)];
        return new Page<T>([.. found.Take(limit).Select(read)], found.Count > limit ? key(found[limit - 1]) : null);
    }

    private sealed class Run(InMemoryInventoryStore store, IngestProgress progress) : IInventoryRun
    {
        public IngestProgress Progress { get; private set; } = progress;

        public Task Save(IReadOnlyList<InventoryFact> facts, Func<int, IngestProgress> then, CancellationToken cancellation)
        {
            lock (store._gate)
            {
                store.BeforeSave?.Invoke(Progress);
                var written = 0;
                var next = then(0);
                var key = $"{Progress.Platform} {next.Run}";
                if (!store._seen.TryGetValue(key, out var seen)) store._seen.Add(key, seen = []);
                foreach (var row in facts.Select(FactRow.Of))
                {
                    var at = (Progress.Platform, row.Kind, row.First, row.Second);
                    seen.Add(row.Key);
                    if (store._facts.TryGetValue(at, out var stored) && stored == row) continue;
                    store._facts[at] = row;
                    written++;
                }

                next = then(written);
                if (store._progress.GetValueOrDefault(Progress.Platform) is { Asked: { } asked } && asked.Key != next.AnsweredKey) next = next with { Asked = asked };
                store._progress[Progress.Platform] = Progress = next;
            }

            return Task.CompletedTask;
        }

        public Task<int> RemoveUnseen(CancellationToken cancellation)
        {
            lock (store._gate)
            {
                var seen = store._seen[$"{Progress.Platform} {Progress.Run}"];
                var gone = store._facts.Where(pair => pair.Key.Platform == Progress.Platform && !seen.Contains(pair.Value.Key)).Select(static pair => pair.Key).ToList();
                foreach (var key in gone) store._facts.Remove(key);
                return Task.FromResult(gone.Count);
            }
        }

        public ValueTask DisposeAsync()
        {
            lock (store._gate) store._entered.Remove(Progress.Platform);
            return ValueTask.CompletedTask;
        }
    }
}
